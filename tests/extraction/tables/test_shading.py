"""Shaded cells and stripes."""

from table_pages import find, rows_to_chars, table_to_rows

from pipeline.extraction import BBox
from pipeline.extraction.model import Fill

GREEN = (0.88, 0.94, 0.85)
WHITE = (1.0, 1.0, 1.0)
HEAD = ["", "2023", "2022"]
BODY = [
    ["Products", "$ 96,388", "$ 104,429"],
    ["Services", "20,766", "19,516"],
    ["Cost of sales:", "", ""],
    ["Products", "60,765", "64,309"],
    ["Total", "66,822", "69,702"],
]
XS = (24, 440, 520)


def test_cells_of_a_stripe_that_touch_are_no_columns() -> None:
    """Statements are shaded row by row, with a piece for the label, for the sign and for the figure."""
    fills = [
        Fill(box=BBox(x0, 100 + 15 * row, x1, 115 + 15 * row), colour=WHITE if row % 2 else GREEN)
        for row in range(len(BODY))
        for x0, x1 in ((20, 430), (430, 446), (446, 508), (510, 526), (526, 590))
    ]

    [table] = find([*rows_to_chars([HEAD], XS, 95), *rows_to_chars(BODY, XS, 111)], [], fills)

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1
