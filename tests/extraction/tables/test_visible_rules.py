"""Rules that nobody sees bound no cell."""

import pytest
from table_pages import across, down, find, grid, rows_to_chars, table_to_rows

from pipeline.extraction import BBox, Ruling
from pipeline.extraction.model import Fill
from pipeline.extraction.tables.visible_rules import rulings_to_visible

WHITE = (1.0, 1.0, 1.0)
GREEN = (0.88, 0.94, 0.85)
XS = (60, 260, 360)
ROWS = [["Item", "2020", "2021"], ["Loss from credit, where a loss is", "5,237", "6,590"], ["Sum", "12", "14"]]


def _white(rule: Ruling) -> Ruling:
    return Ruling(box=rule.box, width=rule.width, colour=WHITE)


def test_a_white_rule_on_white_paper_splits_no_cell() -> None:
    chars = [*rows_to_chars(ROWS[:2], XS, 112), *rows_to_chars([["marked with a minus", "", ""]], XS, 139)]
    chars += rows_to_chars(ROWS[2:], XS, 154)
    rules = grid((55, 255, 355, 455), (100, 116, 143, 160))

    [table] = find(chars, [*rules, _white(across(130.5, 55, 455))])

    assert table_to_rows(table)[1] == ["Loss from credit, where a loss is/marked with a minus", "5,237", "6,590"]
    assert table.rows == 3


@pytest.mark.parametrize("shade", [(0.2, 0.3, 0.6), GREEN])
def test_a_white_rule_between_shaded_cells_is_seen(shade: tuple[float, float, float]) -> None:
    rule = _white(across(130, 55, 455))

    assert rulings_to_visible([rule], [Fill(box=BBox(55, 100, 455, 160), colour=shade)], []) == [rule]


def test_a_white_rule_through_stripes_is_seen_as_a_whole() -> None:
    pieces = [_white(down(255, top, top + 15)) for top in (100, 115, 130, 145)]
    stripes = [Fill(box=BBox(55, top, 455, top + 15), colour=GREEN) for top in (100, 130)]

    assert rulings_to_visible(pieces, stripes, []) == pieces


def test_a_white_rule_on_a_picture_is_seen() -> None:
    rule = _white(across(130, 55, 455))

    assert rulings_to_visible([rule], [], [BBox(0, 0, 600, 800)]) == [rule]
    assert rulings_to_visible([rule], [], []) == []


def test_a_sliver_of_shading_between_two_cells_is_no_rule() -> None:
    cells = [Fill(box=BBox(x0, 100, x1, 112), colour=GREEN) for x0, x1 in ((20, 430), (432, 510))]
    sliver = Ruling(box=BBox(431, 100, 431, 112), width=2, colour=GREEN)
    border = Ruling(box=BBox(431, 100, 431, 112), width=2, colour=(0.0, 0.0, 0.0))

    assert rulings_to_visible([sliver, border], cells, []) == [border]


def test_a_rule_below_a_band_of_its_colour_is_a_rule() -> None:
    band = Fill(box=BBox(55, 100, 455, 120), colour=(0.0, 0.0, 0.4))
    rule = Ruling(box=BBox(55, 120.5, 455, 120.5), width=1, colour=(0.0, 0.0, 0.4))

    assert rulings_to_visible([rule], [band], []) == [rule]
