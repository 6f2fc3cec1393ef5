"""Names that documents in work have chosen, of all processes that publish in one outbox."""

import shutil
from pathlib import Path

import pytest

from pipeline.results.chosen_names import ChosenName, ChosenNames
from pipeline.results.state_folder import StateFolder, WorkFolder, state_folder_of

REPORT = ChosenName(stem="sub/report", failed=False, replaces=True, hashes=("ab",))


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    state = state_folder_of(tmp_path)
    state.work.mkdir(parents=True)
    return state


def home_in(state: StateFolder, ident: str) -> WorkFolder:
    home = state.document(ident)
    home.root.mkdir(parents=True)
    return home


def test_a_name_is_read_back_and_forgotten(state: StateFolder) -> None:
    home, names = home_in(state, "a"), ChosenNames(state)
    assert names.read(home) is None

    written = names.write(home, REPORT)

    assert ChosenNames(state).read(home) == written
    assert (written.stem, written.home, written.hashes) == (REPORT.stem, "work/a", REPORT.hashes)
    names.forget(home)
    assert names.read(home) is None
    names.forget(home)


def test_the_names_of_other_processes_are_taken_as_long_as_their_documents_are_in_work(state: StateFolder) -> None:
    beside = state.new_foreground()
    ours, theirs = home_in(state, "a"), home_in(beside, "b")
    ChosenNames(beside).write(theirs, REPORT)

    assert ChosenNames(state).taken(ours) == {REPORT.stem}
    assert ChosenNames(beside).taken(theirs) == set()
    shutil.rmtree(beside.root)  # the process was killed, and what it has left was removed
    assert ChosenNames(state).taken(ours) == set()
    assert list(state.names.iterdir()) == []


def test_the_note_of_release_0_1_0_is_taken_over(state: StateFolder) -> None:
    home = home_in(state, "a")
    home.old_publication.write_text('{"stem": "report", "failed": false}')

    chosen = ChosenNames(state).read(home)

    assert chosen is not None
    assert (chosen.stem, chosen.failed) == ("report", False)


@pytest.mark.parametrize("note", [b"", b"[]", b'{"stem": 5}', b"\xff"])
def test_a_damaged_note_is_as_none(state: StateFolder, note: bytes) -> None:
    home, names = home_in(state, "a"), ChosenNames(state)
    names.write(home, REPORT)
    (state.names / "a.json").write_bytes(note)

    assert names.read(home) is None
    assert names.taken(home_in(state, "b")) == set()
