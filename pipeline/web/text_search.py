"""Searching the text of results: a thread keeps the index as the outbox is, and an endpoint asks it."""

import html
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from pipeline.files.confined import open_confined
from pipeline.files.json_values import value_to_json
from pipeline.host.processes import name_thread
from pipeline.log.log import logger
from pipeline.web.disk_work import DiskWork
from pipeline.web.history import History
from pipeline.web.operations import Parameter, answers
from pipeline.web.summaries import Summary
from pipeline.web.text_index import SnippetPiece, TextIndex, search_index, throw_away
from pipeline.web.views import name_to_text

# Seconds between two looks whether the list has changed.
_LOOK_S = 0.5
# The work of the daemon gets so many times as long as the reading of a result took.
_PAUSE = 3
# Seconds until an index is tried again that could not be made.
_AGAIN_S = 60.0
# Of a result; pictures of figures may make it large.
_MOST_BYTES = 64 << 20
_LETTERS = 200
_SHOWN, _LOOKED_AT = 20, 60
_SEARCH_S, _PATIENCE_S = 1.0, 5.0
_END_S = 2.0
_BUSY = "The search is busy; try again."
_BROKEN = "The text cannot be searched now; the names can."

_SECTION = re.compile(rb'<section class="page" id="page-(\d{1,6})"[^>]*>(.*?)\n</section>', re.DOTALL)
# What the result puts around a page.
_OURS = re.compile(rb'<nav class="page".*?</nav>|<aside class="(?:notice|warning)">.*?</aside>', re.DOTALL)
_INLINE = re.compile(rb"</?(?:a|b|i|u|s|em|strong|sub|sup|span|mark|small|code)\b[^>]*>")
_TAG = re.compile(rb"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A page of a document that has what was looked for.

    Attributes:
        file: Path of its results in the outbox, without ending.
    """

    ident: str
    name: str
    file: str
    page: int
    snippet: tuple[SnippetPiece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found.

    Attributes:
        more: Whether there are more hits.
        left: Documents that are still to be read for the search.
        trouble: Why nothing can be searched, as a sentence; empty where it can.
    """

    hits: tuple[Hit, ...]
    more: bool
    left: int
    trouble: str = ""


class TextSearch:
    """The thread and the endpoint."""

    def __init__(self, history: History, path: Path) -> None:
        """Prepare; nothing is read before somebody looks at the page, unless there is an index already.

        Args:
            history: Lists what is searched.
            path: Of the index.
        """
        self._history = history
        self._path = path
        self._disk = DiskWork("search", size=1, patience_s=_PATIENCE_S)
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._index: TextIndex | None = None
        self._thread = threading.Thread(target=self._run, name="web page search", daemon=True)
        self.indexed = 0
        self.left = 0
        self.trouble = ""

    def start(self) -> None:
        """Start the thread."""
        if self._path.exists():
            self._wanted.set()
        self._thread.start()

    def want(self) -> None:
        """Note that somebody looks at the page, and may search."""
        self._wanted.set()

    def stop(self) -> None:
        """End; what has not been read is read by the next daemon."""
        self._stopping.set()
        self._wanted.set()
        if (index := self._index) is not None:
            index.interrupt()
        self._thread.join(_END_S)
        self._disk.close()

    @answers({200: Found}, query={"query": Parameter(description='Words; those in "quotes" stand together.')})
    async def search(self, request: Request) -> Response:
        """GET: the pages that have the words of ``query``."""
        self.want()
        query = request.query_params.get("query", "")[:_LETTERS]
        look = partial(search_index, self._path, query, limit=_LOOKED_AT, seconds=_SEARCH_S)
        trouble, found = self.trouble, []
        try:
            found = await self._disk.do("search", look)
        except TimeoutError:
            trouble = _BUSY
        except (sqlite3.Error, OSError) as error:
            logger().warning("search_failed", error=str(error), advice="the index is made anew if it is damaged")
            trouble = _BROKEN
        hits = [
            Hit(
                ident=each.ident,
                name=name_to_text(summary.name),
                file=name_to_text(summary.stem),
                page=each.page,
                snippet=each.snippet,
            )
            for each in found
            if (summary := self._history.find(each.ident)) is not None
        ]
        body = Found(hits=tuple(hits[:_SHOWN]), more=len(hits) > _SHOWN, left=self.left, trouble=trouble)
        return Response(value_to_json(body), media_type="application/json")

    def _run(self) -> None:
        name_thread(self._thread.name)
        self._wanted.wait()
        seen = 0
        while not self._stopping.wait(_LOOK_S):
            if (version := self._history.version) == seen:
                continue
            try:
                complete = self._follow()
            except (sqlite3.Error, OSError) as error:
                if self._stopping.is_set():
                    break
                self._break(error)
            except Exception:  # noqa: BLE001 — unattended: a result that cannot be read must not end the search
                logger().exception("fault_in_search")
                self._stopping.wait(_AGAIN_S)
            else:
                seen, self.trouble = version if complete else seen, ""
        if self._index is not None:
            self._index.close()

    def _break(self, error: Exception) -> None:
        """Throw the index away: it is made anew at the next look."""
        if not self.trouble:
            logger().warning("search_index_broken", error=str(error), advice="it is made anew")
        if self._index is not None:
            self._index.close()
            self._index = None
        again, self.trouble = bool(self.trouble), _BROKEN
        try:
            throw_away(self._path)
        except OSError:
            again = True
        if again:
            self._stopping.wait(_AGAIN_S)

    def _follow(self) -> bool:
        """Take out what is gone, then put in what is new, the newest first; returns whether all of it is in.

        After each document the list is looked at again: what is removed leaves the index before others come in.
        """
        version = self._history.version
        if self._index is None or not self._path.exists():
            self._index = TextIndex(self._path)
        known = self._index.stamps()
        wanted = {each.ident: each for each in self._history.summaries if not each.failed}
        if gone := known.keys() - wanted.keys():
            self._index.forget(gone)
        due = [each for each in wanted.values() if known.get(each.ident) != _stamp_of(each)]
        self.indexed, self.left = len(wanted) - len(due), len(due)
        for summary in due:
            began = time.monotonic()
            try:
                self._index.put(summary.ident, _stamp_of(summary), self._pages_of(summary))
            except FileNotFoundError:  # it is in work again, or removed: the list will say so
                continue
            self.indexed, self.left = self.indexed + 1, self.left - 1
            if self._stopping.wait(_PAUSE * (time.monotonic() - began)) or self._history.version != version:
                return False
        return True

    def _pages_of(self, summary: Summary) -> Iterator[tuple[int, str]]:
        with open_confined(self._history.outbox, f"{summary.stem}.html") as file:
            data = file.read(_MOST_BYTES)
        for section in _SECTION.finditer(data):
            if self._stopping.is_set():
                raise sqlite3.OperationalError("stopping")
            yield int(section[1]), section_to_text(section[2])


def section_to_text(section: bytes) -> str:
    """The words of a page of a result, without markup."""
    plain = _TAG.sub(b" ", _INLINE.sub(b"", _OURS.sub(b"", section)))
    return " ".join(html.unescape(plain.decode("utf-8", "replace")).split())


def _stamp_of(summary: Summary) -> str:
    return f"{summary.sha256} {summary.finished_at}"
