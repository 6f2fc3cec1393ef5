"""Server-sent events: the state at this moment to everybody who watches, never a queue of what they missed."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable

from pipeline.files.json_values import Json, JsonObject
from pipeline.log.log import logger
from pipeline.status.read import DocumentStatus, ServerStatus, Snapshot

#: Who watches at once.
WATCHERS = 64
# Seconds between two events at least, and between two signs of life.
_LEAST_S = 0.25
# After an event that took long to make (sixty books of which every page fell back) the pause is that many times as
# long, since the interpreter is shared with the loop, which has better things to do.
_PAUSE = 9
_ALIVE_S = 15.0
# Documents that are shown one by one; the others are counted.
_SHOWN = 60
# Letters of a strip that is sent; a longer document is told of in numbers.
_STRIP = 3000


class News:
    """Lives in the page's own event loop."""

    def __init__(self, make: Callable[[], JsonObject]) -> None:
        """Nobody watches yet.

        Args:
            make: Gives what is to be told now; called only while somebody watches, once for all of them.
        """
        self._make = make
        self._told = asyncio.Event()
        self._dirty = asyncio.Event()
        self._data = b""
        self._tree: JsonObject = {}
        self._number = 0
        self._over = False
        self.watchers = 0

    def wake(self) -> None:
        """Something has changed."""
        self._dirty.set()

    async def run(self) -> None:
        """Make an event of each change; until cancelled."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            began = time.monotonic()
            if self.watchers:
                try:
                    self._look()
                except Exception:  # noqa: BLE001 — unattended: one state that cannot be told must not end the telling
                    logger().exception("fault_in_news")
            await asyncio.sleep(max(_LEAST_S, _PAUSE * (time.monotonic() - began)))

    def close(self) -> None:
        """End every stream."""
        self._over = True
        self._number += 1
        self._told.set()

    async def stream(self) -> AsyncGenerator[bytes]:
        """The state now, then each change; one that is slow to read gets the latest only."""
        self.watchers += 1
        try:
            # The first event is the state that all others have too: of one that only this stream knew, the change
            # back to what the others were told last would be taken for none.
            self._look()
            seen = self._number
            yield b"retry: 2000\n\n" + _tree_to_event(self._tree)
            while not self._over:
                data, seen = await self._next(seen)
                yield data
        finally:
            self.watchers -= 1

    async def _next(self, seen: int) -> tuple[bytes, int]:
        if self._number == seen:
            try:
                async with asyncio.timeout(_ALIVE_S):
                    await self._told.wait()
            except TimeoutError:
                return b": still here\n\n", seen
        return (b"" if self._over else self._data), self._number

    def _look(self) -> None:
        """Tell everybody, if there is something to tell."""
        tree = self._make()
        if tree == self._tree:
            return
        self._tree = tree
        self._data = _tree_to_event(tree)
        self._number += 1
        self._told.set()  # wakes all who wait for this one
        self._told = asyncio.Event()


def snapshot_to_news(snapshot: Snapshot | None, history: int) -> JsonObject:
    """What the page shows of a snapshot.

    Args:
        snapshot: None before the first one.
        history: A number that changes with the list of results.
    """
    if snapshot is None:
        return {"history": history, "running": [], "waiting": [], "waiting_count": 0, "servers": [], "troubles": []}
    waiting = [each for each in snapshot.documents if each.phase == "waiting"]
    running = [each for each in snapshot.documents if each.phase != "waiting"]
    return {
        "history": history,
        "started_at": snapshot.started_at,
        "running": [_document_to_json(each) for each in running[:_SHOWN]],
        "running_count": len(running),
        "waiting": [{"name": _printable(each.name), "folder": _printable(each.folder)} for each in waiting[:_SHOWN]],
        "waiting_count": len(waiting),
        "servers": [_server_to_json(each) for each in snapshot.servers],
        "troubles": list(snapshot.troubles),
        "published": snapshot.published,
        "failed": snapshot.failed,
    }


def _tree_to_event(tree: JsonObject) -> bytes:
    # The time is said anew in each, or a browser with another clock would reckon wrongly.
    return b"event: status\ndata: " + json.dumps({**tree, "now": time.time()}).encode() + b"\n\n"


def _document_to_json(document: DocumentStatus) -> JsonObject:
    running: list[Json] = [
        {
            "number": page.number,
            "step": page.step,
            "since": round(page.since, 1),
            "tokens": page.tokens,
            "reason": page.reason,
        }
        for page in document.running
    ]
    fallbacks: dict[str, list[Json]] = {}
    for number, reason in zip(document.fallbacks, document.reasons, strict=True):
        fallbacks.setdefault(reason, []).append(number)
    return {
        "ident": document.ident,
        "name": _printable(document.name),
        "folder": _printable(document.folder),
        "phase": document.phase,
        "began_at": document.began_at,
        "pages": document.pages,
        "wanted": len(document.strip) - document.strip.count("-"),
        "finished": document.finished,
        "journaled": document.journaled,
        "strip": document.strip[:_STRIP],
        "fallbacks": {reason: numbers[:_STRIP] for reason, numbers in fallbacks.items()},
        "running": running,
        "engine": document.engine,
    }


def _server_to_json(server: ServerStatus) -> JsonObject:
    return {
        "url": server.url,
        "model": server.model,
        "slots": server.slots,
        "in_flight": server.in_flight,
        "state": server.state,
    }


def _printable(name: str) -> str:
    """A name that JSON in UTF-8 can carry."""
    return name.encode("utf-8", "replace").decode()
