"""The drawn pages of tables, and the measure that they are judged by."""

from collections import Counter
from pathlib import Path

import pytest
from adjacency import Placed, cells_to_relations, relations_to_f1
from table_families import FAMILIES, family_to_sheets, rows_to_places, sheets_to_pdf
from web_hands import CHROMIUM, needs_browser

from pipeline.extraction import extract_page, open_reader


def test_relations_pass_over_blanks_and_follow_spans() -> None:
    cells = [Placed(0, 0, 2, 1, "a"), Placed(0, 1, 1, 1, ""), Placed(0, 2, 1, 1, "b"), Placed(1, 1, 1, 2, "c")]

    assert cells_to_relations(cells) == Counter({("a", "b", False): 1, ("a", "c", False): 1, ("b", "c", True): 1})
    assert relations_to_f1([(cells_to_relations(cells), cells_to_relations(cells[:3]))]) == pytest.approx(0.5)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_the_same_for_the_same_seed_and_its_tables_are_rectangles(name: str) -> None:
    sheets = family_to_sheets(name, 3, 7)

    assert sheets == family_to_sheets(name, 3, 7)
    for rows in (rows for sheet in sheets for rows in sheet.tables):
        places = {
            (row + r, column + c)
            for row, column, cell in rows_to_places(rows)
            for r in range(cell.rowspan)
            for c in range(cell.colspan)
        }
        assert len(places) == (max(r for r, _ in places) + 1) * (max(c for _, c in places) + 1)


@needs_browser
def test_a_drawn_page_holds_the_table_that_is_its_truth(tmp_path: Path) -> None:
    sheets = family_to_sheets("invoice", 1, 1)
    sheets_to_pdf(sheets, tmp_path / "invoice.pdf", str(CHROMIUM))

    with open_reader(tmp_path / "invoice.pdf", "pdfium") as reader:
        [table] = extract_page(reader, 1).tables
    assert (table.rows, table.columns) == (len(sheets[0].tables[0]), 6)
