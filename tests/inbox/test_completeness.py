"""When a file is complete."""

import os
from pathlib import Path

import pytest
from claims import BYTES, drop

from pipeline.files.stamp import Stamp
from pipeline.inbox.completeness import HELD_OPEN_S, Patience, Readiness, Sighting, look_again, readiness

PATIENCE = Patience(settle=1.0, growing=120.0)
# Of the machine's clock, when the files were last written to.
WRITTEN = 1e9


def sighting(path: Path, *, finished: bool = False, since: float = 0.0) -> Sighting:
    os.utime(path, (WRITTEN, WRITTEN))
    stamp = Stamp.of(path.lstat())
    assert stamp is not None
    return Sighting(stamp=stamp, since=since, finished=finished)


def look(path: Path, seen: Sighting, *, now: float, clock: float | None = None, patience: Patience = PATIENCE) -> float:
    return look_closely(path, seen, now=now, clock=clock, patience=patience).wait


def look_closely(
    path: Path, seen: Sighting, *, now: float, clock: float | None = None, patience: Patience = PATIENCE
) -> Readiness:
    with path.open("rb") as file:
        return readiness(file.fileno(), seen, patience, now=now, clock=WRITTEN + now if clock is None else clock)


@pytest.mark.parametrize(
    "kind", ["folder", *(pytest.param(kind, marks=pytest.mark.linux) for kind in ("pipe", "link"))]
)
def test_only_regular_files_have_a_stamp(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.pdf"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(drop(tmp_path, "target"))

    assert Stamp.of(path.lstat()) is None


@pytest.mark.linux
def test_bytes_that_changed_show_even_where_size_and_time_are_put_back(tmp_path: Path) -> None:
    path = drop(tmp_path)
    before, facts = Stamp.of(path.lstat()), path.stat()

    path.write_bytes(BYTES[::-1])
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    after = Stamp.of(path.lstat())
    assert after is not None
    assert before is not None
    assert (after.size, after.modified_ns) == (before.size, before.modified_ns)
    assert after != before


def test_a_renamed_file_is_the_same_and_a_written_or_replaced_one_is_not(tmp_path: Path) -> None:
    before = Stamp.of(drop(tmp_path).lstat())
    assert before is not None
    path = (tmp_path / "report.pdf").rename(tmp_path / "new.pdf")

    assert before.is_renamed(Stamp.of(path.lstat()))
    assert not before.is_renamed(None)
    path.write_bytes(BYTES * 2)
    assert not before.is_renamed(Stamp.of(path.lstat()))


def test_a_change_begins_the_wait_anew_and_an_event_is_remembered(tmp_path: Path) -> None:
    first = sighting(drop(tmp_path))
    same = look_again(first, first.stamp, finished=True, now=5.0)
    assert (same.since, same.finished) == (0.0, True)
    assert look_again(same, first.stamp, finished=False, now=6.0).finished

    changed = sighting(drop(tmp_path, content=BYTES * 2)).stamp

    assert look_again(same, changed, finished=False, now=7.0) == Sighting(stamp=changed, since=7.0, finished=False)


@pytest.mark.parametrize(
    ("content", "finished", "wait"),
    [
        (BYTES, True, 0.0),
        (BYTES + b"\0" * 900, True, 0.0),
        (BYTES, False, 0.75),
        (b"no PDF at all", True, 0.75),
        (b"no PDF at all", False, 0.75),
        (b"%PDF-1.4 half", True, 119.75),
        (b"%PDF-1.4 half", False, 119.75),
        (b"", True, 119.75),
        (b"", False, 119.75),
    ],
)
def test_an_event_completes_a_whole_pdf_at_once_and_half_of_one_is_waited_for(
    tmp_path: Path, content: bytes, *, finished: bool, wait: float
) -> None:
    path = drop(tmp_path, content=content)

    assert look(path, sighting(path, finished=finished), now=0.25) == wait


def test_an_unchanged_file_is_complete_after_settling(tmp_path: Path) -> None:
    for content in (b"no end mark", BYTES):
        path = drop(tmp_path, content=content)

        assert look(path, sighting(path), now=1.0) == 0.0


@pytest.mark.linux
def test_a_whole_pdf_that_was_there_before_us_has_settled_already(tmp_path: Path) -> None:
    path = drop(tmp_path)
    seen = sighting(path)
    changed = path.stat().st_ctime

    assert look(path, seen, now=0.0, clock=changed + 1.5) == 0.0
    assert look(path, seen, now=0.0, clock=changed + 0.25) == pytest.approx(0.75, abs=0.001)
    assert look(path, seen, now=0.0, clock=changed - 3600) == 1.0  # the machine's clock was set back
    with path.open("ab"):
        assert look(path, seen, now=0.0, clock=changed + 1.5) > 0.0


def test_half_a_pdf_is_taken_when_it_has_not_changed_for_long_by_whichever_clock_says_so(tmp_path: Path) -> None:
    path = drop(tmp_path, content=b"%PDF-1.4 half")
    seen = sighting(path)

    assert look(path, seen, now=119.0) == 1.0
    assert look(path, seen, now=120.0) == 0.0
    assert look(path, seen, now=0.0, clock=WRITTEN + 1000) == 1.0  # it is older than we are, and settles as any other
    assert look(path, seen, now=1.0, clock=WRITTEN + 1000) == 0.0
    assert look(path, seen, now=120.0, clock=WRITTEN - 3600) == 0.0  # the machine's clock was set back
    assert look(path, seen, now=1.0, patience=Patience(settle=1.0, growing=0.0)) == 0.0


@pytest.mark.linux
def test_a_file_that_is_held_open_waits_but_not_for_ever(tmp_path: Path) -> None:
    path = drop(tmp_path)
    with path.open("ab"):
        assert look(path, sighting(path, finished=True), now=30.0) == 1.0
        assert look_closely(path, sighting(path), now=HELD_OPEN_S) == Readiness(wait=0.0, held_open=True)

    assert look(path, sighting(path, finished=True), now=30.0) == 0.0
    with path.open("rb"):
        assert look(path, sighting(path, finished=True), now=30.0) == 0.0
