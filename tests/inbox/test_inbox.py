"""The inbox with real folders and threads: every way of dropping a file, each found once."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import BYTES, drop, eventually, journal_of
from kills import other_file_system, small_disk
from structlog.testing import capture_logs

from pipeline.document import Document
from pipeline.inbox.completeness import Patience
from pipeline.inbox.inbox import Inbox, InboxSettings
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

        assert eventually(lambda: len(box.documents) >= 1000, 40.0)

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
    box.root = other_file_system(box.folder) / f"dropleaf-{box.folder.name}"
    box.root.mkdir()
    try:
        with running(box()):
            drop(box.root)

            assert box.has("report.pdf")
            assert eventually(lambda: not list(box.root.iterdir()))
    finally:
        shutil.rmtree(box.root)
