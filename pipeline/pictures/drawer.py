"""Pictures of pages for people, each drawn by a short-lived process, since the file may be hostile.

One process per picture takes a third of a second longer than a pool of workers, but nothing must be started, watched or
replaced between two pictures, and no page can affect another one.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from pipeline.errors import RenderError
from pipeline.pictures.png import SIGNATURE
from pipeline.sandbox.environment import scrubbed_environment
from pipeline.sandbox.policy import policy_for, policy_to_text, try_out

#: Exit code of the process if the page cannot be drawn.
CANNOT = 3
_PROGRAM = "import sys; sys.path[:] = sys.argv[6:]; from pipeline.pictures.painter import main; main(*sys.argv[1:6])"
_LIMIT_S = 25.0
_LARGEST = 32 << 20
_LONGEST_WORDS = 1000


class Drawer:
    """Draws pages in a sandbox of the parts that work on this machine; any thread may call it."""

    def __init__(self, *, memory_mib: int) -> None:
        """Prepare; nothing is started before the first picture.

        Args:
            memory_mib: Limit of a drawing process's address space.
        """
        self._memory_mib = memory_mib
        self._parts: tuple[str, ...] | None = None

    def draw(self, path: Path, number: int, *, longest_side_px: int, passwords: tuple[str, ...] = ()) -> bytes:
        """A page as a PNG in colour.

        Args:
            path: Of the PDF, or of the picture.
            number: Of the page, from 1.
            longest_side_px: Pixels of the longer side.
            passwords: Tried in order where the PDF needs one; the process gets them through a pipe.

        Raises:
            RenderError: It cannot be drawn, or took too much time or memory.
        """
        arguments = [str(self._memory_mib), str(path), str(number), str(longest_side_px)]
        code, data, words = _run([self._policy(path), *arguments], passwords)
        if code == 0 and data.startswith(SIGNATURE):
            return data
        raise RenderError(words.strip() if code == CANNOT else "Drawing it took too much time or memory.")

    def _policy(self, path: Path) -> str:
        policy = policy_for([], readable=[path], writable=[])
        if self._parts is None:
            self._parts = try_out(policy)[0].parts
        return policy_to_text(replace(policy, parts=self._parts))


def _run(arguments: list[str], passwords: tuple[str, ...]) -> tuple[int, bytes, str]:
    """Exit code, stdout and stderr of one drawing process; it never outlives this process."""
    lifeline, ours = os.pipe()
    try:
        # All passwords that settings can have fit into a pipe, so this never waits.
        os.write(ours, json.dumps(passwords, ensure_ascii=False).encode() + b"\n")
        with subprocess.Popen(  # noqa: S603 — the program is this interpreter; the path is an argument, not a command
            [sys.executable, "-IS", "-c", _PROGRAM, *arguments, *sys.path],
            stdin=lifeline,
            env=scrubbed_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            timer = threading.Timer(_LIMIT_S, process.kill)
            timer.start()
            try:
                assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 — both are pipes
                data = process.stdout.read(_LARGEST)
                words = process.stderr.read(_LONGEST_WORDS).decode(errors="replace")
                if len(data) == _LARGEST:
                    process.kill()
                return process.wait(), data, words
            finally:
                timer.cancel()
                timer.join()
                process.kill()
    finally:
        os.close(lifeline)
        os.close(ours)
