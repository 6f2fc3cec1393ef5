"""The password that a user entered for one document: a file beside the claimed PDF, which goes with it.

Only the owner may read it.  It is there as long as the document is in work, so that no restart asks for it again.
Accepted: a worker that a hostile file has taken over can read it, as it can read the other documents in work.
"""

import os
from contextlib import suppress
from pathlib import Path

from pipeline.files.atomic import read_regular

_NAME = "password"
_PRIVATE = 0o600


def write_password(folder: Path, password: str) -> None:
    """Keep the password in the document's work folder.

    Raises:
        OSError: It cannot be written.
    """
    handle = os.open(folder / _NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(password.encode())


def passwords_for(original: Path, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The passwords to try for a claimed PDF, in order: its own, then those of the settings.

    Args:
        original: The PDF, in its work folder.
        usual: Those of the settings.
    """
    with suppress(OSError, UnicodeDecodeError):
        return (read_regular(original.parent / _NAME).decode(), *usual)
    return usual
