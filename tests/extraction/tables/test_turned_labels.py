"""Turned labels beside the rows that they name, in a grid."""

from pathlib import Path

from table_pages import table_to_rows
from typeset import show, write_page

from pipeline.extraction import extract_page, open_reader

ROWS = [["Sentences", "9,634"], ["Tokens", "233,628"], ["Spans", "18,098"]]
RULES = b"1 w " + b"".join(
    b"%d %d m %d %d l S " % rule
    for rule in [*((60, y, 300, y) for y in (640, 620, 560, 500)), *((x, 640, x, 500) for x in (60, 90, 200, 300))]
)


def test_a_turned_label_of_two_words_names_all_rows_between_two_rules(tmp_path: Path) -> None:
    body = b"".join(
        show(x, top - 18 * index, text)
        for top in (605, 545)
        for index, row in enumerate(ROWS)
        for x, text in zip((95, 205), row, strict=True)
    )
    head = show(95, 626, "What") + show(205, 626, "Count")
    turned = b"".join(
        b"BT /F1 8 Tf 0 1 -1 0 78 %d Tm (%s) Tj ET\n" % (y, text)
        for y, text in ((568, b"FIRST PART"), (513, b"NEXT ONE"))
    )

    with open_reader(write_page(tmp_path / "a.pdf", RULES + head + body + turned), "pdfium") as reader:
        [table] = extract_page(reader, 1).tables

    assert table_to_rows(table)[1:] == [
        ["FIRST PART [3x1]", *ROWS[0]],
        ["", *ROWS[1]],
        ["", *ROWS[2]],
        ["NEXT ONE [3x1]", *ROWS[0]],
        ["", *ROWS[1]],
        ["", *ROWS[2]],
    ]
