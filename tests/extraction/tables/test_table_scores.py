"""The real scorer on the development half of the competition set; floors a little below what was reached."""

from collections import Counter
from pathlib import Path

import pytest
from page_contents import pdf_to_contents
from scoring import TABLES_DEV, predictions_to_checks, predictions_to_scores, write_predictions
from shared_files import needs_shared

from pipeline.extraction import ReaderKind
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.words import chars_to_words

pytestmark = [needs_shared, pytest.mark.timeout(300)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pdfium", "pdfminer"])
def test_tables_score_what_they_scored(kind: ReaderKind, tmp_path: Path) -> None:
    write_predictions(tmp_path, kind, TABLES_DEV / "pdf")

    scores = predictions_to_scores(tmp_path)

    assert scores.adjacency >= 0.99
    assert scores.by_document >= 0.99
    assert scores.teds >= 0.99
    assert scores.teds_false >= 0.99
    assert scores.detection >= 0.99


def test_cells_have_the_neighbours_that_they_had(tmp_path: Path) -> None:
    write_predictions(tmp_path, "pdfium", TABLES_DEV / "olmocr-sample")

    passed, total = predictions_to_checks(tmp_path)

    assert total == 20
    assert passed >= 19


@pytest.mark.slow
def test_tables_are_whole_grids_and_no_word_is_in_two() -> None:
    for path in sorted(TABLES_DEV.glob("*/*.pdf")):
        for content in pdf_to_contents(path, "pdfium"):
            words = chars_to_words(content.chars)
            tables = TableFinder(content=content, words=words).find()

            held = [id(word) for table in tables for cell in table.cells for line in cell.lines for word in line.words]
            assert len(held) == len(set(held))
            assert set(held) <= {id(word) for word in words}
            for table in tables:
                places = Counter(
                    (row, column)
                    for cell in table.cells
                    for row in range(cell.row, cell.row + cell.rowspan)
                    for column in range(cell.column, cell.column + cell.colspan)
                )
                assert places == Counter((row, column) for row in range(table.rows) for column in range(table.columns))
                assert 0 <= table.header_rows <= table.rows
