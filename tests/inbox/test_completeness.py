"""When a file is complete."""

import os
from pathlib import Path

import pytest
from claims import BYTES, drop

from pipeline.host.files import is_held_open
from pipeline.inbox.completeness import (
    HELD_OPEN_S,
    Sighting,
    files_below,
    is_candidate,
    is_visible_folder,
    look_again,
    seconds_until_complete,
    stamp_of,
)

SETTLE = 1.0


def sighting(path: Path, *, finished: bool = False, since: float = 0.0) -> Sighting:
    stamp = stamp_of(path)
    assert stamp is not None
    return Sighting(stamp=stamp, since=since, finished=finished)


@pytest.mark.parametrize(
    "name", ["a.pdf", "a.PDF", "-.pdf", "a b\n.Pdf", "a\udcff.pdf", "a.part.pdf", "~a.pdf", "x~$.pdf"]
)
def test_names_of_finished_pdfs(name: str) -> None:
    assert is_candidate(name)


@pytest.mark.parametrize(
    "name",
    ["a.txt", "pdf", ".a.pdf", ".pdf", "..pdf", "~$a.pdf", "a.pdf.part", "a.pdf.tmp", "a.pdf.crdownload", "a.pdf~"],
)
def test_names_that_wait_for_their_rename(name: str) -> None:
    assert not is_candidate(name)


def test_hidden_folders_and_those_of_network_storage_are_not_looked_into(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.pdf", "sub/c.pdf", ".hidden/d.pdf", "@eaDir/e.pdf", "sub/@eaDir/f.pdf", "g.txt"):
        drop(tmp_path, name)
    (tmp_path / "folder.pdf").mkdir()

    found = [str(path.relative_to(tmp_path)) for path in files_below(tmp_path)]

    assert found == ["a.pdf", "b.pdf", "folder.pdf", "sub/c.pdf"]
    assert list(files_below(tmp_path / "none")) == []
    assert is_visible_folder("sub")


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_only_regular_files_have_a_stamp(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.pdf"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(drop(tmp_path, "target"))

    assert stamp_of(path) is None


def test_bytes_that_changed_show_even_where_size_and_time_are_put_back(tmp_path: Path) -> None:
    path = drop(tmp_path)
    before, facts = stamp_of(path), path.stat()

    path.write_bytes(BYTES[::-1])
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    after = stamp_of(path)
    assert after is not None
    assert before is not None
    assert (after.size, after.modified_ns) == (before.size, before.modified_ns)
    assert after != before


def test_a_change_begins_the_wait_anew_and_an_event_is_remembered(tmp_path: Path) -> None:
    first = sighting(drop(tmp_path))
    same = look_again(first, first.stamp, finished=True, now=5.0)
    assert (same.since, same.finished) == (0.0, True)
    assert look_again(same, first.stamp, finished=False, now=6.0).finished

    changed = sighting(drop(tmp_path, content=BYTES * 2)).stamp

    assert look_again(same, changed, finished=False, now=7.0) == Sighting(stamp=changed, since=7.0, finished=False)


def test_an_event_completes_a_file_at_once_only_where_it_ends_as_a_pdf_does(tmp_path: Path) -> None:
    whole, half, empty = drop(tmp_path), drop(tmp_path, "half.pdf", b"%PDF-1.4 half"), drop(tmp_path, "e.pdf", b"")
    padded = drop(tmp_path, "padded.pdf", BYTES + b"\0" * 900)

    waits = [
        seconds_until_complete(path, sighting(path, finished=finished), settle=SETTLE, now=0.25)
        for path in (whole, padded, half, empty)
        for finished in (True, False)
    ]

    assert waits == [0.0, 0.75, 0.0, 0.75, 0.75, 0.75, 0.75, 0.75]


def test_an_unchanged_file_is_complete_after_settling(tmp_path: Path) -> None:
    path = drop(tmp_path, content=b"no end mark")

    assert seconds_until_complete(path, sighting(path), settle=SETTLE, now=SETTLE) == 0.0


def test_a_file_that_is_held_open_waits_but_not_for_ever(tmp_path: Path) -> None:
    path = drop(tmp_path)
    with path.open("ab"):
        assert is_held_open(path)
        assert seconds_until_complete(path, sighting(path, finished=True), settle=SETTLE, now=30.0) == SETTLE
        assert seconds_until_complete(path, sighting(path), settle=SETTLE, now=HELD_OPEN_S) == 0.0

    assert not is_held_open(path)
    with path.open("rb"):
        assert not is_held_open(path)
