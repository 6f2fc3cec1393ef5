"""Published documents taken back into work, whatever instant the daemon dies at."""

import os
import shutil
from pathlib import Path

import pytest
from claims import BYTES, journal_of
from kills import kill_points
from outbox_hands import deliver, entry

from pipeline.choices import Output
from pipeline.errors import UsageError
from pipeline.page_result import FallbackReason
from pipeline.results.exporting import add_outputs
from pipeline.results.journal import Journal
from pipeline.results.page_record import read_record
from pipeline.results.published import PublishedDocument, read_published
from pipeline.results.state_folder import state_folder_of
from pipeline.results.taking_back import Again, claim_failed, claim_published


@pytest.fixture
def published(tmp_path: Path) -> PublishedDocument:
    """Three pages, of which the second fell back, under a name that is not the original's."""
    original = tmp_path / "report.pdf"
    original.write_bytes(BYTES)
    pages = (entry(1), entry(2, reason=FallbackReason.TIMEOUT), entry(3))
    return read_published(deliver(tmp_path / "outbox", "report-2", *pages, pdf=original, name="report.pdf"))


def take_back(journal: Journal, published: PublishedDocument) -> None:
    original = published.stem.with_suffix(".pdf")
    original.write_bytes(BYTES)
    claim_published(journal, published, original, folder=".", again=Again(fingerprint="a"))


def test_wherever_a_daemon_dies_the_good_pages_are_kept_or_nothing_was_taken_back(
    tmp_path: Path, published: PublishedDocument
) -> None:
    state = tmp_path / "outbox" / ".dropleaf"
    found: list[tuple[str, list[int]]] = []

    def look() -> None:
        journal = journal_of(tmp_path / "outbox")
        found.extend((each.name, list(journal.begin(each, "a"))) for each in journal.recover())
        shutil.rmtree(state)

    for _ in kill_points(lambda: take_back(journal_of(tmp_path / "outbox"), published)):
        look()
    look()

    assert set(map(str, found)) == {str((published.name, [1, 3]))}
    assert published.name != f"{published.stem.name}.pdf"


def test_the_good_pages_are_those_of_the_result_byte_for_byte(tmp_path: Path, published: PublishedDocument) -> None:
    journal = journal_of(tmp_path / "outbox")
    take_back(journal, published)

    (document,) = journal.recover()
    kept = [read_record(journal.page_file(document, number)) for number in (1, 3)]

    assert document.only == (1, 2, 3)
    assert kept == [page for page in published.pages() if page.page.number != 2]


def test_a_document_that_cannot_be_taken_back_leaves_nothing(tmp_path: Path, published: PublishedDocument) -> None:
    journal = journal_of(tmp_path / "outbox")
    missing = tmp_path / "outbox" / "gone.pdf"
    missing.mkdir()

    with pytest.raises(UsageError, match="it is a folder"):
        claim_published(journal, published, missing, folder=".", again=Again(fingerprint="a"))

    assert list(journal.folder.documents()) == []


@pytest.mark.parametrize("kind", ["other bytes", "symbolic link", "pipe"])
def test_an_original_that_was_exchanged_since_it_was_found_is_not_taken(
    tmp_path: Path, published: PublishedDocument, kind: str
) -> None:
    journal = journal_of(tmp_path / "outbox")
    original = published.stem.with_suffix(".pdf")
    if kind == "other bytes":
        original.write_bytes(BYTES + b"other")
    elif kind == "pipe":
        os.mkfifo(original)
    else:
        original.symlink_to(tmp_path / "report.pdf")

    with pytest.raises(UsageError, match=f"is not the file that the result was made from|it is a {kind}"):
        claim_published(journal, published, original, folder=".", again=Again(fingerprint="a"))

    assert list(journal.folder.documents()) == []


def test_a_failed_document_that_was_exchanged_stays_in_its_folder(tmp_path: Path) -> None:
    failed = tmp_path / "outbox" / "failed"
    failed.mkdir(parents=True)
    journal = journal_of(tmp_path / "outbox")
    (failed / "report.json").write_text("{}")
    (failed / "report.pdf").write_bytes(BYTES + b"other")

    with pytest.raises(UsageError, match=r"is not the file that report\.json describes"):
        claim_failed(journal, failed / "report.json", failed, name="report.pdf", sha256="ab" * 32)

    assert {path.name for path in failed.iterdir()} == {"report.json", "report.pdf"}
    assert list(journal.folder.documents()) == []


def test_what_was_made_of_a_document_beside_its_html_is_made_again(
    tmp_path: Path, published: PublishedDocument
) -> None:
    outbox = tmp_path / "outbox"
    state = state_folder_of(outbox).new_foreground()
    Journal(state)
    add_outputs(state, outbox, published, [Output.XLSX])
    shutil.rmtree(state.root)
    journal = journal_of(outbox)

    take_back(journal, read_published(outbox / "report-2.json"))

    (document,) = journal.recover()
    assert document.outputs == (Output.XLSX,)


def test_all_pages_are_asked_again_with_patience_since_good_ones_must_not_be_lost_to_an_outage(
    tmp_path: Path, published: PublishedDocument
) -> None:
    journal = journal_of(tmp_path / "outbox")
    again = Again(fingerprint="a", everything=True)

    original = published.stem.with_suffix(".pdf")
    original.write_bytes(BYTES)
    claim_published(journal, published, original, folder=".", again=again)

    (document,) = journal.recover()
    assert (document.again, document.patient, document.late) == (True, True, False)
    assert journal.begin(document, "a") == {}
