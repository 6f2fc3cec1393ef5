"""The inbox with real folders and threads: every way of dropping a file, each found once."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import BYTES, drop, eventually, journal_of
from kills import other_file_system, small_disk
from structlog.testing import capture_logs

from pipeline.conditions import files_still_written, inbox_deaf
from pipeline.document import Document
from pipeline.files.folders import Listing, list_folder
from pipeline.inbox.completeness import Patience, Readiness, Sighting, readiness
from pipeline.inbox.examination import Answer, Examiner, Question
from pipeline.inbox.inbox import Inbox, InboxSettings
from pipeline.results import claiming
from pipeline.threads.mailbox import Fault, Trouble

# Long enough to tell a file that settles from one that an event completes.
SETTLE = 0.3
# Not reached in a test: what is found is found by events, or by the doubts that they leave.
NEVER = 600.0


class Box:
    """An inbox that is looked at, and what it handed over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "inbox"
        self.outbox = folder / "outbox"
        self.root.mkdir(exist_ok=True)
        self.documents: list[Document] = []
        self.delivered: set[tuple[str, str, str]] = set()
        self.troubles: list[Trouble | Fault] = []
        self.ended = 0
        self.claim_s = 0.0

    def __call__(
        self,
        *,
        growing: float = NEVER,
        rescan: float = NEVER,
        polling: bool = False,
        keep: bool = False,
        once: bool = False,
    ) -> Inbox:
        settings = InboxSettings(
            root=self.root,
            patience=Patience(settle=SETTLE, growing=0.0 if once else growing),
            rescan=rescan,
            polling=polling,
            most_mib=1,
            keep=keep,
            once=once,
        )
        return Inbox(
            settings,
            journal_of(self.outbox),
            known=lambda *facts: facts in self.delivered,
            give=self._take,
            tell=self.troubles.append,
            ended=self._end,
        )

    def _take(self, document: Document) -> None:
        time.sleep(self.claim_s)
        self.documents.append(document)
        self.delivered.add((document.folder, document.name, document.sha256))

    def _end(self) -> None:
        self.ended += 1

    @property
    def names(self) -> list[str]:
        return sorted(str(Path(document.folder, document.name)) for document in self.documents)

    def has(self, *names: str) -> bool:
        """Whether exactly these are handed over within a generous time."""
        return eventually(lambda: len(self.documents) >= len(names), 30.0) and self.names == sorted(names)


@contextmanager
def running(inbox: Inbox) -> Iterator[Inbox]:
    with capture_logs() as lines:
        inbox.start()
        assert eventually(lambda: any(line["event"].startswith("inbox_") for line in lines) or inbox._settings.polling)  # noqa: SLF001
        try:
            yield inbox
        finally:
            inbox.stop()


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_what_was_there_before_the_start_is_taken(box: Box) -> None:
    for name in ("a.pdf", "sub/deep/b.PDF", ".hidden.pdf", "a.pdf.part", "@eaDir/c.pdf", "d.txt"):
        drop(box.root, name)

    with running(box()):
        assert box.has("a.pdf", "sub/deep/b.PDF")

    assert not (box.root / "a.pdf").exists()
    assert Path(box.documents[0].path).read_bytes() == BYTES


def test_a_dropped_file_is_taken_without_settling(box: Box) -> None:
    with running(box()):
        began = time.monotonic()
        drop(box.root)
        assert box.has("report.pdf")
        assert time.monotonic() - began < 5.0


def test_every_way_of_dropping_is_seen(box: Box, tmp_path: Path) -> None:
    with running(box()):
        drop(tmp_path, "outside").rename(box.root / "renamed-in.pdf")
        drop(box.root, "part.pdf.part").rename(box.root / "part.pdf")
        drop(box.root, ".rsync.pdf.Xy").rename(box.root / "rsync.pdf")
        (box.root / "hard-link.pdf").hardlink_to(drop(tmp_path, "linked"))
        shutil.copy(drop(tmp_path, "copied"), box.root / "copied.pdf")
        drop(tmp_path, "folder/deep/inside.pdf")
        (tmp_path / "folder").rename(box.root / "moved")
        for _ in range(3):
            with (box.root / "appended.pdf").open("ab") as file:
                file.write(b"%PDF-1.4 part")
        with (box.root / "appended.pdf").open("ab") as file:
            file.write(BYTES)

        expected = {
            "renamed-in.pdf",
            "part.pdf",
            "rsync.pdf",
            "hard-link.pdf",
            "copied.pdf",
            "moved/deep/inside.pdf",
            "appended.pdf",
        }
        assert eventually(lambda: expected <= set(box.names)), box.names

    assert max(Counter(box.names).values()) == 1
    appended = next(each for each in box.documents if each.name == "appended.pdf")
    assert appended.size == 3 * 13 + len(BYTES)


