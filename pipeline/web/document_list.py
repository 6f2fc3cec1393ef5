"""The list of documents: searched, filtered, sorted and cut into pages by the server, so its length does not matter."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.document import Outcome
from pipeline.files.json_values import value_to_json
from pipeline.results.manifest import FallbackFacts, read_head
from pipeline.web.downloads import ENDINGS, FAILED_ENDINGS, REVIEW
from pipeline.web.history import Filters, History
from pipeline.web.numbers import text_to_number
from pipeline.web.operations import Parameter, answers
from pipeline.web.summaries import Summary
from pipeline.web.views import name_to_text

_ROWS, _MOST_ROWS = 50, 200
# Of a query.
_LETTERS = 200
# Folders that a user can choose from.
_MOST_FOLDERS = 500

#: What the list can be sorted by; a ``-`` before it for the largest first.
SORTS: dict[str, Callable[[Summary], object]] = {
    "finished": lambda each: each.finished_at,
    "name": lambda each: each.key,
    "folder": lambda each: (each.folder.casefold(), each.key),
    "outcome": lambda each: (each.outcome, each.key),
    "pages": lambda each: each.pages,
    "fallbacks": lambda each: each.fallbacks,
    "doubts": lambda each: each.doubts,
    "seconds": lambda each: each.seconds,
}
_USUAL = "-finished"


_FILTERS = {
    "query": Parameter(description="Words of the names, in any case."),
    "outcome": Parameter(description="complete, partial or failed, or several with commas."),
    "review": Parameter(description="open: only those with something doubted."),
    "folder": Parameter(description="Of the results."),
    "sort": Parameter(description=f"One of {', '.join(SORTS)}; with - before it the largest first."),
}
_PART = {
    "offset": Parameter(description="How many are left out at the beginning."),
    "limit": Parameter(description=f"How many are told: {_ROWS}, at most {_MOST_ROWS}."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedReview:
    """What is to be looked at in a document; see :class:`pipeline.results.doubts.ReviewCounts`."""

    doubts: int
    cells: int
    texts: int
    pages: int
    unchecked_pages: int
    outdated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """A row of the list.

    Attributes:
        ident: Its name in addresses of the page.
        name: Of the file, as it was dropped.
        file: Path of its results in the outbox, without ending.
        folder: Of its results; ``.`` for the outbox itself.
        review: None where an earlier release wrote the results.
    """

    ident: str
    name: str
    file: str
    folder: str
    outcome: Outcome
    finished_at: str
    pages: int
    fallbacks: int
    review: ListedReview | None
    seconds: float
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPart:
    """A part of the list.

    Attributes:
        total: Documents that were looked for.
        rows: Those from ``offset`` on.
        counts: Of all listed documents, by outcome.
        folders: Of all listed documents, in order.
        older: How many more the outbox holds, which are not listed.
        to_check: How many of all listed have something doubted.
        version: Changes with the list.
    """

    total: int
    offset: int
    rows: tuple[ListedDocument, ...]
    counts: dict[str, int]
    folders: tuple[str, ...]
    older: int
    to_check: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredDocument:
    """One document.

    Attributes:
        fallbacks: The pages that fell back, and why.
        downloads: Addresses of its files by their endings; what is not there is made then.
    """

    document: ListedDocument
    fallbacks: tuple[FallbackFacts, ...]
    downloads: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIdents:
    """All documents that were looked for."""

    documents: tuple[str, ...]


class DocumentList:
    """The endpoints."""

    def __init__(self, history: History) -> None:
        """Of what a history lists."""
        self._history = history

    @answers({200: DocumentPart}, query=_FILTERS | _PART)
    async def part(self, request: Request) -> Response:
        """GET: a part of the list."""
        query, history = request.query_params, self._history
        offset = text_to_number(query.get("offset"), 0)
        limit = min(text_to_number(query.get("limit"), _ROWS), _MOST_ROWS)
        found = self._search(request)
        body = DocumentPart(
            total=len(found),
            offset=offset,
            rows=tuple(map(_summary_to_row, found[offset : offset + limit])),
            counts={outcome.value: history.counts.get(outcome, 0) for outcome in Outcome},
            folders=tuple(map(name_to_text, history.folders[:_MOST_FOLDERS])),
            older=history.older,
            to_check=history.to_check,
            version=history.version,
        )
        return Response(value_to_json(body), media_type="application/json")

    @answers({200: DeliveredDocument}, 404)
    async def one(self, request: Request) -> Response:
        """GET: a delivered or failed document, and where its files are."""
        history = self._history
        summary = await asyncio.to_thread(history.look_for, request.path_params["ident"])
        head = await asyncio.to_thread(read_head, history.outbox, summary.manifest) if summary else None
        if summary is None or head is None:
            raise HTTPException(404, "There is no such document; it may have been removed, or be in work again.")
        settled = any(file.name.endswith(f".{REVIEW}") for file in head.files)
        endings = FAILED_ENDINGS if summary.failed else (*ENDINGS, REVIEW) if settled else ENDINGS
        body = DeliveredDocument(
            document=_summary_to_row(summary),
            fallbacks=tuple(head.fallbacks),
            downloads={ending: f"/documents/{summary.ident}/download/{ending}" for ending in endings},
        )
        return Response(value_to_json(body), media_type="application/json")

    @answers({200: DocumentIdents}, query=_FILTERS)
    async def idents(self, request: Request) -> Response:
        """GET: the idents of all that are looked for, to select them."""
        body = DocumentIdents(documents=tuple(each.ident for each in self._search(request)))
        return Response(value_to_json(body), media_type="application/json")

    def _search(self, request: Request) -> Sequence[Summary]:
        query = request.query_params
        known = {outcome.value for outcome in Outcome}
        filters = Filters(
            words=query.get("query", "")[:_LETTERS],
            outcomes=frozenset(query.get("outcome", "").split(",")) & known,
            doubted=query.get("review") == "open",
            folder=query.get("folder") or None,
        )
        sort = query.get("sort") or _USUAL
        key = SORTS.get(sort.removeprefix("-"))
        found = self._history.search(filters)
        if key is None or sort == _USUAL:  # the history is in this order
            return found
        return sorted(found, key=key, reverse=sort.startswith("-"))  # type: ignore[arg-type]  # all keys of one sort compare


def _summary_to_row(summary: Summary) -> ListedDocument:
    review = summary.review
    return ListedDocument(
        ident=summary.ident,
        name=name_to_text(summary.name),
        file=name_to_text(summary.stem),
        folder=name_to_text(summary.folder),
        outcome=summary.outcome,
        finished_at=summary.finished_at,
        pages=summary.pages,
        fallbacks=summary.fallbacks,
        review=ListedReview(doubts=review.doubts, **asdict(review)) if review else None,
        seconds=summary.seconds,
        message=summary.message,
        advice=summary.advice,
    )
