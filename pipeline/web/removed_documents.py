"""Endpoints for removing documents and returning them; it is done by the thread that owns the outbox."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import PipelineError
from pipeline.files.json_values import value_to_json
from pipeline.log.log import logger
from pipeline.printable import as_sentence
from pipeline.results.removal_note import Removal, RemovalState, read_removals
from pipeline.results.removals import Removals
from pipeline.results.result_names import REMOVED_FOLDER
from pipeline.results.state_folder import StateFolder
from pipeline.web.disk_work import done_by
from pipeline.web.history import MOST, History
from pipeline.web.operations import answers
from pipeline.web.selections import NOT_LISTED, LeftOut, Selection, find_selected, read_selection
from pipeline.web.short_body import read_value
from pipeline.web.summaries import Summary
from pipeline.web.views import name_to_text

# How many removed documents are listed: the latest.
_LISTED = 100
# Of a body: so many idents.
_BYTES = 1 << 20
# Seconds to wait for the thread that publishes, which may be writing a large document.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A document that was removed.

    Attributes:
        document: Its name in the request.
        removal: The ident with which it can be returned.
    """

    document: str
    removal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedNow:
    """What became of a selection that was to be removed."""

    removed: tuple[Gone, ...]
    left: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReturn:
    """Idents of removals."""

    removals: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedNow:
    """What became of them; ``returned`` has the paths of the results in the outbox, without ending."""

    returned: tuple[str, ...]
    left: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedDocument:
    """A document in ``removed/``.

    Attributes:
        removal: The ident with which it can be returned.
        file: Path of its results before, in the outbox and without ending.
        removed_at: Seconds since the epoch.
    """

    removal: str
    name: str
    file: str
    removed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedList:
    """The latest ones."""

    documents: tuple[RemovedDocument, ...]


class RemovedDocuments:
    """The endpoints."""

    def __init__(self, history: History, state: StateFolder, run_errand: Callable[[Callable[[], None]], None]) -> None:
        """Begin.

        Args:
            history: Where documents are found.
            state: Working state of the outbox.
            run_errand: Has something done by the thread that publishes.
        """
        self._history = history
        self._state = state
        self._removals = Removals(history.outbox, state)
        self._run_errand = run_errand

    @answers({200: RemovedList})
    async def list(self, request: Request) -> Response:
        """GET: the documents that were removed last."""
        del request
        found = await asyncio.to_thread(read_removals, self._state, _LISTED)
        listed = tuple(map(_removal_to_listed, found))
        return _answer(RemovedList(documents=tuple(each for each in listed if each is not None)))

    @answers({200: RemovedNow}, 408, 413, 422, body=Selection)
    async def remove(self, request: Request) -> Response:
        """POST: move documents and their results into ``removed/``."""
        selection = await read_selection(request)
        found = await asyncio.to_thread(find_selected, self._history, selection)
        gone, left = [], []
        for name, summary in found.items():
            removal = await self._remove_one(summary)
            if isinstance(removal, Removal):
                gone.append(Gone(document=name, removal=removal.ident))
            else:
                left.append(LeftOut(document=name, reason=removal))
        await asyncio.to_thread(self._history.refresh)
        return _answer(RemovedNow(removed=tuple(gone), left=tuple(left)))

    @answers({200: ReturnedNow}, 408, 413, 422, body=ToReturn)
    async def restore(self, request: Request) -> Response:
        """POST: move removed documents back."""
        wanted = await read_value(request, ToReturn, "list", example='{"removals": ["..."]}', most=_BYTES)
        returned, left = [], []
        for ident in dict.fromkeys(wanted.removals):
            removal = await self._do(partial(self._removals.restore, ident))
            if isinstance(removal, Removal):
                logger().info("returned", document=removal.name)
                returned.append(name_to_text(removal.stem))
            else:
                left.append(LeftOut(document=ident, reason=removal))
        await asyncio.to_thread(self._history.refresh)
        return _answer(ReturnedNow(returned=tuple(returned), left=tuple(left)))

    async def _remove_one(self, summary: Summary | None) -> Removal | str:
        if summary is None:
            return NOT_LISTED
        removal = await self._do(partial(self._removals.remove, summary.stem))
        if isinstance(removal, Removal):
            logger().info("removed", document=removal.name, to=removal.removed_stem)
        return removal

    async def _do(self, work: Callable[[], Removal]) -> Removal | str:
        """The removal, or the sentence that says why there is none."""
        try:
            return await done_by(self._run_errand, work, patience_s=_PATIENCE_S)
        except TimeoutError:
            return "The outbox is busy: it is done when it has time. Look again in a moment."
        except PipelineError as error:
            return as_sentence(str(error))
        except OSError as error:
            logger().error("not_moved", error=str(error), advice=f"look at {REMOVED_FOLDER}/ and at the outbox's disk")
            return f"It cannot be moved: {error.strerror or error}. It is where it was."


def _removal_to_listed(removal: Removal) -> RemovedDocument | None:
    if removal.state is not RemovalState.REMOVED:
        return None
    return RemovedDocument(
        removal=removal.ident,
        name=name_to_text(removal.name),
        file=name_to_text(removal.stem),
        removed_at=removal.removed_at,
    )


def _answer(body: object) -> Response:
    return Response(value_to_json(body), media_type="application/json")
