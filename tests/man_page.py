"""Makes the manual page out of the commands' own help: docs/dropleaf.1, which the wheel puts where ``man`` looks.

python tests/man_page.py       # writes it; a test holds that it is up to date
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

import pipeline.commands.main  # noqa: F401 — it enters all commands into the program
from pipeline.commands.application import app
from pipeline.commands.exit_codes import EXIT_CODES
from pipeline.release import RELEASE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "dropleaf.1"
_FILES = (
    ("./settings.yaml, ~/.config/dropleaf/settings.yaml, /etc/dropleaf/settings.yaml", "The first that is there."),
    ("inbox/", "PDFs that are dropped here are converted, with the settings' defaults."),
    (
        "outbox/",
        "NAME.html, NAME.tables.json, the original, and last NAME.json, the manifest; failed/ has the failures.",
    ),
)
_ENVIRONMENT = "Every key of the settings can be set there: DROPLEAF_TIMEOUTS__PAGE=60 stands for timeouts.page: 60."


def main() -> None:
    """Write the page."""
    PAGE.write_text(commands_to_page(), encoding="utf-8")


def commands_to_page() -> str:
    """The page in the macros of ``man``."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    program = get_command(app)
    assert isinstance(program, TyperGroup)
    yield f'.TH DROPLEAF 1 "" "dropleaf {RELEASE}" "User Commands"'
    yield from (".SH NAME", f"dropleaf \\- {_text(program.help or '')}")
    yield from (".SH SYNOPSIS", ".B dropleaf", ".I COMMAND", "[\\fIOPTION\\fR]...")
    yield from (".SH DESCRIPTION", "Each command takes \\fB\\-h\\fR, \\fB\\-\\-version\\fR and \\fB\\-\\-debug\\fR.")
    yield ".SH COMMANDS"
    for name, command in program.commands.items():
        yield from _command_lines(name, command.help or "", command.params)
    yield ".SH FILES"
    for file, words in _FILES:
        yield from (".TP", f".I {_text(file)}", _text(words))
    yield from (".SH ENVIRONMENT", _text(_ENVIRONMENT))
    yield ".SH EXIT STATUS"
    for code, words in EXIT_CODES.items():
        yield from (".TP", f".B {code}", _text(words))


def _command_lines(name: str, words: str, parameters: Sequence[object]) -> Iterator[str]:
    """A command's part, of its own words alone: what the library adds to its help changes with its releases."""
    arguments = [each for each in parameters if isinstance(each, TyperArgument)]
    options = [each for each in parameters if isinstance(each, TyperOption) and not each.hidden]
    heading = " ".join(["dropleaf", name, *(str(each.metavar) for each in arguments), "[OPTION]..."])
    yield from (f".SS {_text(heading)}", _text(" ".join(words.split())))
    for argument in arguments:
        yield from (".TP", f".I {_text(str(argument.metavar))}", _text(argument.help or ""))
    for option in options:
        value = "" if option.is_flag else f" {option.metavar or (option.name or '').upper()}"
        yield from (".TP", f".B {_text(', '.join(option.opts) + value)}", _text(option.help or ""))


def _text(words: str) -> str:
    """Text that the macros take as it is."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    main()
