"""Endpoints for one ZIP of many documents: a request says which, another one downloads it while it is made."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from io import BufferedReader
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pipeline.choices import Output
from pipeline.errors import UsageError
from pipeline.files.atomic import open_regular
from pipeline.files.confined import open_confined
from pipeline.files.json_values import value_to_json
from pipeline.kinds import PDF_END, original_end
from pipeline.log.log import logger
from pipeline.results.published import Originals
from pipeline.results.result_names import ENDS, ORIGINAL_ENDS
from pipeline.web.guard import RESULT_POLICY
from pipeline.web.history import History
from pipeline.web.made_outputs import MadeOutputs
from pipeline.web.operations import Parameter, answers
from pipeline.web.selections import Selection, find_selected, read_selection
from pipeline.web.summaries import Summary

#: How many are made at once: each costs the time of pages.
AT_ONCE = 2
# How many are remembered; a browser downloads one at once.
_REMEMBERED = 32
_CHUNK = 1 << 18
_MISSING = "MISSING.txt"
# What is compressed already.
_STORED = (PDF_END, ".jpg", ".jpeg", ".png", ".webp", ".xlsx")


class Content(StrEnum):
    """What an archive has of each document: all its files, or an output that is made where it is not there."""

    RESULTS = "results"
    XLSX = "xlsx"
    CSV = "csv"
    MARKDOWN = "markdown"


_CONTENT = {
    "content": Parameter(
        description="What it has of each document: all its files, or one kind of output.",
        schema={"type": "string", "enum": [each.value for each in Content]},
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReady:
    """What the first request gets: where the archive is, and how many documents it has."""

    url: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    content: Content
    documents: Sequence[Summary]


class Archives:
    """The endpoints; used only in the page's own event loop."""

    def __init__(self, history: History, originals: Originals, made: MadeOutputs) -> None:
        """Begin.

        Args:
            history: Where documents are found.
            originals: Finds their files.
            made: Makes outputs.
        """
        self._history = history
        self._originals = originals
        self._made = made
        self._wanted: OrderedDict[str, _Archive] = OrderedDict()
        self._running = 0

    @answers({201: ArchiveReady}, 404, 408, 413, 422, body=Selection, query=_CONTENT)
    async def prepare(self, request: Request) -> Response:
        """POST: the documents for an archive; ``content`` is in the query."""
        try:
            content = Content(request.query_params.get("content", Content.RESULTS))
        except ValueError:
            raise HTTPException(422, f"content must be one of {', '.join(Content)}.") from None
        found = await asyncio.to_thread(find_selected, self._history, await read_selection(request))
        documents = [each for each in found.values() if each is not None]
        if content is not Content.RESULTS:
            documents = [each for each in documents if not each.failed]
        if not documents:
            raise HTTPException(404, "None of these documents has such a file.")
        ident = secrets.token_urlsafe(12)
        self._wanted[ident] = _Archive(content=content, documents=documents)
        while len(self._wanted) > _REMEMBERED:
            self._wanted.popitem(last=False)
        body = ArchiveReady(url=f"/api/archives/{ident}", documents=len(documents))
        return Response(value_to_json(body), status_code=201, media_type="application/json")

    @answers({200: "application/zip"}, 404, 503)
    async def download(self, request: Request) -> Response:
        """GET: the archive, as a file."""
        wanted = self._wanted.get(request.path_params["ident"])
        if wanted is None:
            raise HTTPException(404, "There is no such archive any more: select the documents again.")
        if self._running >= AT_ONCE:
            raise HTTPException(503, "Too many archives are being made.", headers={"retry-after": "10"})
        headers = {
            "content-disposition": f'attachment; filename="dropleaf-{wanted.content}.zip"',
            "content-security-policy": RESULT_POLICY,
        }
        return StreamingResponse(self._counted(wanted), media_type="application/zip", headers=headers)

    def _counted(self, wanted: _Archive) -> Iterator[bytes]:
        self._running += 1
        try:
            yield from self._pieces(wanted)
        finally:
            self._running -= 1

    def _pieces(self, wanted: _Archive) -> Iterator[bytes]:
        sink, missing = _Sink(), []
        with ZipFile(sink, "w") as archive:
            for summary in wanted.documents:
                try:
                    for name, pieces in self._files(summary, wanted.content):
                        with archive.open(_entry(name), "w", force_zip64=True) as out:
                            for piece in pieces:
                                out.write(piece)
                                yield sink.take()
                except (UsageError, OSError) as error:
                    reason = error.strerror if isinstance(error, OSError) else str(error)
                    missing.append(f"{summary.stem}: {reason}\n")
                    logger().warning("left_out_of_archive", document=summary.name, error=reason)
            if missing:
                archive.writestr(_MISSING, "".join(missing).encode("utf-8", "replace"))
        yield sink.take()

    def _files(self, summary: Summary, content: Content) -> Iterator[tuple[str, Iterator[bytes]]]:
        if content is not Content.RESULTS:
            for end, data in self._made.files(summary, Output(content)):
                yield f"{summary.stem}{end}", iter([data])
            return
        for end in ENDS:
            if end in ORIGINAL_ENDS:
                if end != original_end(summary.name):
                    continue
                with suppress(UsageError):  # it was deleted, or another file has its name
                    path = self._originals.find(summary.stem, name=summary.name, sha256=summary.sha256)
                    yield f"{summary.stem}{end}", _file_to_pieces(open_regular(path))
                continue
            for name in self._names(f"{summary.stem}{end}"):
                yield name, _file_to_pieces(open_confined(self._history.outbox, name))

    def _names(self, name: str) -> Sequence[str]:
        """The file of this name in the outbox, or the files in the folder of this name."""
        path = self._history.outbox / name
        if path.is_dir():
            return [f"{name}/{each.name}" for each in sorted(path.iterdir())]
        return [name] if path.is_file() else []


def _file_to_pieces(file: BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name.encode("utf-8", "replace").decode())
    entry.compress_type = ZIP_STORED if name.endswith(_STORED) else ZIP_DEFLATED
    return entry


class _Sink:
    """What has been written and not been sent yet; a ZIP can be written from its beginning to its end."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        """Keep it."""
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def take(self) -> bytes:
        """All that was kept since the last call."""
        taken, self._data = bytes(self._data), bytearray()
        return taken
