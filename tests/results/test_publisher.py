"""The thread that publishes, with a real outbox."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import RUN_SETTINGS, claimed, eventually, finish_page, journal_of
from delivery import delivery_of
from kills import names_below
from structlog.testing import capture_logs

from pipeline.choices import OriginalAction
from pipeline.document import Document, Outcome, OutlineEntry
from pipeline.errors import EncryptedError
from pipeline.results.outbox import Outbox
from pipeline.results.publisher import Finished, Published, Publisher, PublisherSettings
from pipeline.threads.mailbox import Fault, Trouble


class Press:
    """A publisher with its surroundings; the thread is running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "outbox"
        self.journal = journal_of(self.root)
        self.mail: list[Published | Trouble | Fault] = []
        outbox = Outbox(self.root, self.journal)
        self.watched: list[str] = []
        self.publisher = Publisher(
            outbox,
            self.journal,
            settings=PublisherSettings(run=RUN_SETTINGS, originals=OriginalAction.MOVE),
            watched=self.watch,
            post=self.mail.append,
        )

    @contextmanager
    def watch(self, document: Document) -> Iterator[None]:
        assert document.sha256
        self.watched.append("begins")
        try:
            yield
        except Exception:
            self.watched.append("fails")
            raise

    def document(self, name: str = "report.pdf", *, pages: int = 2) -> Document:
        document = claimed(self.folder, self.journal, name, name.encode())
        self.journal.begin(document, "a")
        for number in range(1, pages + 1):
            finish_page(self.journal, document, number, f"<p>page {number}</p>")
        return document

    def publish(self, document: Document, error: EncryptedError | None = None, *, pages: int = 2) -> None:
        numbers = range(1, pages + 1)
        self.publisher.publish(
            Finished(document=document, began_at=document.claimed_at, page_count=pages, numbers=numbers, error=error)
        )

    def outcome(self, document: Document) -> Outcome | None:
        done = [mail for mail in list(self.mail) if isinstance(mail, Published) and mail.ident == document.ident]
        assert len(done) <= 1
        return done[0].outcome if done else None

    def manifest(self, name: str) -> dict[str, object]:
        tree: dict[str, object] = json.loads((self.root / name).read_bytes())
        return tree


def block(folder: Path) -> None:
    """Let nothing be written into a folder of the outbox: it lies where no file can be made, until it is removed."""
    folder.symlink_to("/proc")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with capture_logs():
        made = Press(tmp_path)
        made.publisher.start()
        yield made
        made.publisher.stop()


def test_pages_are_put_together_in_order(press: Press) -> None:
    document = press.document()

    press.publish(document)

    assert eventually(lambda: press.outcome(document) is Outcome.COMPLETE)
    html = (press.root / "report.html").read_text()
    assert html.index("page 1") < html.index("page 2")
    assert press.manifest("report.json")["outcome"] == "complete"


def test_a_table_that_goes_on_over_pages_is_told_of_in_manifest_tables_and_html(press: Press) -> None:
    table = "<table><thead><tr><th>Tree</th></tr></thead><tbody><tr><td>{}</td></tr></tbody></table>"
    document = claimed(press.folder, press.journal, "report.pdf", b"report")
    press.journal.begin(document, "a")
    for number, html in enumerate((table.format("Oak"), table.format("Elm"), "<p>Notes</p>"), 1):
        finish_page(press.journal, document, number, html)

    press.publish(document, pages=3)

    assert eventually(lambda: press.outcome(document) is Outcome.COMPLETE)
    pages = press.manifest("report.json")["pages"]
    assert isinstance(pages, list)
    assert [page["continues"] for page in pages] == [None, "page-1-table-1", None]
    assert 'id="page-2-table-1" data-continues="page-1-table-1"' in (press.root / "report.html").read_text()
    tables = press.manifest("report.tables.json")["tables"]
    assert isinstance(tables, list)
    assert [each["continues"] for each in tables] == [None, "page-1-table-1"]


def test_the_manifest_counts_what_is_to_be_looked_at(press: Press) -> None:
    document = press.document()
    finish_page(press.journal, document, 2, "<table><tbody><tr><td data-unseen>12</td></tr></tbody></table>")

    press.publish(document)

    assert eventually(lambda: press.outcome(document) is Outcome.COMPLETE)
    assert press.manifest("report.json")["review"] == {
        "cells": 1,
        "texts": 0,
        "pages": 1,
        "unchecked_pages": 2,
        "outdated": 0,
    }


def test_a_failed_document_is_published_as_failed(press: Press) -> None:
    document = press.document(pages=0)

    press.publish(document, EncryptedError("It asks for a password."), pages=0)

    assert eventually(lambda: press.outcome(document) is Outcome.FAILED)
    error = press.manifest("failed/report.json")["error"]
    assert isinstance(error, dict)
    assert error["code"] == "encrypted"


