"""File operations for the page on a disk that may hang: each is awaited for a limited time, and blocks nothing else.

asyncio has few threads of its own, all parts of the page share them, and at its end it waits for each. These threads
belong to one part of the page, and one that never returns from the kernel ends with the process.
"""

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from pipeline.threads.crew import Crew

Result = TypeVar("Result")


class DiskWork:
    """A few threads for one part of the page."""

    def __init__(self, name: str, *, size: int, patience_s: float) -> None:
        """Prepare.

        Args:
            name: Of the threads; at most 13 characters.
            size: How many there are.
            patience_s: Seconds after which a piece of work is given up.
        """
        self._crew = Crew(name, size=size)
        self._patience_s = patience_s

    async def do(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """What ``work`` returns or raises; work with the same key is done one after the other.

        Raises:
            TimeoutError: It has not ended in time.
        """
        return await done_by(partial(self._crew.submit, key), work, patience_s=self._patience_s)

    def close(self) -> None:
        """Begin nothing more, and wait for nothing."""
        self._crew.close(0.0)


async def done_by(
    submit: Callable[[Callable[[], None]], None], work: Callable[[], Result], *, patience_s: float
) -> Result:
    """What ``work`` returns or raises when another thread does it.

    Args:
        submit: Hands it to that thread.
        work: What is done.
        patience_s: Seconds to wait.

    Raises:
        TimeoutError: It has not ended in time.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 — it is raised again where the result is awaited
            _tell(loop, done, lambda error=error: done.set_exception(error))  # type: ignore[misc]
        else:
            _tell(loop, done, lambda: done.set_result(result))

    submit(run)
    return await asyncio.wait_for(done, patience_s)


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Future[Result], tell: Callable[[], None]) -> None:
    def set_it() -> None:
        if not done.done():  # else it was given up before
            tell()

    try:
        loop.call_soon_threadsafe(set_it)
    except RuntimeError:  # the page has ended meanwhile
        return
