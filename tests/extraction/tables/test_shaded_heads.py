"""Heads told by shading alone, upon a grid of rules."""

from table_pages import across, down, find, rows_to_chars, table_to_rows

from pipeline.extraction import BBox
from pipeline.extraction.model import Fill

XS = (60.0, 160.0, 240.0, 320.0)
HEADS = [["Sample", "Zone of inhibition", "", ""], ["", "10 mg", "15 mg", "20 mg"]]
BODY = [
    ["E. coli", "10.1", "11.5", "13.5"],
    ["S. aureus", "16.0", "18.0", "21.0"],
    ["S. mutans", "13.5", "15.3", "18.5"],
]
GRID = [*(across(y, 55, 400) for y in (125, 140, 155, 170)), *(down(x, 125, 170) for x in (55, 400))]
DARK = (0.1, 0.3, 0.6)


def test_two_dark_bands_upon_a_grid_are_its_head() -> None:
    bands = [Fill(box=BBox(55, top, 400, top + 16), colour=DARK) for top in (93, 109)]
    chars = [*rows_to_chars(HEADS, XS, 105, leading=16), *rows_to_chars(BODY, XS, 136)]

    [table] = find(chars, [*GRID, across(109, 158, 400)], bands)

    assert table_to_rows(table) == [
        ["Sample [2x1]", "Zone of inhibition [1x3]", "", ""],
        ["", *HEADS[1][1:]],
        *BODY,
    ]


def test_a_band_with_the_caption_is_none() -> None:
    band = Fill(box=BBox(55, 109, 400, 125), colour=DARK)
    chars = [*rows_to_chars([["Table 1: Zones of inhibition"]], (60.0,), 120), *rows_to_chars(BODY, XS, 136)]

    [table] = find(chars, GRID, [band])

    assert table_to_rows(table) == BODY
