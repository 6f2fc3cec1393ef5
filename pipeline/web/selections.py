"""Endpoints for many documents at once: what a user has selected in the list is taken back into work.

The whole selection is written down first, so a daemon that dies in the middle of it does the rest at its next start.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.files.json_values import value_to_json
from pipeline.host.moving import remove
from pipeline.log.log import logger
from pipeline.printable import as_sentence
from pipeline.results.selection_note import (
    SelectedDocument,
    SelectionNote,
    in_work_again,
    read_selections,
    write_selection,
)
from pipeline.results.state_folder import StateFolder
from pipeline.web.history import MOST, History, path_to_ident
from pipeline.web.operations import answers
from pipeline.web.retries import Retries
from pipeline.web.short_body import read_value
from pipeline.web.summaries import Summary

#: Why a document is left out that is not listed.
NOT_LISTED = "There is no such document in the list."
# Of the body: so many names of the longest kind.
_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Documents of the list.

    Attributes:
        documents: Their idents, or the paths of their results in the outbox without ending.
    """

    documents: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A document with which it was not done; ``reason`` is a sentence."""

    document: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a selection; each document is named as it was in the request."""

    taken: tuple[str, ...]
    left: tuple[LeftOut, ...]


class Selections:
    """Takes one document after the other; what cannot be taken is left out, and said."""

    def __init__(self, history: History, state: StateFolder, retries: Retries) -> None:
        """Begin.

        Args:
            history: Where documents are found.
            state: The daemon's.
            retries: Takes one document.
        """
        self._history = history
        self._state = state
        self._retries = retries

    @answers({202: Taken}, 408, 413, 422, 503, body=Selection)
    async def retry(self, request: Request) -> Response:
        """POST: ask the model again for the pages that fell back, or try failed documents again."""
        return await self._take(await read_selection(request), everything=False)

    @answers({202: Taken}, 408, 413, 422, 503, body=Selection)
    async def redo(self, request: Request) -> Response:
        """POST: ask the model again for all pages."""
        return await self._take(await read_selection(request), everything=True)

    async def _take(self, selection: Selection, *, everything: bool) -> Response:
        found = await asyncio.to_thread(find_selected, self._history, selection)
        note = await asyncio.to_thread(self._write_down, found.values(), everything=everything)
        taken, left = [], []
        for name, summary in found.items():
            reason = await self._take_one(summary, everything=everything)
            if reason is None:
                taken.append(name)
            else:
                left.append(LeftOut(document=name, reason=reason))
        await asyncio.to_thread(remove, note, missing_ok=True)
        body = Taken(taken=tuple(taken), left=tuple(left))
        return Response(value_to_json(body), status_code=202, media_type="application/json")

    def _write_down(self, found: Iterable[Summary | None], *, everything: bool) -> Path:
        documents = [
            SelectedDocument(manifest=each.manifest, finished_at=each.finished_at) for each in found if each is not None
        ]
        try:
            return write_selection(self._state, documents, everything=everything)
        except OSError as error:
            detail = f"The selection cannot be written down: {error.strerror}. Nothing was begun."
            raise HTTPException(503, detail) from error

    async def finish_interrupted(self) -> None:
        """Do the rest of the selections in whose middle an earlier daemon has ended."""
        for note, selection in await asyncio.to_thread(read_selections, self._state):
            try:
                left = await asyncio.to_thread(self._find_rest, selection)
            except OSError as error:
                logger().warning("selection_waits", error=error.strerror, advice="it goes on at the next start")
                return
            logger().info("selection_goes_on", documents=len(selection.documents), left=len(left))
            for summary in left:
                if (reason := await self._take_one(summary, everything=selection.everything)) is not None:
                    logger().info("left_as_it_is", document=summary.name, reason=reason)
            await asyncio.to_thread(remove, note, missing_ok=True)

    def _find_rest(self, selection: SelectionNote) -> list[Summary]:
        """The documents of a selection that are still as they were, and not in work."""
        self._history.refresh()
        in_work = in_work_again(self._state)
        found = ((each, self._history.look_for(path_to_ident(each.manifest))) for each in selection.documents)
        return [
            summary
            for each, summary in found
            if summary is not None
            and summary.finished_at == each.finished_at
            and (summary.folder, summary.name, summary.sha256) not in in_work
        ]

    async def _take_one(self, summary: Summary | None, *, everything: bool) -> str | None:
        """Why a document is left out; None where it was taken."""
        if summary is None:
            return NOT_LISTED
        if everything and summary.failed:
            return "It has no pages; it can be tried again."
        try:
            await self._retries.take(summary, everything=everything)
        except HTTPException as error:
            return as_sentence(error.detail)
        return None


def find_selected(history: History, selection: Selection) -> dict[str, Summary | None]:
    """Each selected document as it is now, by the name with which it was selected; looks at the outbox first."""
    history.refresh()
    by_stem = {each.stem: each for each in history.summaries}
    return {name: history.find(name) or by_stem.get(name) for name in selection.documents}


async def read_selection(request: Request) -> Selection:
    """The selection that is a request's body.

    Raises:
        HTTPException: It is none.
    """
    return await read_value(request, Selection, "selection", example='{"documents": ["..."]}', most=_BYTES)
