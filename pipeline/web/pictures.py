"""Pages of originals as pictures: drawn on request, a few at once; the last ones are kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from starlette.exceptions import HTTPException

from pipeline.errors import RenderError
from pipeline.pictures.drawer import Drawer
from pipeline.web.passwords import Passwords

#: How many pictures are drawn at once, each by a process that uses one core.
AT_ONCE = 2
#: How many pictures may wait; a user who turns pages quickly does not need most of them any more.
MOST_WAITING = 32
_CACHE_BYTES = 48 << 20

Key = tuple[str, int, int]


class Pictures:
    """The pictures; used only in the page's own event loop."""

    def __init__(self, drawer: Drawer, passwords: Passwords) -> None:
        """Prepare; nothing is drawn yet."""
        self._drawer = drawer
        self._passwords = passwords
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._cache: OrderedDict[Key, bytes] = OrderedDict()

    async def get(self, path: Path, key: Key, *, gone: Callable[[], Awaitable[bool]]) -> bytes:
        """A page as a PNG.

        Args:
            path: Of the PDF.
            key: SHA-256 of the PDF, number of the page from 1, and pixels of the longer side.
            gone: Says whether nobody waits for it any more.

        Raises:
            HTTPException: It cannot be drawn, too many wait, or nobody wants it.
        """
        if key not in self._cache:
            await self._draw_in_turn(path, key, gone)
        self._cache.move_to_end(key)
        return self._cache[key]

    async def _draw_in_turn(self, path: Path, key: Key, gone: Callable[[], Awaitable[bool]]) -> None:
        if self._waiting >= MOST_WAITING:
            raise HTTPException(503, "Too many pictures are being drawn.", headers={"retry-after": "5"})
        self._waiting += 1
        try:
            async with self._turns:
                if key in self._cache:  # another request wanted the same picture
                    return
                if await gone():
                    raise HTTPException(400, "Nobody waits for this picture any more.")
                sha256, number, side = key
                draw = partial(self._drawer.draw, path, number, longest_side_px=side)
                data = await asyncio.to_thread(draw, passwords=self._passwords.of(sha256))
        except RenderError as error:
            raise HTTPException(422, f"The page cannot be drawn: {error}") from error
        finally:
            self._waiting -= 1
        self._cache[key] = data
        while len(self._cache) > 1 and sum(map(len, self._cache.values())) > _CACHE_BYTES:
            self._cache.popitem(last=False)
