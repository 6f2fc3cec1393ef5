"""Files that stay in the inbox are known by the bytes that were delivered last."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from claims import DIGEST, DOCUMENT, drop

from pipeline.files.stamp import Stamp
from pipeline.results.kept_files import forget_gone, is_rejected_in_place, note_kept, sha256_of_kept
from pipeline.results.state_folder import StateFolder, state_folder_of

OTHER = "cd" * 32


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    state = state_folder_of(tmp_path / "outbox")
    state.root.mkdir(parents=True)
    return state


def test_the_bytes_that_were_delivered_last_are_known_by_folder_and_name(state: StateFolder) -> None:
    for sha256 in (DIGEST, OTHER):
        note_kept(state, replace(DOCUMENT, sha256=sha256), None)
    note_kept(state, replace(DOCUMENT, folder="sub", name="\udcff.pdf"), None)

    assert sha256_of_kept(state, ".", "a.pdf") == OTHER
    assert sha256_of_kept(state, "sub", "\udcff.pdf") == DIGEST
    assert sha256_of_kept(state, "sub", "a.pdf") is None


def test_notes_of_files_that_are_gone_are_removed_but_not_with_an_inbox_that_is_away(
    tmp_path: Path, state: StateFolder
) -> None:
    inbox = tmp_path / "inbox"
    drop(inbox, "a.pdf")
    for name in ("a.pdf", "gone.pdf"):
        note_kept(state, replace(DOCUMENT, name=name), None)

    forget_gone(state, inbox)

    assert [sha256_of_kept(state, ".", name) for name in ("a.pdf", "gone.pdf")] == [DIGEST, None]
    shutil.rmtree(inbox)
    for _ in range(2):  # missing, then empty
        forget_gone(state, inbox)
        assert sha256_of_kept(state, ".", "a.pdf") == DIGEST
        inbox.mkdir(exist_ok=True)


def test_a_damaged_note_is_as_none(tmp_path: Path, state: StateFolder) -> None:
    note_kept(state, DOCUMENT, None)
    (note,) = state.kept.iterdir()
    note.write_bytes(b"{")

    assert sha256_of_kept(state, ".", "a.pdf") is None
    drop(tmp_path / "inbox", "a.pdf")
    forget_gone(state, tmp_path / "inbox")
    assert list(state.kept.iterdir()) == []


@pytest.mark.parametrize(
    ("later", "known"), [({"device": 9}, True), ({"changed_ns": 9}, True), ({"size": 9}, False), ({"inode": 9}, False)]
)
def test_a_file_that_was_rejected_unread_is_known_until_its_bytes_may_be_others(
    state: StateFolder, later: dict[str, int], *, known: bool
) -> None:
    stamp = Stamp(device=1, inode=2, size=3, modified_ns=4, changed_ns=5)
    note_kept(state, replace(DOCUMENT, sha256=""), stamp)

    assert is_rejected_in_place(state, ".", "a.pdf", replace(stamp, **later)) is known
    note_kept(state, DOCUMENT, None)
    assert not is_rejected_in_place(state, ".", "a.pdf", stamp)
