"""Commands of Dropleaf on a terminal."""

import os
import pty
import re
import subprocess

from daemons import COMMAND, Place


def run_on_a_terminal(place: Place, *arguments: str) -> tuple[int, str]:
    """Run a command whose stderr is a terminal; its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    environment = place.environment(TERM="xterm-256color", COLUMNS="120", LINES="40")
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=place.root, env=environment, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # a terminal whose last user has gone
        pass
    os.close(ours)
    return process.wait(), shown.decode(errors="replace")


def without_escapes(shown: str) -> str:
    """The text without colours and movements of the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
