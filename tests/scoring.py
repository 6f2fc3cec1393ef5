"""What the scorer beside the sample PDFs says of the tables in our HTML."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared_files import SHARED

from pipeline.extraction import PageContent, ReaderKind, content_to_extraction, open_reader

TABLES_DEV = SHARED / "tables-dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Shares from 0 to 1, as ``score.py`` defines them.

    Attributes:
        adjacency: F1 over all relations.
        by_document: The same, averaged over documents.
        teds: Over true tables.
        teds_false: The same with false tables counted.
        detection: F1 of the tables found.
        perfect: How many tables have not one difference.
        tables: How many there are.
    """

    adjacency: float
    by_document: float
    teds: float
    teds_false: float
    detection: float
    perfect: int
    tables: int

    def __str__(self) -> str:
        """The line of a results table."""
        return (
            f"{self.adjacency:.3f}/{self.by_document:.3f} | {self.teds:.3f}/{self.teds_false:.3f} | "
            f"{self.detection:.3f} | {self.perfect}/{self.tables}"
        )


def as_it_is(content: PageContent) -> PageContent:
    """The page, unchanged."""
    return content


def write_predictions(
    folder: Path, kind: ReaderKind, pdfs: Path, change: Callable[[PageContent], PageContent] = as_it_is
) -> None:
    """The HTML of every PDF of a folder, one file each, as the scorer wants it; each page is changed first."""
    for pdf in sorted(pdfs.glob("*.pdf")):
        with open_reader(pdf, kind) as reader:
            sections = [
                f'<section data-page="{number}">{content_to_extraction(change(reader.read(number))).html}</section>'
                for number in range(1, reader.page_count + 1)
            ]
        (folder / f"{pdf.stem}.html").write_text(
            f'<!doctype html><meta charset="utf-8"><body>{"".join(sections)}</body>', encoding="utf-8"
        )


def predictions_to_scores(folder: Path) -> Scores:
    """Run the scorer on the files of :func:`write_predictions`."""
    return folder_to_scores(folder, TABLES_DEV / "pdf")


def folder_to_scores(folder: Path, truth: Path) -> Scores:
    """Run the scorer.

    Args:
        folder: Of HTML files, one for each document.
        truth: Folder with the truth of just these documents.
    """
    report = folder / "scores.json"
    command = [sys.executable, "score.py", "--gt", str(truth), "--pred", str(folder), "--json", str(report)]
    subprocess.run(command, cwd=TABLES_DEV, check=True, capture_output=True)
    summary = json.loads(report.read_text(encoding="utf-8"))["summary"]
    return Scores(
        adjacency=summary["adj_micro"]["f1"],
        by_document=summary["adj_doc"]["f1"],
        teds=summary["teds"],
        teds_false=summary["teds_f1"],
        detection=summary["det"]["f1"],
        perfect=summary["exact_tables"],
        tables=summary["gt_tables"],
    )


def predictions_to_checks(folder: Path) -> tuple[int, int]:
    """How many of the neighbour checks pass, and how many there are."""
    tests = TABLES_DEV / "olmocr-sample" / "tests.jsonl"
    command = [sys.executable, "score_cells.py", "--tests", str(tests), "--pred", str(folder)]
    said = subprocess.run(command, cwd=TABLES_DEV, check=True, capture_output=True, text=True).stdout
    passed, _, total = said.split()[1].partition("/")
    return int(passed), int(total)