@pytest.mark.linux
def test_a_file_that_is_written_slowly_is_taken_when_its_writer_lets_go(box: Box) -> None:
    with running(box()):
        with (box.root / "slow.pdf").open("wb", buffering=0) as file:
            file.write(BYTES)
            drop(box.root, "other.pdf")
            assert box.has("other.pdf")
            assert not eventually(lambda: len(box.documents) > 1, 3 * SETTLE)
            file.write(BYTES)

        assert box.has("other.pdf", "slow.pdf")

    assert box.documents[1].size == 2 * len(BYTES)


def test_a_thousand_at_once_are_taken_once_each(box: Box) -> None:
    with running(box()):
        for number in range(1000):
            drop(box.root, f"{number:04}.pdf", BYTES + b"%d" % number)

        assert eventually(lambda: len(box.documents) >= 1000, 90.0)

    assert set(Counter(box.names).values()) == {1}
    assert len({document.ident for document in box.documents}) == 1000
    assert list(box.root.iterdir()) == []


def test_what_is_no_file_is_refused_once_and_stays(box: Box) -> None:
    (box.root / "link.pdf").symlink_to(drop(box.folder, "target.pdf"))
    (box.root / "dangling.pdf").symlink_to("/nowhere")
    os.mkfifo(box.root / "pipe.pdf")
    (box.root / "folder.pdf").mkdir()
    drop(box.root, "folder.pdf/inside.pdf")

    with capture_logs() as lines:
        inbox = box(rescan=0.05)
        inbox.start()
        assert box.has("folder.pdf/inside.pdf")
        inbox.look()
        drop(box.root, "last.pdf")
        assert box.has("folder.pdf/inside.pdf", "last.pdf")
        inbox.stop()

    refused = Counter(Path(line["file"]).name for line in lines if line["event"] == "refused")
    assert refused == {"link.pdf": 1, "dangling.pdf": 1, "pipe.pdf": 1}
    assert {path.name for path in box.root.iterdir()} == {"link.pdf", "dangling.pdf", "pipe.pdf", "folder.pdf"}


def test_a_file_that_is_deleted_while_it_waits_is_forgotten(box: Box) -> None:
    with running(box()):
        with (box.root / "gone.pdf").open("wb") as file:
            file.write(BYTES)
            (box.root / "gone.pdf").unlink()
        drop(box.root, "other.pdf")

        assert box.has("other.pdf")


@pytest.mark.parametrize("how", ["removed", "renamed"])
def test_an_inbox_that_is_made_again_is_watched_again(box: Box, how: str) -> None:
    with running(box()):
        drop(box.root, "before.pdf")
        assert box.has("before.pdf")

        if how == "removed":
            shutil.rmtree(box.root)
        else:
            box.root.rename(box.folder / "elsewhere")
        drop(box.root, "after.pdf")

        assert box.has("before.pdf", "after.pdf")
        drop(box.root, "later.pdf")
        assert box.has("before.pdf", "after.pdf", "later.pdf")


def test_a_dead_observer_is_noticed_without_a_look(box: Box) -> None:
    with running(box()) as inbox:
        watcher = inbox._watch._watcher  # noqa: SLF001 — what a bug of the library would end
        assert watcher is not None
        for emitter in watcher._observer.emitters:  # noqa: SLF001
            emitter.stop()
        drop(box.root)

        assert box.has("report.pdf")


def test_without_events_the_folder_is_looked_at(box: Box) -> None:
    with running(box(polling=True)) as inbox:
        assert inbox._watch._watcher is None  # noqa: SLF001
        drop(box.root)

        assert box.has("report.pdf")


@pytest.mark.parametrize(
    "name", ["new\nline.pdf", "bytes\udcff.pdf", "a..pdf", "-rf.pdf", "x" * 251 + ".pdf", "<b>.pdf"]
)
def test_any_name_is_taken(box: Box, name: str) -> None:
    with running(box()):
        drop(box.root, name)

        assert box.has(name)


