"""Server-sent events: sends the current state to every client that watches; missed states are not kept."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable

from pipeline.files.json_values import Json, JsonObject
from pipeline.log.log import logger
from pipeline.pool.interface import HostFacts
from pipeline.status.snapshot import BatchStatus, DocumentStatus, ServerStatus, Snapshot

#: How many clients may watch at once.
WATCHERS = 64
# Least seconds between two events, and seconds between two signs that the stream is alive.
_LEAST_S = 0.25
# After an event that took long to make (sixty books of which every page fell back) the pause is so many times as long
# as that took, since the loop needs the interpreter, too.
_PAUSE = 9
_ALIVE_S = 15.0
# How many documents are shown; the others are only counted.
_SHOWN = 60
# The most characters of a strip; of a longer document only the numbers are sent.
_STRIP = 3000
# From so many seconds on, what is left is told in steps.
_LONG_S, _LONG_STEP_S = 120, 10
# States of servers of which nothing bad is known.
_ANSWERING = frozenset({"ready", "not asked yet"})


class StateEvents:
    """The events that tell clients of each new state; used only in the page's own event loop."""

    def __init__(self, make: Callable[[], JsonObject]) -> None:
        """Prepare; nobody watches yet.

        Args:
            make: Makes the current state; called only while somebody watches, once for all clients.
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
        """Note that something has changed."""
        self._dirty.set()

    async def run(self) -> None:
        """Make an event of each change, until cancelled."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            began = time.monotonic()
            if self.watchers:
                try:
                    self._look()
                except Exception:  # noqa: BLE001 — unattended: one state that cannot be sent must not end the events
                    logger().exception("fault_in_news")
            await asyncio.sleep(max(_LEAST_S, _PAUSE * (time.monotonic() - began)))

    def close(self) -> None:
        """End every stream."""
        self._over = True
        self._number += 1
        self._told.set()

    async def stream(self) -> AsyncGenerator[bytes]:
        """The state now, then each change; a slow client gets only the latest."""
        self.watchers += 1
        try:
            # The first event is the state that was sent to the others. If this stream alone got a newer state, a change
            # back to the older one would look like no change.
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
        """Make the next event, if the state has changed."""
        tree = self._make()
        if tree == self._tree:
            return
        self._tree = tree
        self._data = _tree_to_event(tree)
        self._number += 1
        self._told.set()  # wakes all streams that wait for this event
        self._told = asyncio.Event()


def snapshot_to_news(snapshot: Snapshot | None, history: int) -> JsonObject:
    """The part of a snapshot that the page shows.

    Args:
        snapshot: None before the first one.
        history: A number that changes with the list of results.
    """
    if snapshot is None:
        empty: JsonObject = {name: [] for name in ("running", "waiting", "servers", "hosts", "troubles", "notes")}
        return {"history": history, "waiting_count": 0, "batch": None, **empty}
    waiting = [each for each in snapshot.documents if each.phase == "waiting"]
    running = [each for each in snapshot.documents if each.phase != "waiting"]
    return {
        "history": history,
        "started_at": snapshot.started_at,
        "batch": _batch_to_json(snapshot.batch) if snapshot.batch else None,
        "running": [_document_to_json(each) for each in running[:_SHOWN]],
        "running_count": len(running),
        "waiting": [{"name": _printable(each.name), "folder": _printable(each.folder)} for each in waiting[:_SHOWN]],
        "waiting_count": len(waiting),
        "servers": [_server_to_json(each) for each in snapshot.servers],
        "hosts": [_host_to_json(each) for each in snapshot.hosts],
        "troubles": list(snapshot.troubles),
        "notes": list(snapshot.notes),
        "published": snapshot.published,
        "failed": snapshot.failed,
    }


def _tree_to_event(tree: JsonObject) -> bytes:
    # Each event has the time, since the browser's clock may differ from ours.
    return b"event: status\ndata: " + json.dumps({**tree, "now": time.time()}).encode() + b"\n\n"


def _host_to_json(host: HostFacts) -> JsonObject:
    """Without what changes all the time: each change is an event for every browser."""
    return {
        "name": _printable(host.name),
        "slots": host.slots,
        "in_work": host.in_work,
        "state": _printable(host.state),
    }


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
        "paused": document.paused,
        "priority": document.priority,
    }


def _server_to_json(server: ServerStatus) -> JsonObject:
    return {
        "url": server.url,
        "model": server.model,
        "slots": server.slots,
        "in_flight": server.in_flight,
        "state": server.state,
        "family": server.family,
        "answers": server.state in _ANSWERING or server.state.startswith("resting"),
    }


def _batch_to_json(batch: BatchStatus) -> JsonObject:
    left = batch.left_s
    return {
        "began_at": batch.began_at,
        "ended_at": batch.ended_at,
        "documents": batch.documents,
        "ended": batch.ended,
        "pages": batch.pages,
        "finished": batch.finished,
        "uncounted": batch.uncounted,
        "fallbacks": batch.fallbacks,
        "pages_a_minute": batch.pages_a_minute,
        # Seconds of an hour tell nobody anything, and each would be an event.
        "left_s": left if left is None or left < _LONG_S else round(left / _LONG_STEP_S) * _LONG_STEP_S,
    }


def _printable(name: str) -> str:
    """A name without anything that cannot be written as UTF-8."""
    return name.encode("utf-8", "replace").decode()
