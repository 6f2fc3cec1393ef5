"""What was chosen for one file."""

import os
from pathlib import Path

import pytest
from claims import choice_of, drop, journal_of

from pipeline.choices import Engine, UnreachableAction
from pipeline.files.file_choice import FileChoice, read_choice, write_choice


@pytest.mark.linux
def test_a_choice_moves_with_the_file_and_outlives_the_daemon(tmp_path: Path) -> None:
    source = drop(tmp_path / "inbox", ".x.part")
    write_choice(source, FileChoice(engine=Engine.BASIC, when_unreachable=UnreachableAction.WAIT))
    named = source.rename(source.with_name("x.pdf"))
    journal = journal_of(tmp_path / "outbox")

    document = journal.claim(named, ".", copy=False)

    assert (document.engine, document.patient) == (Engine.BASIC, True)
    recovered = journal_of(tmp_path / "outbox").recover()
    assert [(each.engine, each.patient) for each in recovered] == [(Engine.BASIC, True)]
    with Path(document.path).open("rb") as file:
        assert read_choice(file.fileno()) == FileChoice()  # or the published original would carry it on


def test_a_choice_that_is_none_of_ours_is_none(tmp_path: Path) -> None:
    source = drop(tmp_path / "inbox", "x.pdf")
    os.setxattr(source, "user.dropleaf.engine", b"\xff")

    assert choice_of(source) is None
    assert choice_of(drop(tmp_path, "without")) is None