def test_one_documents_trouble_holds_up_nobody_and_ends_when_it_is_mended(press: Press) -> None:
    block(press.root / "sub")
    stuck, other = press.document("sub/stuck.pdf"), press.document("other.pdf")

    press.publish(stuck)
    press.publish(other)

    assert eventually(lambda: press.outcome(other) is Outcome.COMPLETE)
    assert press.outcome(stuck) is None
    assert any(isinstance(mail, Trouble) and mail.detail for mail in press.mail)

    (press.root / "sub").unlink()
    assert eventually(lambda: press.outcome(stuck) is Outcome.COMPLETE)
    assert eventually(lambda: press.mail[-1] == Trouble(what="outbox", detail=None))


@pytest.mark.parametrize("damage", ["gone", "cut", "strange"])
def test_a_damaged_record_costs_one_document_and_not_the_thread(press: Press, damage: str) -> None:
    document, other = press.document("a.pdf"), press.document("b.pdf")
    record = press.journal.page_file(document, 2)
    if damage == "gone":
        record.unlink()
    else:
        record.write_bytes(b'{"num' if damage == "cut" else b'{"number": 2, "method": "magic"}\n')

    press.publish(document)
    press.publish(other)

    assert eventually(lambda: press.outcome(other) is Outcome.COMPLETE)
    assert press.outcome(document) is Outcome.FAILED
    assert {name for name in names_below(press.root) if "a." in name} == {"failed/a.json", "failed/a.pdf"}


def test_what_cannot_be_published_before_the_end_stays_in_the_working_state(tmp_path: Path) -> None:
    press = Press(tmp_path)
    block(press.root / "sub")
    stuck, good = press.document("sub/stuck.pdf"), press.document("good.pdf")
    press.publish(stuck)
    press.publish(good)

    with capture_logs():
        press.publisher.start()
        press.publisher.stop()

    assert press.outcome(good) is Outcome.COMPLETE
    assert [document.name for document in press.journal.recover()] == ["stuck.pdf"]


def test_what_is_to_be_left_is_not_published(tmp_path: Path) -> None:
    press = Press(tmp_path)
    block(press.root / "sub")
    for name in ("sub/stuck.pdf", "other.pdf"):
        press.publish(press.document(name))

    with capture_logs():
        press.publisher.leave()
        (press.root / "sub").unlink()
        press.publisher.start()
        press.publisher.stop()

    assert press.mail == []
    assert {document.name for document in press.journal.recover()} == {"stuck.pdf", "other.pdf"}


def test_a_record_that_cannot_be_opened_condemns_nobody(press: Press) -> None:
    document = press.document()
    record = press.journal.page_file(document, 2)
    record.rename(aside := record.with_suffix(".aside"))
    record.symlink_to(record.name)  # ELOOP at every open

    press.publish(document)
    assert eventually(lambda: any(isinstance(mail, Trouble) and mail.detail for mail in press.mail))
    aside.replace(record)

    assert eventually(lambda: press.outcome(document) is Outcome.COMPLETE)


def test_what_could_not_be_published_is_tried_once_more_at_the_end(tmp_path: Path) -> None:
    press = Press(tmp_path)
    block(press.root / "sub")
    stuck = press.document("sub/stuck.pdf")
    press.publish(stuck)

    with capture_logs():
        press.publisher.start()
        assert eventually(lambda: bool(press.mail))
        (press.root / "sub").unlink()
        press.publisher.stop()

    assert press.outcome(stuck) is Outcome.COMPLETE
    assert list(press.journal.recover()) == []


def test_a_work_folder_that_somebody_removed_holds_nothing_up(press: Press) -> None:
    document, other = press.document("a.pdf"), press.document("b.pdf")
    shutil.rmtree(press.journal.folder.work / document.ident)

    press.publish(document)
    press.publish(other)

    assert eventually(lambda: press.outcome(other) is Outcome.COMPLETE)
    assert press.outcome(document) is Outcome.FAILED


def test_every_try_to_publish_is_watched_and_told_of_its_failure(press: Press) -> None:
    block(press.root / "sub")
    press.publish(press.document("sub/stuck.pdf"))

    assert eventually(lambda: press.mail)

    assert press.watched[:2] == ["begins", "fails"]


def test_the_files_own_contents_are_in_the_manifest_and_lead_through_the_result(press: Press) -> None:
    document = press.document()
    outline = tuple(OutlineEntry(text=f"Part {page}", level=page, page=page) for page in (1, 2))
    press.publisher.publish(
        Finished(document=document, began_at=document.claimed_at, page_count=2, numbers=(1, 2), outline=outline)
    )
    eventually(lambda: press.outcome(document) is not None)

    assert press.manifest("report.json")["outline"] == [{"text": f"Part {n}", "level": n, "page": n} for n in (1, 2)]
    html = (press.root / "report.html").read_text()
    assert '<li class="level-2"><a lang="und" href="#page-2">Part 2</a></li>' in html
    delivery_of(press.root / "report.json")
