"""Endpoints for delivered documents: pages, downloads and pictures, addressed by ident and never by path."""

import asyncio
from collections.abc import Iterator
from io import BufferedReader
from os import fstat
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from pipeline.choices import OriginalAction
from pipeline.errors import UsageError
from pipeline.files.atomic import open_regular
from pipeline.files.confined import open_confined
from pipeline.kinds import original_end
from pipeline.pictures.drawer import Drawer
from pipeline.results.published import Originals
from pipeline.settings.settings import Settings
from pipeline.web.details import read_details, read_section
from pipeline.web.downloads import KINDS
from pipeline.web.guard import RESULT_POLICY
from pipeline.web.history import History
from pipeline.web.made_outputs import OUTPUTS, MadeOutputs
from pipeline.web.numbers import text_to_number
from pipeline.web.operations import Parameter, answers
from pipeline.web.passwords import Passwords
from pipeline.web.pictures import Pictures
from pipeline.web.summaries import Summary
from pipeline.web.views import document_page, name_to_text

# The name in addresses for the original, whatever its kind.
_ORIGINAL = "pdf"
_OTHER = "application/octet-stream"
_SIDE, _LARGEST_SIDE = 1400, 2400
_PICTURE = {"side": Parameter(description=f"Pixels of the longer side: {_SIDE}, 100 to {_LARGEST_SIDE}.")}
_CHUNK = 1 << 16


class Results:
    """Endpoints."""

    def __init__(
        self, history: History, originals: Originals, settings: Settings, passwords: Passwords, made: MadeOutputs
    ) -> None:
        self._history = history
        self._originals = originals
        self._deleted = settings.originals is OriginalAction.DELETE
        self._made = made
        self._pictures = Pictures(Drawer(memory_mib=settings.limits.worker_mib), passwords)

    @answers({200: "text/html"}, 404, for_people=True)
    async def page(self, request: Request) -> Response:
        """GET: a document, page by page."""
        summary = await self._find(request)
        pages = await asyncio.to_thread(read_details, self._history.outbox, summary.manifest)
        original = await asyncio.to_thread(self._original_of, summary)
        number = text_to_number(request.query_params.get("page"), 1)
        return document_page(summary, pages, number=number, missing=None if original else self._why_missing())

    @answers({200: "text/html"}, 404, for_people=True)
    async def section(self, request: Request) -> Response:
        """GET: one page of the result, for the sandboxed frame."""
        summary = await self._find(request)
        number = text_to_number(request.path_params["number"], 0)
        html = await asyncio.to_thread(read_section, self._history.outbox, f"{summary.stem}.html", number)
        if html is None:
            raise HTTPException(404, "There is no such page in the result.")
        return Response(html, media_type=KINDS["html"], headers={"content-security-policy": RESULT_POLICY})

    @answers({200: "text/html"}, 404, for_people=True)
    async def whole(self, request: Request) -> Response:
        """GET: the whole result, also in a sandbox."""
        summary = await self._find(request)
        file = await asyncio.to_thread(open_confined, self._history.outbox, f"{summary.stem}.html")
        return _OpenFile(file, KINDS["html"], {"content-security-policy": RESULT_POLICY})

    @answers({200: "*/*"}, 404)
    async def download(self, request: Request) -> Response:
        """GET: the HTML, the manifest, the original or an output, as a file."""
        summary = await self._find(request)
        ending = request.path_params["ending"]
        if ending not in KINDS:
            raise HTTPException(404, "There is no such file.")
        name = name_to_text(Path(summary.stem).name)
        end = original_end(summary.name) if ending == _ORIGINAL else f".{ending}"
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(f'{name}{end}', safe='')}",
            "content-security-policy": RESULT_POLICY,
        }
        if ending in OUTPUTS:
            return await self._output(summary, ending, headers)
        file = await asyncio.to_thread(self._open, summary, ending)
        return _OpenFile(file, KINDS[ending] if end == f".{ending}" else _OTHER, headers)

    async def _output(self, summary: Summary, ending: str, headers: dict[str, str]) -> Response:
        try:
            data = await self._made.get(summary, ending)
        except UsageError as error:
            raise HTTPException(404, f"It cannot be made: {error}") from None
        return Response(data, media_type=KINDS[ending], headers=headers)

    @answers({200: "image/png", 304: "image/png"}, 400, 404, 422, 503, query=_PICTURE)
    async def picture(self, request: Request) -> Response:
        """GET: a page of the original, drawn."""
        summary = await self._find(request)
        number = text_to_number(request.path_params["number"], 0)
        side = max(100, min(text_to_number(request.query_params.get("side"), _SIDE), _LARGEST_SIDE))
        if not 1 <= number <= max(1, summary.pages):
            raise HTTPException(404, "There is no such page.")
        tag = f'"{summary.sha256[:32]}-{number}-{side}"'
        headers = {"etag": tag, "cache-control": "private, max-age=3600"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        path = await asyncio.to_thread(self._original_of, summary)
        if path is None:
            raise HTTPException(404, self._why_missing())
        data = await self._pictures.get(path, (summary.sha256, number, side), gone=request.is_disconnected)
        return Response(data, media_type="image/png", headers=headers)

    async def _find(self, request: Request) -> Summary:
        """The requested document; the outbox is read again if it is not known yet, or if its manifest is gone."""
        ident = request.path_params["ident"]
        summary = self._history.find(ident) or await asyncio.to_thread(self._history.look_for, ident)
        if summary is None:
            raise HTTPException(404, "There is no such document; it may have been removed, or be in work again.")
        return summary

    def _open(self, summary: Summary, ending: str) -> BufferedReader:
        if ending != _ORIGINAL:
            return open_confined(self._history.outbox, f"{summary.stem}.{ending}")
        path = self._original_of(summary)
        if path is None:
            raise HTTPException(404, self._why_missing())
        return open_regular(path)

    def _original_of(self, summary: Summary) -> Path | None:
        try:
            return self._originals.find(summary.stem, name=summary.name, sha256=summary.sha256)
        except UsageError:
            return None

    def _why_missing(self) -> str:
        if self._deleted:
            return "The original was deleted after its conversion, as the settings say (originals: delete)."
        return "The original is neither beside the result nor in the inbox any more, or it has been changed."


class _OpenFile(StreamingResponse):
    """Sends a file that is open already, and closes it at the end of the answer, in any case."""

    def __init__(self, file: BufferedReader, kind: str, headers: dict[str, str]) -> None:
        self._file = file
        size = fstat(file.fileno()).st_size
        super().__init__(self._pieces(size), media_type=kind, headers={**headers, "content-length": str(size)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)

    def _pieces(self, left: int) -> Iterator[bytes]:
        # No more than the announced length: a file in the inbox may grow meanwhile.
        while piece := self._file.read(min(left, _CHUNK)):
            left -= len(piece)
            yield piece
