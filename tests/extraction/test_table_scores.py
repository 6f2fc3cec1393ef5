"""The real scorer on the development half of the competition set; floors a little below what was reached."""

from pathlib import Path

import pytest
from scoring import TABLES_DEV, predictions_to_checks, predictions_to_scores, write_predictions
from shared_files import needs_shared

from pipeline.extraction import ReaderKind

pytestmark = [needs_shared, pytest.mark.timeout(300)]


@pytest.mark.parametrize("kind", ["pdfium", "pdfminer"])
def test_tables_score_what_they_scored(kind: ReaderKind, tmp_path: Path) -> None:
    write_predictions(tmp_path, kind, TABLES_DEV / "pdf")

    scores = predictions_to_scores(tmp_path)

    assert scores.adjacency >= 0.985
    assert scores.by_document >= 0.985
    assert scores.teds >= 0.985
    assert scores.teds_false >= 0.98
    assert scores.detection >= 0.99


def test_cells_have_the_neighbours_that_they_had(tmp_path: Path) -> None:
    write_predictions(tmp_path, "pdfium", TABLES_DEV / "olmocr-sample")

    passed, total = predictions_to_checks(tmp_path)

    assert total == 20
    assert passed >= 18
