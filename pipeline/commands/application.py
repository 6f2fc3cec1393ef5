"""The program that the commands belong to.

Each command imports what it needs when it is called, so that simple ones do not wait for the daemon's modules to load.
"""

from collections.abc import Sequence
from copy import copy
from typing import Annotated

import typer

app = typer.Typer(
    name="dropleaf",
    help="Turns PDFs that are dropped into a folder into HTML, page by page, through the vision model on your machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def common(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error in Dropleaf.")] = False,
) -> None:
    """Only declares the options for the help: :func:`main` removes them from the command line before it is parsed."""
    del version, debug


def arguments_to_program(arguments: Sequence[str]) -> typer.Typer:
    """The program with the one command that is called, else with all of them, which takes 30 ms longer to build."""
    called = [command for command in app.registered_commands if _name_of(command) in arguments[:1]]
    if not called:
        return app
    program = copy(app)
    program.registered_commands = called
    return program


def _name_of(command: typer.models.CommandInfo) -> str:
    """The name as the library makes it: that of the function where none is given."""
    function = getattr(command.callback, "__name__", "")
    return command.name or str(function).lower().replace("_", "-")