def test_kept_files_are_taken_once_until_their_bytes_change_also_after_a_restart(box: Box) -> None:
    path = drop(box.root)
    with running(box(keep=True)) as inbox:
        assert box.has("report.pdf")
        path.touch()
        inbox.look()
        drop(box.root, "second.pdf")
        assert box.has("report.pdf", "second.pdf")
    with running(box(keep=True)):
        drop(box.root, "third.pdf")
        assert box.has("report.pdf", "second.pdf", "third.pdf")

        path.write_bytes(BYTES * 2)
        assert box.has("report.pdf", "report.pdf", "second.pdf", "third.pdf")

    assert path.read_bytes() == BYTES * 2


def test_a_single_run_hands_over_what_is_there_and_ends(box: Box) -> None:
    drop(box.root)
    drop(box.root, "sub/other.pdf", b"settles")

    inbox = box(once=True)
    inbox.start()

    assert eventually(lambda: box.ended == 1)
    assert box.has("report.pdf", "sub/other.pdf")
    inbox.stop()


def test_a_single_run_on_a_slow_disk_hands_over_all_however_long_it_takes(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inbox.inbox._PATIENCE_S", 4 * SETTLE)
    names = [f"{number}.pdf" for number in range(12)]
    for name in names:
        drop(box.root, name, BYTES + name.encode())
    box.claim_s = SETTLE

    inbox = box(once=True)
    inbox.start()

    assert eventually(lambda: box.ended == 1)
    inbox.stop()
    assert box.names == sorted(names)


def test_a_single_run_names_what_is_still_being_written_and_leaves_it(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inbox.inbox._PATIENCE_S", 4 * SETTLE)
    drop(box.root)
    over = threading.Event()
    (box.root / "copied.pdf").write_bytes(BYTES)

    def copy() -> None:
        while not over.wait(SETTLE / 10):
            with (box.root / "copied.pdf").open("ab") as file:
                file.write(b"more")

    writer = threading.Thread(target=copy)
    writer.start()
    inbox = box(once=True)
    inbox.start()

    assert eventually(lambda: box.ended == 1)
    over.set()
    writer.join()
    inbox.stop()
    assert box.names == ["report.pdf"]
    assert (box.root / "copied.pdf").read_bytes().endswith(b"more")
    assert box.troubles == [Trouble(what="left", detail=files_still_written(1, "copied.pdf"), harmless=True)]


def test_after_the_stop_nothing_is_claimed(box: Box) -> None:
    inbox = box()
    inbox.start()
    inbox.stop()

    drop(box.root)

    inbox.stop()
    assert box.documents == []
    assert (box.root / "report.pdf").exists()
    box().stop()  # never started


def test_a_full_disk_is_told_once_and_the_files_are_taken_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "outbox", 64) as outbox, capture_logs() as lines:
        box = Box(tmp_path)
        inbox = box(polling=True)
        filler = outbox / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * (1 << 18))
        for number in range(5):
            drop(box.root, f"{number}.pdf")
        inbox.start()
        assert eventually(lambda: any(line["event"] == "claim_failed" for line in lines))
        filler.unlink()

        assert box.has(*(f"{number}.pdf" for number in range(5)))
        inbox.stop()

    assert sum(line["event"] == "claim_failed" for line in lines) == 1
    first, *_, last = box.troubles
    assert "No space left" in str(first.detail)
    assert last == Trouble(what="claim_failed", detail=None)


def test_an_inbox_on_another_file_system_is_emptied(box: Box) -> None:
    box.root = other_file_system(box.folder) / f"dropleaf-{os.getpid()}-{box.folder.name}"
    box.root.mkdir()
    try:
        with running(box()):
            drop(box.root)

            assert box.has("report.pdf")
            assert eventually(lambda: not list(box.root.iterdir()))
    finally:
        shutil.rmtree(box.root)


@pytest.fixture
def deep(box: Box) -> Iterator[Path]:
    """A folder in the inbox for what Python itself could not remove."""
    yield box.root / "deep"
    subprocess.run(["rm", "-rf", "--", str(box.root)], check=True)


