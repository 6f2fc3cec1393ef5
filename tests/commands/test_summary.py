"""The end of a run in words: what is to be checked, too."""

import io
from pathlib import Path

from pdfs import numbered_pdf
from review_hands import TABLE, TEXT, publish
from rich.console import Console

from pipeline.commands.document_table import document_to_table
from pipeline.commands.status_table import Extent, status_to_table
from pipeline.commands.summary import print_summary, tally_to_sentences
from pipeline.conditions import files_still_written
from pipeline.dispatch.overview import Tally
from pipeline.document import Outcome
from pipeline.status.read import read_status


def printed(*parts: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    for part in parts:
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_is_to_be_checked_is_said_of_each_document_and_of_all(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    tally = Tally(started_at=0.0)
    for name, html in (("a", TABLE + TEXT), ("b", TEXT), ("c", "<p>fine</p>")):
        tally.count(Outcome.COMPLETE, str(publish(outbox, numbered_pdf(tmp_path / f"{name}.pdf", 1), html)))
    console = Console(file=io.StringIO(), width=200)

    print_summary(console, tally)

    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "a.html (3 marked places to check, 1 page that only one reader has read)" in said
    assert "c.html (1 page that only one reader has read)" in said
    assert "In all: 5 marked places to check, 3 pages that only one reader has read." in said
    assert "there may be errors that are not marked: compare it with the original." in said
    table = printed(status_to_table(read_status(tmp_path / "inbox", outbox), Extent.NEWEST))
    assert "3 marked places to check, 1 page that only one reader has read" in table
    assert "3 marked places to check, 1 page that only one reader has read" in printed(document_to_table(outbox, "a"))


def test_what_was_left_in_the_inbox_is_said_at_the_end() -> None:
    tally = Tally(started_at=0.0)
    tally.note("left", files_still_written(2, "a.pdf, b.pdf"), harmless=True)

    first, last = tally_to_sentences(tally)
    assert first == "0 delivered."
    assert last.startswith("2 files in the inbox are still being written, and left there (a.pdf, b.pdf): run again")
