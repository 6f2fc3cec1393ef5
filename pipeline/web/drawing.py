"""Pages of originals as pictures, drawn by short-lived processes in a sandbox."""

import asyncio
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from pipeline.sandbox import Policy, policy_for, policy_to_text, try_out

_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[5:]; from pipeline.web.painter import main; main(*map(str, sys.argv[1:5]))"
)
_PNG = b"\x89PNG\r\n\x1a\n"
_AT_ONCE = 2
_LIMIT_S = 25.0
_LARGEST = 32 << 20
_CACHE_BYTES = 48 << 20

Key = tuple[str, int, int, int]


class CannotDraw(Exception):  # noqa: N818 — reads better than a suffix
    """The picture cannot be had."""


class Painter:
    """Draws pages, at most two at once, and remembers the last ones."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._parts: tuple[str, ...] | None = None
        self._cache: OrderedDict[Key, bytes] = OrderedDict()

    async def draw(self, path: Path, number: int, side: int) -> bytes:
        """A page as a PNG.

        Args:
            path: Of the PDF, checked to be in the outbox.
            number: From 1.
            side: Pixels of the longer side.

        Raises:
            CannotDraw: pdfium cannot draw it, or took too much time or memory.
            OSError: The file is gone.
        """
        modified_ns = (await asyncio.to_thread(path.stat)).st_mtime_ns
        key = (str(path), modified_ns, number, side)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        async with self._turns:
            if key not in self._cache:
                data = await asyncio.to_thread(self._draw, path, number, side)
                self._remember(key, data)
        return self._cache[key]

    def _remember(self, key: Key, data: bytes) -> None:
        self._cache[key] = data
        while len(self._cache) > 1 and sum(map(len, self._cache.values())) > _CACHE_BYTES:
            self._cache.popitem(last=False)

    def _draw(self, path: Path, number: int, side: int) -> bytes:
        code, data, words = _run([policy_to_text(self._policy(path)), str(path), str(number), str(side)])
        if code == 0 and data.startswith(_PNG):
            return data
        raise CannotDraw(words.strip() if words and code > 0 else "drawing took too much time or memory")

    def _policy(self, path: Path) -> Policy:
        policy = policy_for([], readable=[path], writable=[])
        if self._parts is None:
            self._parts = try_out(policy)[0].parts
        return Policy(parts=self._parts, readable=policy.readable)


def _run(arguments: list[str]) -> tuple[int, bytes, str]:
    """Exit code, picture and words of one drawing process; it ends with us, whatever happens."""
    lifeline, ours = os.pipe()
    try:
        with subprocess.Popen(  # noqa: S603 — the program is this interpreter; the path is an argument, not a command
            [sys.executable, "-IS", "-c", _PROGRAM, *arguments, *sys.path],
            stdin=lifeline,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            timer = threading.Timer(_LIMIT_S, process.kill)
            timer.start()
            try:
                assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 — both are pipes
                data = process.stdout.read(_LARGEST)
                words = process.stderr.read(1000).decode(errors="replace")
                process.kill() if len(data) == _LARGEST else None
                return process.wait(), data, words
            finally:
                timer.cancel()
                timer.join()
                process.kill()
    finally:
        os.close(lifeline)
        os.close(ours)
