"""Grids above the caption of a figure: a drawing is no table, a table that stands as a figure is one."""

import pytest
from table_pages import find, grid, lines_at, prose_to_chars, rows_to_chars, table_to_rows

XS = (60.0, 160.0, 260.0)
PANELS = [["north", "south", "east"], ["", "", ""], ["spring", "summer", "autumn"], ["low", "high", "none"]]
FIGURES = [["Town", "2020", "2021"], ["Hull", "12", "17"], ["York", "31", "33"], ["Ripon", "8", "9"]]
RULES = grid((50, 150, 250, 350), [95.0 + 25.0 * n for n in range(5)])


@pytest.mark.parametrize(
    ("caption", "is_table"),
    [
        ("Figure 3: Mosaic of the towns.", False),
        ("Abb. 3: Mosaik der Orte.", False),
        ("Table 3: Mosaic of the towns.", True),
        ("Mosaic of towns.", True),
    ],
)
def test_panels_above_the_caption_of_a_figure_are_no_table(caption: str, is_table: bool) -> None:  # noqa: FBT001
    chars = [*rows_to_chars(PANELS, XS, 112, leading=25), *lines_at([(caption, 80, 230)])]

    assert bool(find(chars, RULES)) is is_table


def test_labels_of_an_axis_may_stand_between_and_running_text_may_not() -> None:
    panels = rows_to_chars(PANELS, XS, 112, leading=25)
    axis = lines_at([("0", 60, 210), ("50", 200, 210), ("100", 340, 210), ("Distance", 180, 225)])
    caption = lines_at([("Figure 3: Mosaic of the towns.", 80, 285)])

    assert find([*panels, *axis, *caption], RULES) == ()
    assert len(find([*panels, *prose_to_chars(60, 215), *caption], RULES)) == 1


def test_a_table_that_stands_as_a_figure_stays() -> None:
    caption = lines_at([("Figure 3: Rain of the towns.", 80, 230)])

    [table] = find([*rows_to_chars(FIGURES, XS, 112, leading=25), *caption], RULES)

    assert table_to_rows(table) == FIGURES


def test_a_caption_with_its_drawing_below_it_says_nothing_of_the_grid_above() -> None:
    panels = rows_to_chars(PANELS, XS, 112, leading=25)
    below = lines_at([("Figure 3: Rain of the towns.", 80, 230), ("high", 120, 250), ("low", 200, 250)])

    assert len(find([*panels, *below], RULES)) == 1