@pytest.mark.parametrize("when", ["before the start", "while it is watched"])
def test_folders_deeper_than_the_stack_cost_the_events_and_no_file(box: Box, deep: Path, when: str) -> None:
    aside = box.folder / "aside"
    aside.mkdir()
    handle = os.open(aside, os.O_RDONLY)
    for _ in range(sys.getrecursionlimit() + 100):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    if when == "before the start":
        aside.rename(deep)

    with running(box()):
        drop(box.root, "first.pdf")
        assert box.has("first.pdf")
        if not deep.exists():
            aside.rename(deep)
        drop(box.root, "neighbour.pdf")

        assert box.has("first.pdf", "neighbour.pdf")
        bottom = deep.joinpath(*["d"] * 900)
        (bottom / ".x").write_bytes(BYTES)
        (bottom / ".x").rename(bottom / "deepest.pdf")
        assert eventually(lambda: len(box.documents) == 3, 30.0)

    assert box.documents[2].folder == "/".join(["deep", *["d"] * 900])


def test_a_folder_whose_path_is_too_long_is_told_of_once(box: Box, deep: Path) -> None:
    deep.mkdir()
    handle = os.open(deep, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=handle)
        inner = os.open("n" * 250, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)

    with capture_logs() as lines:
        inbox = box(polling=True)
        inbox.start()
        for number in range(2):
            drop(box.root, f"{number}.pdf")
            assert box.has(*(f"{each}.pdf" for each in range(number + 1)))
            inbox.look()
        inbox.stop()

    assert sum(line["event"] == "too_deep" for line in lines) == 1


