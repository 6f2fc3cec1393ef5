"""Options that several commands have, and the settings that they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import UsageError, os_error_to_words

if TYPE_CHECKING:
    from pipeline.settings.settings import Settings


SettingsFile = Annotated[Path | None, typer.Option("--settings", metavar="F", help="Settings file.")]
Inbox = Annotated[Path | None, typer.Option("--inbox", metavar="D", help="Instead of the settings' inbox.")]
Outbox = Annotated[Path | None, typer.Option("-o", "--outbox", metavar="D", help="Instead of the settings' outbox.")]
# Every command takes these three, so that a script can give all of them the same; here they change nothing.
UnusedSettingsFile = Annotated[Path | None, typer.Option("--settings", hidden=True)]
UnusedInbox = Annotated[Path | None, typer.Option("--inbox", hidden=True)]
UnusedOutbox = Annotated[Path | None, typer.Option("-o", "--outbox", hidden=True)]
SaveAnswers = Annotated[
    Path | None, typer.Option("--save-answers", metavar="DIR", help="Keep every answer of the model there, as it came.")
]
OutputNames = Annotated[
    str | None, typer.Option("--to", metavar="KINDS", help="Beside the HTML: xlsx, csv, markdown, parted by commas.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable, on stdout.")]


def load(file: Path | None, *, quiet: bool = False, **overrides: object) -> "Settings":
    """Read the settings, and have the log be written as they say.

    Args:
        file: Named by the user; None for the first that is found.
        quiet: Whether the log says only what went wrong.
        overrides: Keys that the command line sets; None where it does not.

    Raises:
        SettingsError: They are not as they should be.
    """
    from pipeline.log.log import configure

    loaded = read(file, **overrides)
    if quiet and loaded.log.level != "debug":
        # The command's own output says everything that a person needs.
        loaded = loaded.model_copy(update={"log": loaded.log.model_copy(update={"level": "error"})})
    configure(loaded.log.level, loaded.log.format)
    return loaded


def read(file: Path | None, **overrides: object) -> "Settings":
    """Read the settings, for a command that writes no log; see :func:`load`."""
    from pipeline.settings.settings import load_settings

    given = {key: str(value) for key, value in overrides.items() if value is not None}
    return load_settings(file, given)


def made_folder(folder: Path | None) -> Path | None:
    """The folder, created if it is missing.

    Raises:
        UsageError: It cannot be created.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be a folder: {os_error_to_words(error)}") from None
    return folder.absolute()
