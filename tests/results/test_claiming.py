"""Claims while others replace, write to and link what is claimed."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from claims import BYTES, drop, journal_of
from kills import kill_points, names_below, other_file_system
from structlog.testing import capture_logs

from pipeline.document import Document
from pipeline.errors import ChangedError, IrregularError, PublishError, StoppedError, TooLargeError
from pipeline.files.atomic import file_to_sha256
from pipeline.files.endings import Ending, ending_of
from pipeline.host.held_folder import HeldFolder
from pipeline.host.linux import held_folder
from pipeline.results import claiming
from pipeline.results.claiming import Source, Terms, handle_to_stamp, hidden_to_name, numbered, open_source
from pipeline.results.journal import DocumentOptions

NEW = b"%PDF-1.7\nthe new version, longer than the old one\n%%EOF\n"
MOVE = Terms(copy=False)


class Inbox:
    """An inbox with report.pdf in a subfolder, and a journal."""

    def __init__(self, root: Path, outbox: Path) -> None:
        self.root = root
        self.file = drop(root, "sub/report.pdf")
        self.journal = journal_of(outbox)

    def seen(self) -> Source:
        """The file as it was looked at."""
        source = Source(root=self.root, relative=PurePosixPath("sub/report.pdf"))
        with open_source(source) as handle:
            return replace(source, stamp=handle_to_stamp(handle))

    def take(self, source: Source | None = None, terms: Terms = MOVE) -> Document:
        return self.journal.take(source or self.seen(), terms, options=DocumentOptions(folder="sub"))

    @property
    def left(self) -> set[str]:
        return names_below(self.root)

    @property
    def in_work(self) -> set[str]:
        return names_below(self.journal.folder.work)


@pytest.fixture(params=["same file system", "another file system"])
def inbox(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Inbox]:
    elsewhere = request.param == "another file system"
    root = (other_file_system(tmp_path) if elsewhere else tmp_path) / f"dropleaf-{os.getpid()}-{tmp_path.name}"
    yield Inbox(root, tmp_path / "outbox")
    shutil.rmtree(root)


@pytest.fixture
def here(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox", tmp_path / "outbox")


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], *, method: str = "move_out", owner: object = None
) -> None:
    """Have something happen once, in the last instant before a step of the claim."""
    whose = owner or HeldFolder
    real = getattr(whose, method)
    left = [happens]

    def step(*arguments: object, **named: object) -> object:
        if left:
            left.pop()()
        return real(*arguments, **named)

    monkeypatch.setattr(whose, method, step)


def renamed_over(inbox: Inbox) -> None:
    drop(inbox.root, "sub/.new", NEW).rename(inbox.file)


def written_again(inbox: Inbox) -> None:
    inbox.file.write_bytes(NEW)


def touched_back(inbox: Inbox) -> None:
    """Bytes of the same length, by a program that puts the time back."""
    facts = inbox.file.stat()
    inbox.file.write_bytes(BYTES[::-1])
    os.utime(inbox.file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("change", [renamed_over, written_again, touched_back])
def test_what_changed_since_the_look_is_not_taken(inbox: Inbox, change: Callable[[Inbox], None]) -> None:
    source = inbox.seen()
    time.sleep(0.02)  # the kernel's clock of changes goes in steps
    change(inbox)
    there = inbox.file.read_bytes()

    with pytest.raises(ChangedError):
        inbox.take(source)

    assert inbox.file.read_bytes() == there
    assert (inbox.left, inbox.in_work) == ({"sub/report.pdf"}, set())


@pytest.mark.parametrize("change", [renamed_over, written_again])
def test_what_changes_between_look_and_rename_goes_back(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, change: Callable[[Inbox], None]
) -> None:
    meanwhile(monkeypatch, lambda: change(inbox))

    with pytest.raises(ChangedError):
        inbox.take()

    assert inbox.file.read_bytes() == NEW
    assert (inbox.left, inbox.in_work) == ({"sub/report.pdf"}, set())


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_file_and_takes_its_place_goes_back_and_is_not_waited_for(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def swap() -> None:
        inbox.file.unlink()
        if kind == "pipe":
            os.mkfifo(inbox.file)
        elif kind == "link":
            inbox.file.symlink_to("/etc/hostname")
        else:
            inbox.file.mkdir()
            drop(inbox.file, "inside")

    meanwhile(monkeypatch, swap)

    with pytest.raises((ChangedError, PublishError)):
        inbox.take()

    assert inbox.in_work == set()
    assert os.listdir(inbox.root / "sub") == ["report.pdf"]  # noqa: PTH208 — Path says nothing of pipes
    assert {"pipe": inbox.file.is_fifo(), "link": inbox.file.is_symlink(), "folder": inbox.file.is_dir()}[kind]


@pytest.mark.linux
def test_a_file_that_is_opened_for_writing_in_the_last_instant_goes_back_to_its_writer(inbox: Inbox) -> None:
    with inbox.file.open("r+b", buffering=0) as writer:
        with pytest.raises(ChangedError):
            inbox.take()
        writer.write(NEW)

    assert inbox.file.read_bytes() == NEW
    assert inbox.in_work == set()


def test_a_name_that_was_taken_meanwhile_is_left_to_whoever_has_it(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_comes(_: int) -> bool:
        drop(inbox.root, "sub/report.pdf", NEW)
        return True

    monkeypatch.setattr(claiming, "is_written_to", another_comes)

    with pytest.raises(ChangedError):
        inbox.take()

    assert inbox.file.read_bytes() == NEW
    assert (inbox.root / "sub" / "report-2.pdf").read_bytes() == BYTES


@pytest.mark.parametrize("way", ["second name", "open descriptor"])
def test_a_file_that_can_be_written_to_later_is_copied(inbox: Inbox, way: str) -> None:
    if way == "second name":
        (inbox.root / "second").hardlink_to(inbox.file)
        document = inbox.take()
        (inbox.root / "second").write_bytes(NEW)
    else:
        with inbox.file.open("r+b", buffering=0) as writer:
            document = inbox.take(replace(inbox.seen(), held_open=True))
            writer.write(NEW)

    assert Path(document.path).read_bytes() == BYTES
    assert file_to_sha256(Path(document.path)) == document.sha256
    assert not inbox.file.exists()


def test_a_file_of_which_nothing_tells_who_writes_to_it_is_copied(here: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inode = here.file.stat().st_ino
    monkeypatch.setattr(claiming, "is_written_to", lambda _: None)

    document = here.take()

    assert Path(document.path).stat().st_ino != inode
    assert Path(document.path).read_bytes() == BYTES
    assert here.left == set()


@pytest.mark.parametrize("copy", [False, True])
def test_a_file_that_is_written_to_while_it_is_copied_stays(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, *, copy: bool
) -> None:
    (inbox.root / "second").hardlink_to(inbox.file)
    meanwhile(monkeypatch, lambda: (inbox.root / "second").write_bytes(NEW), method="ending_of", owner=claiming)

    with pytest.raises(ChangedError):
        inbox.take(terms=Terms(copy=copy))

    assert inbox.file.read_bytes() == NEW
    assert inbox.in_work == set()


def test_a_version_that_comes_while_the_old_one_is_copied_stays_in_the_inbox(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox.root / "second").hardlink_to(inbox.file)
    meanwhile(monkeypatch, lambda: renamed_over(inbox), method="ending_of", owner=claiming)

    document = inbox.take()

    assert Path(document.path).read_bytes() == BYTES
    assert inbox.file.read_bytes() == NEW
    assert inbox.left == {"second", "sub/report.pdf"}


@pytest.mark.parametrize("when", ["before the look", "after the look"])
def test_nothing_is_taken_through_a_folder_that_was_exchanged_for_a_link(inbox: Inbox, when: str) -> None:
    private = inbox.root.parent / f"{inbox.root.name}-private"
    drop(private, "report.pdf")
    try:
        source = inbox.seen() if when == "after the look" else Source(root=inbox.root, relative=inbox.seen().relative)
        (inbox.root / "sub").rename(inbox.root / "away")
        (inbox.root / "sub").symlink_to(private)

        with pytest.raises(IrregularError, match="symbolic link"):
            inbox.take(source)

        assert (private / "report.pdf").read_bytes() == BYTES
        assert inbox.in_work == set()
    finally:
        shutil.rmtree(private)


@pytest.mark.parametrize("copy", [False, True])
def test_a_file_over_the_limit_is_not_read(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, copy: bool
) -> None:
    os.truncate(inbox.file, 5 << 30)
    for name in ("hash_open", "copy_hashed"):
        monkeypatch.setattr(claiming, name, lambda *_: pytest.fail("it was read"))
    terms = Terms(copy=copy, most_mib=1)

    if not copy and inbox.root.parent != tmp_path:
        with pytest.raises(TooLargeError, match="5120 MiB"):
            inbox.take(terms=terms)
        assert inbox.file.exists()
        return
    document = inbox.take(terms=terms)

    assert (document.size, document.sha256) == (5 << 30, "")
    assert inbox.file.exists() is copy
    recovered = list(inbox.journal.recover(most_mib=1))
    assert recovered == ([] if copy else [document])


@pytest.mark.parametrize("copy", [False, True])
def test_a_stop_in_the_middle_of_a_long_read_leaves_the_file_where_it_was(inbox: Inbox, *, copy: bool) -> None:
    inbox.file.write_bytes(BYTES * 200_000)
    asked = iter([False, False])

    with pytest.raises(StoppedError):
        inbox.take(terms=Terms(copy=copy, stopping=lambda: next(asked, True)))

    assert inbox.file.stat().st_size == len(BYTES) * 200_000
    assert (inbox.left, inbox.in_work) == ({"sub/report.pdf"}, set())


def test_a_folder_that_gives_nothing_away_is_found_out_before_anything_is_copied(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    real = HeldFolder.move_out

    def move_out(folder: HeldFolder, name: str, target: Path) -> None:
        if inbox.root.stat().st_dev == target.parent.stat().st_dev:
            refuse()
        real(folder, name, target)

    monkeypatch.setattr(HeldFolder, "move_out", move_out)
    monkeypatch.setattr(HeldFolder, "hide", refuse)
    monkeypatch.setattr(claiming, "copy_hashed", lambda *_: pytest.fail("it was copied"))

    with pytest.raises(PublishError, match="not permitted"):
        inbox.take()

    assert (inbox.left, inbox.in_work) == ({"sub/report.pdf"}, set())


@pytest.mark.parametrize("content", [b"%PDF-1.4 half", b""])
def test_a_pdf_without_its_end_is_known_as_cut_off_also_after_a_restart(inbox: Inbox, content: bytes) -> None:
    inbox.file.write_bytes(content)

    document = inbox.take()

    assert document.cut_off
    assert list(inbox.journal.recover()) == [document]


def test_what_is_known_of_the_bytes_spares_the_next_daemon_the_reading(
    here: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = here.take()
    monkeypatch.setattr(claiming, "hash_open", lambda *_: pytest.fail("it was read"))
    assert list(here.journal.recover()) == [document]

    monkeypatch.undo()
    Path(document.path).write_bytes(NEW)
    (changed,) = here.journal.recover()
    assert changed.sha256 == file_to_sha256(Path(document.path))


@pytest.mark.parametrize("way", ["second name", "one name"])
def test_a_claim_that_dies_at_any_point_loses_and_doubles_nothing_whoever_may_write_to_it(
    inbox: Inbox, tmp_path: Path, way: str
) -> None:
    points = 0
    second = inbox.root / "second"
    for _ in kill_points(inbox.take):
        points += 1
        recovered = list(journal_of(tmp_path / "outbox").recover())
        assert len(recovered) + inbox.file.exists() == 1
        assert inbox.left - {"second"} <= {"sub/report.pdf"}
        for document in recovered:
            assert Path(document.path).read_bytes() == BYTES
            inbox.journal.discard(document)
        drop(inbox.root, "sub/report.pdf")
        second.unlink(missing_ok=True)
        if way == "second name":
            second.hardlink_to(inbox.file)

    assert points >= 8


@pytest.mark.parametrize("change", [renamed_over, written_again])
def test_a_file_that_changed_before_a_death_is_in_the_inbox_after_it(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Inbox], None]
) -> None:
    meanwhile(monkeypatch, lambda: change(inbox))
    for _ in kill_points(inbox.take):
        recovered = list(journal_of(tmp_path / "outbox").recover())

        assert recovered == []
        assert inbox.left - {"sub/.new"} == {"sub/report.pdf"}
        assert inbox.file.read_bytes() in {BYTES, NEW}
        drop(inbox.root, "sub/report.pdf")


@pytest.mark.parametrize("times", [1, 100])
def test_in_the_foreground_a_file_that_changes_is_looked_at_again_but_not_for_ever(
    here: Inbox, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    left = [NEW + b"%d" % number for number in range(times)]

    def written_meanwhile(handle: int, size: int) -> Ending:
        if left:
            here.file.write_bytes(left.pop())
        return ending_of(handle, size)

    monkeypatch.setattr(claiming, "ending_of", written_meanwhile)

    if times == 1:
        assert Path(here.journal.claim(here.file, ".", copy=True).path).read_bytes() == NEW + b"0"
    else:
        with pytest.raises(PublishError, match="writes to it all the time"):
            here.journal.claim(here.file, ".", copy=True)
        assert here.in_work == set()


@pytest.mark.parametrize("change", [renamed_over, written_again])
def test_where_putting_back_takes_two_steps_a_death_between_them_doubles_nothing(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Inbox], None]
) -> None:
    # As on a file system that does not know renameat2(2), and on each other system.
    monkeypatch.setattr(held_folder, "_LIBRARY", object(), raising=False)
    meanwhile(monkeypatch, lambda: change(inbox))
    for _ in kill_points(inbox.take):
        assert list(journal_of(tmp_path / "outbox").recover()) == []
        assert inbox.left - {"sub/.new"} == {"sub/report.pdf"}
        drop(inbox.root, "sub/report.pdf")


def test_where_the_inbox_is_gone_what_was_taken_is_the_document(here: Inbox) -> None:
    document = here.take()
    home = here.journal.folder.document(document.ident)
    home.original.rename(home.taken)
    home.taken.write_bytes(NEW)
    shutil.rmtree(here.root)

    (recovered,) = here.journal.recover()

    assert Path(recovered.path).read_bytes() == NEW


def test_what_can_neither_be_finished_nor_put_back_stays_and_keeps_no_other_from_being_resumed(here: Inbox) -> None:
    stuck = here.take()
    home = here.journal.folder.document(stuck.ident)
    home.original.unlink()
    home.taken.mkdir()
    drop(here.root, "sub/report.pdf")
    other = here.take()
    shutil.rmtree(here.root)

    with capture_logs() as lines:
        assert list(here.journal.recover()) == [other]

    assert [line["event"] for line in lines] == ["not_resumed"]
    assert home.taken.is_dir()


def test_names_aside_tell_whose_they_are_and_numbered_ones_fit(here: Inbox) -> None:
    document = here.take()
    home = here.journal.folder.document(document.ident)
    for name in ("report.pdf", "-.pdf", "ä" * 125 + ".pdf"):
        hidden = claiming.aside_name(home, name)
        assert len(os.fsencode(hidden)) <= 255
        assert hidden_to_name(hidden) == (document.ident, name[: len(hidden_to_name(hidden)[1])])  # type: ignore[index]
    assert hidden_to_name(".dropleaf-upload-1") is None

    names = numbered("x" * 251 + ".pdf")
    assert [next(names) for _ in range(2)] == ["x" * 251 + ".pdf", "x" * 249 + "-2.pdf"]
