"""Commands of Dropleaf on a terminal."""

import os
import pty
import re
import subprocess
from contextlib import suppress

from daemons import COMMAND, Place


def run_on_a_terminal(place: Place, *arguments: str) -> tuple[int, str]:
    """Run a command whose stderr is a terminal; its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    environment = place.environment(TERM="xterm-256color", COLUMNS="120", LINES="40")
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=place.root, env=environment, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = read_to_the_end(ours)
    return process.wait(), shown.decode(errors="replace")


def read_to_the_end(terminal: int) -> bytes:
    """What is written to a terminal until nobody has it open any more; it is closed then."""
    shown = b""
    with suppress(OSError):  # its last user has gone
        while piece := os.read(terminal, 65536):
            shown += piece
    os.close(terminal)
    return shown


def without_escapes(shown: str) -> str:
    """The text without colours and movements of the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
