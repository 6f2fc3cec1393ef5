"""Takes a delivered document back into work: claims it and posts it to the loop, like any new document."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.choices import Engine
from pipeline.document import Document
from pipeline.errors import EncryptedError, PipelineError
from pipeline.files.json_values import value_to_json
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.results.published import Originals, read_published
from pipeline.results.result_names import FAILED_FOLDER
from pipeline.results.taking_back import Again, claim_failed, claim_published
from pipeline.settings.sections import LONGEST_PASSWORD
from pipeline.web.history import History
from pipeline.web.operations import answers
from pipeline.web.passwords import Passwords
from pipeline.web.short_body import read_secret
from pipeline.web.summaries import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How documents are taken back into work.

    Attributes:
        engine_of: Says for a folder and a name which engine reads such a document.
        fingerprint_of: Says for them the fingerprint of the settings with which pages are made.
        post: Passes a claimed document to the loop.
    """

    engine_of: Callable[[str, str], Engine]
    fingerprint_of: Callable[[str, str], str]
    post: Callable[[Document], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A document that is in work again.

    Attributes:
        name: Of its file.
        work: Its ident while it is in work.
    """

    name: str
    work: str


class Retries:
    """Retries one document at a time, and none that is in work already."""

    def __init__(
        self, history: History, originals: Originals, journal: Journal, settings: RetrySettings, passwords: Passwords
    ) -> None:
        self._history = history
        self._originals = originals
        self._journal = journal
        self._settings = settings
        self._passwords = passwords
        self._turn = asyncio.Lock()
        self._claimed: dict[str, str] = {}

    @answers({202: TakenBack}, 404, 409)
    async def retry(self, request: Request) -> Response:
        """POST: ask the model again for the pages that fell back, or try a failed document again."""
        return _taken(await self.take(await self._find(request)))

    @answers({202: TakenBack}, 404, 409)
    async def redo(self, request: Request) -> Response:
        """POST: ask the model again for all pages of a delivered document."""
        summary = await self._find(request)
        if summary.failed:
            raise HTTPException(409, "It has no pages; it can be tried again.")
        return _taken(await self.take(summary, everything=True))

    @answers({202: TakenBack}, 404, 408, 409, 413, 422, body="text/plain")
    async def unlock(self, request: Request) -> Response:
        """POST: the password of a document that failed since it needs one; it is tried again with it."""
        summary = await self._find(request)
        if summary.code != EncryptedError.code:
            raise HTTPException(409, "It needs no password.")
        password = await read_secret(request, "password")
        if not 0 < len(password) <= LONGEST_PASSWORD:
            raise HTTPException(422, f"A password has 1 to {LONGEST_PASSWORD} characters.")
        self._passwords.enter(summary.sha256, password)
        return _taken(await self.take(summary))

    async def _find(self, request: Request) -> Summary:
        summary = await asyncio.to_thread(self._history.look_for, request.path_params["ident"])
        if summary is None:
            raise HTTPException(404, "There is no such document.")
        return summary

    async def take(self, summary: Summary, *, everything: bool = False) -> Document:
        """Take a delivered or failed document back into work, and hand it to the loop.

        Args:
            summary: Of the document.
            everything: Whether all its pages are asked again.

        Raises:
            HTTPException: It cannot be taken, or there is nothing to do.
        """
        async with self._turn:
            claimed = self._claimed.get(summary.ident)
            if claimed is not None and self._journal.folder.document(claimed).root.exists():
                raise HTTPException(409, "It is in work already.")
            try:
                document = await asyncio.to_thread(self._claim, summary, everything=everything)
            except PipelineError as error:
                raise HTTPException(409, str(error)) from error
            self._claimed[summary.ident] = document.ident
            self._settings.post(document)
        logger().info("tried_again", document=document.name)
        return document

    def _claim(self, summary: Summary, *, everything: bool) -> Document:
        outbox = self._history.outbox
        manifest = outbox / summary.manifest
        password = self._passwords.entered(summary.sha256)
        if summary.failed:
            root = outbox / FAILED_FOLDER
            name, sha256 = summary.name, summary.sha256
            return claim_failed(self._journal, manifest, root, name=name, sha256=sha256, password=password)
        folder = str(PurePosixPath(summary.stem).parent)
        if self._settings.engine_of(folder, summary.name) is Engine.BASIC:
            raise HTTPException(409, "engine: basic asks no model; set engine: lmstudio to ask again.")
        published = read_published(manifest)
        if not published.fallback_pages and not everything:
            raise HTTPException(409, "No page of it fell back.")
        original = self._originals.find(summary.stem, name=summary.name, sha256=summary.sha256)
        fingerprint = self._settings.fingerprint_of(folder, summary.name)
        again = Again(fingerprint=fingerprint, everything=everything, password=password)
        return claim_published(self._journal, published, original, folder=folder, again=again)


def _taken(document: Document) -> Response:
    body = value_to_json(TakenBack(name=document.name.encode("utf-8", "replace").decode(), work=document.ident))
    return Response(body, status_code=202, media_type="application/json")
