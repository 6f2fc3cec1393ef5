"""Endpoints for what is to be checked: the places of a page, what a user says of them, and the queue of documents."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, TypeAlias

from msgspec import Meta
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import PipelineError, UsageError
from pipeline.files.json_values import value_to_json
from pipeline.log.log import logger
from pipeline.markup.characters import text_to_clean
from pipeline.quantities import PageNumber
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import Manifest
from pipeline.results.published import read_published
from pipeline.results.review_file import Number, Place
from pipeline.results.reviewing import Statement, settle
from pipeline.results.state_folder import StateFolder
from pipeline.web.disk_work import done_by
from pipeline.web.document_review import DocumentReview, published_to_review
from pipeline.web.history import Filters, History
from pipeline.web.numbers import text_to_number
from pipeline.web.operations import Parameter, answers
from pipeline.web.short_body import read_value
from pipeline.web.summaries import Summary
from pipeline.web.views import nothing_to_check_page

_MOST_LETTERS, _MOST_PLACES = 4000, 1000
# Of a body: so many places with long texts.
_BYTES = 4 << 20
# Seconds to wait for the thread that publishes, which may be writing a large document.
_PATIENCE_S = 60.0

_PAGE = {"page": Parameter(description="Number of the page whose places are told: the first one where it is missing.")}
_AFTER = {"after": Parameter(description="Ident of the document after which the next one is looked for.")}

Text: TypeAlias = Annotated[str, Meta(max_length=_MOST_LETTERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a user says of one place: of a cell (``table``, ``row``, ``column``), or of a ``mark`` in running text.

    Attributes:
        page: Number of the page.
        table: Number of the table on its page.
        row: Of the cell, from 1.
        column: The same.
        mark: Number of the doubted place in the page's running text.
        was: What it says, as the user has seen it.
        now: What it should say; the same to confirm it.
    """

    page: PageNumber
    table: Number | None = None
    row: Number | None = None
    column: Number | None = None
    mark: Number | None = None
    was: Text
    now: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidNow:
    """The body of a request."""

    settled: Annotated[tuple[Said, ...], Meta(min_length=1, max_length=_MOST_PLACES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledNow:
    """What became of it.

    Attributes:
        review: The counts of the document's new manifest.
        texts: What the places say now, in the order of the request.
    """

    review: ReviewCounts
    texts: tuple[str, ...]


class Reviews:
    """The endpoints."""

    def __init__(self, history: History, state: StateFolder, run_errand: Callable[[Callable[[], None]], None]) -> None:
        """Begin.

        Args:
            history: Where documents are found.
            state: Working state of the outbox.
            run_errand: Has something done by the thread that publishes, so that both never have one document.
        """
        self._history = history
        self._state = state
        self._run_errand = run_errand

    @answers({200: DocumentReview}, 404, 409, query=_PAGE)
    async def read(self, request: Request) -> Response:
        """GET: what is to be checked in a document, and the places of one page (``?page=N``)."""
        summary = await self._find(request)
        number = text_to_number(request.query_params.get("page"), 1)
        try:
            found = await asyncio.to_thread(self._read, summary, number)
        except UsageError as error:
            raise HTTPException(409, str(error)) from None
        return Response(value_to_json(found), media_type="application/json")

    @answers({200: SettledNow}, 404, 408, 409, 413, 422, 503, body=SaidNow)
    async def settle(self, request: Request) -> Response:
        """POST: places of a document are confirmed or corrected, and its results published anew."""
        summary = await self._find(request)
        example = '{"settled": [{"page": 1, "was": "...", "now": "..."}]}'
        said = await read_value(request, SaidNow, "list of places", example=example, most=_BYTES, strict=False)
        statements = list(map(_said_to_statement, said.settled))
        if len({each.place for each in statements}) < len(statements):
            raise HTTPException(409, "A place may be named once only.")
        manifest = await self._settle(summary, statements)
        await asyncio.to_thread(self._history.refresh)
        logger().info("settled", document=summary.name, places=len(statements))
        review = manifest.review or ReviewCounts()
        body = SettledNow(review=review, texts=tuple(each.now for each in statements))
        return Response(value_to_json(body), media_type="application/json")

    @answers({200: "text/html", 303: "text/html"}, for_people=True, query=_AFTER)
    async def queue(self, request: Request) -> Response:
        """GET: leads to the next doubt of all documents, after one of them (``?after=IDENT``), the oldest first."""
        await asyncio.to_thread(self._history.refresh)
        waiting = list(reversed(self._history.search(Filters(doubted=True))))
        for summary in _turned(waiting, request.query_params.get("after", "")):
            try:
                found = await asyncio.to_thread(self._read, summary, 1)
            except (UsageError, OSError):
                continue  # it is changed or gone: it is not to be checked here
            if found.doubted:
                page = found.doubted[0].number
                return RedirectResponse(f"/documents/{summary.ident}?page={page}&review=queue", status_code=303)
        return nothing_to_check_page()

    async def _find(self, request: Request) -> Summary:
        summary = await asyncio.to_thread(self._history.look_for, request.path_params["ident"])
        if summary is None or summary.failed:
            raise HTTPException(404, "There is no such document; it may be in work again.")
        return summary

    def _read(self, summary: Summary, number: int) -> DocumentReview:
        return published_to_review(read_published(self._history.outbox / summary.manifest), number)

    async def _settle(self, summary: Summary, statements: Sequence[Statement]) -> Manifest:
        outbox = self._history.outbox
        work = partial(settle, self._state, outbox, Path(outbox, summary.stem), statements)
        try:
            return await done_by(self._run_errand, work, patience_s=_PATIENCE_S)
        except TimeoutError:
            raise HTTPException(503, "The outbox is busy: it is done when it has time. Look again.") from None
        except PipelineError as error:
            raise HTTPException(409, str(error)) from None
        except OSError as error:
            logger().error("not_settled", error=str(error), advice="look at the outbox's disk")
            raise HTTPException(503, f"It cannot be written: {error.strerror or error}.") from None


def _said_to_statement(said: Said) -> Statement:
    cell = (said.table, said.row, said.column)
    if not (all(cell) and said.mark is None) and not (not any(cell) and said.mark is not None):
        raise HTTPException(409, "A place is a cell (table, row and column) or a mark in running text.")
    place = Place(page=said.page, table=cell[0] or 0, row=cell[1] or 0, column=cell[2] or 0, mark=said.mark or 0)
    now = " ".join(text_to_clean(said.now).split())
    return Statement(place=place, was=text_to_clean(said.was), now=now)


def _turned(waiting: Sequence[Summary], after: str) -> list[Summary]:
    """All of them, beginning behind one of them."""
    place = next((index + 1 for index, each in enumerate(waiting) if each.ident == after), 0)
    return [*waiting[place:], *waiting[:place]]
