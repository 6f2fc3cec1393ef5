"""Takes a delivered document back into work: claims it and posts it to the loop, like any new document."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.document import Document, Engine
from pipeline.errors import PipelineError
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.results.published import Originals, read_published
from pipeline.results.result_names import FAILED_FOLDER
from pipeline.results.taking_back import claim_failed, claim_fallen_pages
from pipeline.web.history import History
from pipeline.web.summaries import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How documents are taken back into work.

    Attributes:
        fingerprint: Of the settings with which pages are made.
        post: Passes a claimed document to the loop.
    """

    engine: Engine
    fingerprint: str
    post: Callable[[Document], None]


class Retries:
    """Retries one document at a time, and none that is in work already."""

    def __init__(self, history: History, originals: Originals, journal: Journal, settings: RetrySettings) -> None:
        self._history = history
        self._originals = originals
        self._journal = journal
        self._settings = settings
        self._turn = asyncio.Lock()
        self._claimed: dict[str, str] = {}

    async def retry(self, request: Request) -> Response:
        """POST: ask the model again for the pages that fell back, or try a failed document again."""
        summary = await asyncio.to_thread(self._history.look_for, request.path_params["ident"])
        if summary is None:
            raise HTTPException(404, "There is no such document.")
        async with self._turn:
            claimed = self._claimed.get(summary.ident)
            if claimed is not None and self._journal.folder.document(claimed).root.exists():
                raise HTTPException(409, "It is in work already.")
            try:
                document = await asyncio.to_thread(self._claim, summary)
            except PipelineError as error:
                raise HTTPException(409, str(error)) from error
            self._claimed[summary.ident] = document.ident
            self._settings.post(document)
        logger().info("tried_again", document=document.name)
        return JSONResponse({"name": document.name.encode("utf-8", "replace").decode()}, status_code=202)

    def _claim(self, summary: Summary) -> Document:
        outbox = self._history.outbox
        manifest = outbox / summary.manifest
        if summary.failed:
            root = outbox / FAILED_FOLDER
            return claim_failed(self._journal, manifest, root, name=summary.name, sha256=summary.sha256)
        if self._settings.engine is Engine.BASIC:
            raise HTTPException(409, "engine: basic asks no model; set engine: lmstudio to ask again.")
        published = read_published(manifest)
        if not published.fallback_pages:
            raise HTTPException(409, "No page of it fell back.")
        original = self._originals.find(summary.stem, name=summary.name, sha256=summary.sha256)
        folder = str(PurePosixPath(summary.stem).parent)
        return claim_fallen_pages(
            self._journal, published, original, folder=folder, fingerprint=self._settings.fingerprint
        )
