"""Options that may stand anywhere."""

from importlib.metadata import version
from pathlib import Path

import pytest
from daemons import Place
from typer.core import TyperGroup
from typer.main import get_command

from pipeline.commands import main  # noqa: F401 — enters the commands into the program
from pipeline.commands.application import app
from pipeline.commands.common_options import split_arguments


def test_they_are_taken_out_wherever_they_stand_but_behind_two_dashes() -> None:
    found = split_arguments(["--debug", "convert", "a.pdf", "--version", "--", "--debug"])

    assert found.arguments == ("convert", "a.pdf", "--", "--debug")
    assert (found.debug, found.version) == (True, True)
    assert split_arguments([]).arguments == ()


@pytest.mark.parametrize("command", ["watch", "convert", "status", "retry", "doctor", "unit", "answer", "open", "demo"])
def test_every_command_has_its_help_and_the_version(tmp_path: Path, command: str) -> None:
    place = Place(tmp_path)

    assert "Usage: dropleaf" in place.run(command, "-h").out
    assert place.run(command, "--version").out.strip() == version("dropleaf")


@pytest.mark.parametrize("name", ["--settings", "--inbox", "--outbox", "-o"])
def test_every_command_takes_the_options_that_a_script_may_give_to_all(name: str) -> None:
    program = get_command(app)
    assert isinstance(program, TyperGroup)

    taking = {
        command for command, each in program.commands.items() if any(name in option.opts for option in each.params)
    }

    assert taking == set(program.commands)
    assert {"watch", "cluster-keys", "answer"} <= taking