@pytest.mark.parametrize("what", ["a look into a folder", "a look at a file"])
def test_a_folder_that_hangs_holds_up_neither_its_neighbours_nor_the_end(
    box: Box, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    let_go, hanging = threading.Event(), threading.Event()

    def hang_below_slow(path: str) -> None:
        if "slow" in path:
            hanging.set()
            let_go.wait(60)

    def list_slowly(path: str) -> Listing:
        hang_below_slow(path)
        return list_folder(path)

    examine = Examiner.examine

    def examine_slowly(examiner: Examiner, question: Question) -> Answer:
        hang_below_slow(str(question.relative))
        return examine(examiner, question)

    if what == "a look into a folder":
        monkeypatch.setattr("pipeline.inbox.candidates.list_folder", list_slowly)
    else:
        monkeypatch.setattr(Examiner, "examine", examine_slowly)
    drop(box.root, "slow/x.pdf")
    drop(box.root, "quick/a.pdf")

    inbox = box()
    inbox.start()
    try:
        assert hanging.wait(60)
        drop(box.root, "quick/b.pdf")
        drop(box.root, "c.pdf")
        assert box.has("c.pdf", "quick/a.pdf", "quick/b.pdf")
        inbox.stop()
        assert not let_go.is_set()
    finally:
        let_go.set()
    assert box.names == ["c.pdf", "quick/a.pdf", "quick/b.pdf"]
    assert (box.root / "slow" / "x.pdf").exists()


def test_half_a_pdf_is_waited_for_until_its_end_comes_or_patience_is_over(box: Box) -> None:
    with running(box(growing=600.0)):
        for begin in (BYTES[:9], b""):
            drop(box.root, f"{len(begin)}.pdf", begin)
        drop(box.root, "whole.pdf")
        assert box.has("whole.pdf")
        assert not eventually(lambda: len(box.documents) > 1, 3 * SETTLE)

        with (box.root / "9.pdf").open("ab") as file:
            file.write(BYTES[9:])
        drop(box.root, ".0.part").rename(box.root / "0.pdf")
        assert box.has("0.pdf", "9.pdf", "whole.pdf")

    assert not any(document.cut_off for document in box.documents)
    with running(box(growing=2 * SETTLE)):
        drop(box.root, "never.pdf", BYTES[:9])
        assert eventually(lambda: len(box.documents) == 4)

    assert box.documents[3].cut_off


def test_half_a_pdf_that_is_older_than_patience_is_taken_after_settling(box: Box) -> None:
    os.utime(drop(box.root, "old.pdf", BYTES[:9]), (1e9, 1e9))

    with running(box(growing=600.0)):
        assert box.has("old.pdf")


def test_a_file_over_the_limit_is_handed_over_unread(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "hash_open", lambda *_: pytest.fail("it was read"))
    os.truncate(drop(box.root, "huge.pdf"), 1 << 40)

    with running(box(growing=0.0)):
        assert box.has("huge.pdf")
    assert (box.documents[0].size, box.documents[0].sha256) == (1 << 40, "")


@pytest.mark.parametrize("why", ["kept", "other file system"])
def test_a_file_over_the_limit_that_stays_is_handed_over_once_and_again_when_it_has_changed(
    box: Box, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "hash_open", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr(claiming, "copy_hashed", lambda *_: pytest.fail("it was copied"))
    if why != "kept":
        box.root = other_file_system(box.folder) / f"dropleaf-{os.getpid()}-{box.folder.name}"
        box.root.mkdir()
    path = drop(box.root, "huge.pdf")
    os.truncate(path, 1 << 34)

    try:
        with running(box(keep=why == "kept", polling=True, rescan=0.1, growing=0.0)):
            assert box.has("huge.pdf")
            assert not eventually(lambda: len(box.documents) > 1, 3 * SETTLE)
            os.truncate(path, 1 << 33)
            assert box.has("huge.pdf", "huge.pdf")
    finally:
        shutil.rmtree(box.root)

    assert [(document.size, document.sha256) for document in box.documents] == [(1 << 34, ""), (1 << 33, "")]
    assert all(document.in_place and not Path(document.path).exists() for document in box.documents)
    assert list(journal_of(box.outbox).recover()) == []


def test_a_file_that_only_a_cloud_service_has_is_told_of_once_and_read_when_it_is_here(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    away = {"cloud.pdf"}

    def is_away(path: Path) -> bool:
        asked.append(path.name)
        return path.name in away

    monkeypatch.setattr("pipeline.inbox.examination.is_elsewhere", is_away)
    drop(box.root, "cloud.pdf")
    drop(box.root, "near.pdf", BYTES + b"near")
    with capture_logs() as lines:
        inbox = box(polling=True, rescan=0.05)
        inbox.start()
        assert eventually(lambda: asked.count("cloud.pdf") > 4, 30.0)
        assert box.has("near.pdf")
        left = [line["file"] for line in lines if line["event"] == "left"]
        away.clear()
        assert box.has("cloud.pdf", "near.pdf")
        inbox.stop()

    assert left == [str(box.root / "cloud.pdf")]


def test_a_file_over_which_we_stumble_is_left_and_the_others_are_taken(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(handle: int, sighting: Sighting, patience: Patience, *, now: float, clock: float) -> Readiness:
        if sighting.stamp.size == 3:
            raise RecursionError("sabotage")
        return readiness(handle, sighting, patience, now=now, clock=clock)

    monkeypatch.setattr("pipeline.inbox.examination.readiness", stumble)
    drop(box.root, "bad.pdf", b"bad")

    with capture_logs() as lines:
        inbox = box(polling=True)
        inbox.start()
        for number in range(2):
            drop(box.root, f"{number}.pdf")
            assert box.has(*(f"{each}.pdf" for each in range(number + 1)))
            inbox.look()
        inbox.stop()

    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["fault"]
    assert (box.root / "bad.pdf").exists()
    assert box.troubles == []


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_inbox_whose_files_cannot_be_removed_is_told_of_and_tried_ever_later(box: Box, *, elsewhere: bool) -> None:
    if elsewhere:
        box.root = other_file_system(box.folder) / f"dropleaf-{os.getpid()}-{box.folder.name}"
        box.root.mkdir()
    drop(box.root)
    if subprocess.run(["chattr", "+a", str(box.root)], check=False, capture_output=True).returncode:
        shutil.rmtree(box.root)
        pytest.skip("removal cannot be forbidden here")
    try:
        with capture_logs() as lines:
            inbox = box(polling=True)
            inbox.start()
            assert eventually(lambda: any(line["event"] == "claim_failed" for line in lines))
            subprocess.run(["chattr", "-a", str(box.root)], check=True)
            assert box.has("report.pdf")
            inbox.stop()
    finally:
        subprocess.run(["chattr", "-a", str(box.root)], check=False)
        shutil.rmtree(box.root)
    assert sum(line["event"] == "claim_failed" for line in lines) == 1


def test_a_folder_of_whose_files_the_system_tells_nothing_is_said_to_be_so_and_looked_at_often(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inbox.events._Hints.on_any_event", lambda *_: None)  # as on a network share
    monkeypatch.setattr("pipeline.inbox.missed_events._TOLD_WITHIN_S", 0.3)

    with running(box(rescan=1.0)):
        drop(box.root, "first.pdf")  # found by the look that follows the start
        assert box.has("first.pdf")
        drop(box.root, "a.pdf")
        assert eventually(lambda: bool(box.troubles), 30.0)
        assert box.has("a.pdf", "first.pdf")

    (trouble,) = box.troubles
    assert isinstance(trouble, Trouble)
    assert trouble.detail == inbox_deaf(str(box.root))
