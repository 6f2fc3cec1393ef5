"""``dropleaf unit`` on Windows: a task for Windows' Task Scheduler that starts the daemon at log-on.

Source of the format: Task Scheduler Schema in Microsoft's documentation.
"""

import subprocess
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from pipeline.printable import printable
from pipeline.settings.settings import Settings

_TEMPLATES = files("pipeline.commands") / "templates"


def settings_to_task(
    settings: Settings, file: Path | None, *, user: str, program: Sequence[str], name_folders: bool = False
) -> str:
    """The task as XML, with the commands that register it as its first lines.

    Args:
        settings: Of the whole program.
        file: The settings file; None where there is none.
        user: Who logs on.
        program: The words that start Dropleaf.
        name_folders: Whether the folders come from the command line, so that the task names them beside the file.
    """
    more = ["--settings", str(file.resolve())] if file is not None else []
    if file is None or name_folders:
        more += ["--inbox", str(settings.inbox), "--outbox", str(settings.outbox)]
    command, *first = program
    words = {
        "user": user,
        "program": command,
        "arguments": subprocess.list2cmdline([*first, "watch", *more]),
        "folder": str(file.resolve().parent if file is not None else settings.inbox.parent),
    }
    template = (_TEMPLATES / "dropleaf.task.xml").read_text(encoding="utf-8")
    return Template(template).substitute({name: escape(printable(word)) for name, word in words.items()})
