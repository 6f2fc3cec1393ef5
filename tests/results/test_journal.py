"""The working state on disk: claims and finished pages, whatever instant a daemon dies at."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from claims import BYTES, claimed, drop, finish_page, journal_of, page_result
from kills import kill_points, names_below, other_file_system, small_disk

from pipeline.document import Document
from pipeline.errors import IrregularError, PublishError, VanishedError
from pipeline.page_result import Content, Method
from pipeline.results.journal import Journal
from pipeline.results.page_record import PageRecord, read_record, write_record

HOSTILE = ["new\nline.pdf", "quote'\".pdf", "<b>&amp;.pdf", "bytes\udcff.pdf", "-rf.pdf", "..pdf", "a" * 251 + ".pdf"]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return journal_of(tmp_path / "outbox")


def test_a_claim_takes_the_file_and_knows_its_bytes(tmp_path: Path, journal: Journal) -> None:
    source = drop(tmp_path / "inbox", "sub/report.pdf")

    document = journal.claim(source, "sub", copy=False, only=(2, 3))

    assert not source.exists()
    assert Path(document.path).read_bytes() == BYTES
    assert (document.name, document.folder, document.size, document.only) == ("report.pdf", "sub", len(BYTES), (2, 3))
    assert list(journal_of(tmp_path / "outbox").recover()) == [document]


def test_a_copied_claim_leaves_the_file(tmp_path: Path, journal: Journal) -> None:
    source = drop(tmp_path / "inbox")

    document = journal.claim(source, ".", copy=True)

    assert source.read_bytes() == Path(document.path).read_bytes()
    list(journal.recover())
    assert source.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_that_a_file_may_have_survives_a_restart(tmp_path: Path, journal: Journal, name: str) -> None:
    claimed(tmp_path, journal, name)

    (document,) = journal_of(tmp_path / "outbox").recover()

    assert document.name == name


def test_a_claim_from_another_file_system_is_a_copy_that_removes_the_file(tmp_path: Path, journal: Journal) -> None:
    inbox = other_file_system(tmp_path) / f"dropleaf-{os.getpid()}-{tmp_path.name}"
    try:
        source = drop(inbox)

        document = journal.claim(source, ".", copy=False)

        assert not source.exists()
        assert Path(document.path).read_bytes() == BYTES
    finally:
        shutil.rmtree(inbox)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_claim_that_dies_at_any_point_loses_nothing_and_doubles_nothing(tmp_path: Path, *, elsewhere: bool) -> None:
    inbox = (other_file_system(tmp_path) if elsewhere else tmp_path) / f"dropleaf-{os.getpid()}-{tmp_path.name}"
    source = drop(inbox)
    journal = journal_of(tmp_path / "outbox")
    points = 0
    try:
        for _ in kill_points(lambda: journal.claim(source, ".", copy=False)):
            points += 1

            recovered = list(journal_of(tmp_path / "outbox").recover())

            assert len(recovered) + source.exists() == 1
            for document in recovered:
                assert Path(document.path).read_bytes() == BYTES
                assert document.name == source.name
                journal.discard(document)
            drop(inbox)
    finally:
        shutil.rmtree(inbox)

    assert points >= 5


def test_a_file_that_is_gone_has_vanished_and_leaves_no_trace(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(VanishedError):
        journal.claim(tmp_path / "inbox" / "gone.pdf", ".", copy=False)

    assert names_below(journal.folder.work) == set()


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link"])
def test_what_is_no_file_stays_where_it_is(tmp_path: Path, journal: Journal, kind: str) -> None:
    path = tmp_path / "x.pdf"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(drop(tmp_path, "target") if kind == "link" else "/nowhere")

    with pytest.raises(IrregularError, match=r"folder|symbolic link"):
        journal.claim(path, ".", copy=False)

    assert path.is_dir() if kind == "folder" else path.is_symlink()
    assert list(journal.folder.work.iterdir()) == []


def test_on_a_full_disk_nothing_is_claimed_and_nothing_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "outbox", 64) as outbox:
        journal = journal_of(outbox)
        source = drop(tmp_path / "inbox", content=BYTES + b"x" * 100_000)

        with pytest.raises(PublishError, match="No space left"):
            journal.claim(source, ".", copy=False)

        assert source.stat().st_size > 100_000
        assert list(journal.folder.work.iterdir()) == []


def test_the_state_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_bytes(b"a file where a folder should be")

    with pytest.raises(PublishError, match="cannot be created"):
        journal_of(tmp_path / "outbox")


def test_documents_are_recovered_oldest_first(tmp_path: Path, journal: Journal) -> None:
    old, new = claimed(tmp_path, journal, "b.pdf"), claimed(tmp_path, journal, "a.pdf")
    for document, time in ((old, "1"), (new, "2")):
        (journal.folder.work / document.ident).rename(journal.folder.work / f"{time}-{document.ident}")

    first, second = journal_of(tmp_path / "outbox").recover()

    assert (first.name, second.name) == ("b.pdf", "a.pdf")


def test_the_working_state_may_be_moved(tmp_path: Path, journal: Journal) -> None:
    claimed(tmp_path, journal)
    (tmp_path / "outbox").rename(tmp_path / "results")

    (document,) = journal_of(tmp_path / "results").recover()

    assert Path(document.path).read_bytes() == BYTES


@pytest.mark.parametrize("note", [b"", b"[]", b"null", b'{"only": 5}', b"\xff"])
def test_a_damaged_note_costs_the_name_and_not_the_document(tmp_path: Path, journal: Journal, note: bytes) -> None:
    document = claimed(tmp_path, journal)
    (journal.folder.work / document.ident / "claim.json").write_bytes(note)

    (recovered,) = journal_of(tmp_path / "outbox").recover()

    assert (recovered.name, recovered.sha256) == ("recovered.pdf", document.sha256)


def test_a_note_of_another_version_may_say_more_or_less(tmp_path: Path, journal: Journal) -> None:
    document = claimed(tmp_path, journal)
    (journal.folder.work / document.ident / "claim.json").write_text(json.dumps({"name": "kept.pdf", "future": 1}))

    (recovered,) = journal_of(tmp_path / "outbox").recover()

    assert (recovered.name, recovered.folder) == ("kept.pdf", ".")


def finished(journal: Journal, document: Document, fingerprint: str = "a") -> list[int]:
    return list(journal.begin(document, fingerprint))


def test_finished_pages_survive_a_restart_and_other_settings_do_not(tmp_path: Path, journal: Journal) -> None:
    document = claimed(tmp_path, journal)
    assert finished(journal, document) == []
    for number in (3, 1):
        finish_page(journal, document, number)

    journal = journal_of(tmp_path / "outbox")

    assert finished(journal, document) == [1, 3]
    assert finished(journal, document, "b") == []
    assert finished(journal, document, "b") == []


def test_beginning_may_die_at_any_point(tmp_path: Path, journal: Journal) -> None:
    document = claimed(tmp_path, journal)
    journal.begin(document, "a")
    finish_page(journal, document, 1)

    for _ in kill_points(lambda: journal.begin(document, "b")):
        assert finished(journal, document, "b") == []
        shutil.rmtree(journal.folder.work / document.ident / "pages")
        journal.begin(document, "a")
        finish_page(journal, document, 1)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b'{"number": 1, "met',
        b"[1]\n",
        b'{"number": 1, "fallback": null}\n',
        b'{"number": 1, "method": "magic", "fallback": null}\n',
        b'{"number": 1, "method": "vision", "fallback": {"reason": "mood"}}\n',
        b'{"number": 2, "method": "vision", "fallback": null}\n',
        b"\xff\xfe",
    ],
)
def test_damaged_records_are_dropped(tmp_path: Path, journal: Journal, record: bytes) -> None:
    document = claimed(tmp_path, journal)
    journal.begin(document, "a")
    finish_page(journal, document, 2)
    journal.page_file(document, 1).write_bytes(record)

    assert finished(journal, document) == [2]


@pytest.mark.parametrize("note", ["claim.json", "digest.json", "pages/00001.json", "settings.txt"])
def test_a_pipe_in_the_place_of_a_note_is_not_waited_for(tmp_path: Path, journal: Journal, note: str) -> None:
    document = claimed(tmp_path, journal)
    finish_page(journal, document, 1)
    path = journal.folder.document(document.ident).root / note
    path.unlink(missing_ok=True)
    os.mkfifo(path)

    (found,) = journal_of(tmp_path / "outbox").recover()

    assert found.sha256 == document.sha256
    if note == "settings.txt":
        with pytest.raises(PublishError, match="Not a regular file"):
            journal.begin(found, "a")
    else:
        assert (1 in journal.begin(found, "a")) is False


def test_a_record_keeps_entry_and_html(tmp_path: Path) -> None:
    page = replace(page_result(), repairs=("\udcff",))

    write_record(tmp_path / "new" / "1.json", page, Content(method=Method.VISION, html="<p>ä\n\nb</p>\ud800"))

    assert read_record(tmp_path / "new" / "1.json") == PageRecord(page=page, html="<p>ä\n\nb</p>?")
    assert names_below(tmp_path) == {"new/1.json"}
    assert (tmp_path / "new" / "1.json").stat().st_mode & 0o777 == 0o600


def test_a_page_that_cannot_be_committed_is_told(tmp_path: Path, journal: Journal) -> None:
    document = claimed(tmp_path, journal)

    with pytest.raises(PublishError, match="No such file"):
        journal.commit(document, 1)


def test_what_workers_left_in_the_scratch_folder_is_gone_after_a_restart(tmp_path: Path, journal: Journal) -> None:
    journal.draft_file(claimed(tmp_path, journal), 1).write_bytes(b"half")

    assert names_below(journal_of(tmp_path / "outbox").folder.scratch) == set()


def test_discarding_may_die_at_any_point(tmp_path: Path, journal: Journal) -> None:
    document = claimed(tmp_path, journal)
    whole = names_below(journal.folder.work)

    left = [names_below(journal.folder.work) for _ in kill_points(lambda: journal.discard(document))]

    assert all(names in (whole, set()) for names in left)
    assert names_below(journal.folder.work) == set()
    journal.discard(document)
