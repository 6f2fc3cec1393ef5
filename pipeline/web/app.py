"""The application: its routes and endpoints."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Match, Route

from pipeline.files.json_values import value_to_json
from pipeline.log.log import logger
from pipeline.printable import as_sentence
from pipeline.results.journal import Journal
from pipeline.results.published import Originals
from pipeline.results.removal_note import count_removals
from pipeline.settings.folders import pattern_to_folder
from pipeline.settings.settings import Settings
from pipeline.status.read import InboxStatus, Status, list_inbox, read_status
from pipeline.status.snapshot import Snapshot
from pipeline.web.archives import Archives
from pipeline.web.disk_work import DiskWork
from pipeline.web.document_list import DocumentList
from pipeline.web.events import WATCHERS, StateEvents, snapshot_to_news
from pipeline.web.guard import SIGN_IN, Guard, GuardSettings, is_same, port_to_cookie_name, token_to_cookie
from pipeline.web.history import History
from pipeline.web.made_outputs import MadeOutputs
from pipeline.web.metrics import CONTENT_TYPE, ListFacts, Metrics
from pipeline.web.openapi import ApiDescription
from pipeline.web.operations import Problem, answers
from pipeline.web.orders import OrderEndpoints
from pipeline.web.passwords import Passwords
from pipeline.web.removed_documents import RemovedDocuments
from pipeline.web.results import Results
from pipeline.web.retries import Retries, RetrySettings
from pipeline.web.reviews import Reviews
from pipeline.web.selections import Selections
from pipeline.web.short_body import read_secret
from pipeline.web.text_search import TextSearch
from pipeline.web.uploads import UPLOAD_QUERY, Uploaded, Uploads, UploadSettings
from pipeline.web.views import FolderView, IndexFacts, error_page, index_page, static_files

# Seconds between two looks at the outbox while a client watches, since files may come and go without the daemon; and
# between two checks whether something was delivered.
_LOOK_S = 2.0
# Seconds to wait for an inbox that does not answer.
_STATUS_S = 3.0
#: The sentence for that case.
INBOX_HANGS = "The inbox does not answer: look at its disk or share."
_GLANCE_S = 0.25
# A look at fifty thousand results takes 0.4 s of the interpreter, which the loop needs too. So the pause after a look
# is so many times as long as the look, up to so many seconds: the very first look reads all results.
_LOOK_PAUSE, _LONGEST_PAUSE_S = 9, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What the page needs from the daemon.

    Attributes:
        latest: Returns the latest snapshot; None before the first.
        retry: How documents are taken back into work.
        guard: Who may use the page.
        run_errand: Has something done by the thread that owns the outbox, when that has time.
    """

    settings: Settings
    journal: Journal
    latest: Callable[[], Snapshot | None]
    retry: RetrySettings
    guard: GuardSettings
    run_errand: Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether nothing stops the daemon's work; ``status`` is ``ok`` or ``trouble``."""

    status: str
    troubles: int


class Site:
    """The endpoints that are not about one document, and the background tasks."""

    def __init__(self, context: PageContext) -> None:
        settings = context.settings
        self._settings = settings
        self._latest = context.latest
        self._token, self._port = context.guard.token, context.guard.port
        self._static = static_files()
        self._state = context.journal.folder
        self._removed = 0
        self._metrics = Metrics(settings.outbox, context.latest, self._list_facts)
        self.history = History(settings.outbox, heard=self._metrics.count)
        self.search = TextSearch(self.history, context.journal.folder.search)
        self.state_events = StateEvents(lambda: snapshot_to_news(self._latest(), self.history.version))
        mib = min(settings.web.upload_mib, settings.limits.file_mib)
        self._uploads = Uploads(
            UploadSettings(
                inbox=settings.inbox,
                mib=mib,
                engine=settings.engine,
                when_unreachable=settings.when_unreachable,
                kinds=settings.watch.kinds,
            )
        )
        self._index = index_page(
            IndexFacts(
                engine=settings.engine,
                when_unreachable=settings.when_unreachable,
                kinds=settings.watch.kinds,
                upload_mib=mib,
                folders=_folder_views(settings),
            )
        )
        self._disk = DiskWork("status", size=1, patience_s=_STATUS_S)
        self._delivered = -1
        #: What is done in the background when the application has begun to run.
        self.at_start: list[Callable[[], Coroutine[None, None, None]]] = []
        self._reading = asyncio.Lock()

    @asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        """Run the events and the looks at the outbox while the application runs."""
        del app
        with suppress(OSError):
            await self._uploads.remove_stale()
        self.search.start()
        works = (self.state_events.run, self._keep_looking, *self.at_start)
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._uploads.close()
            self._disk.close()
            await asyncio.to_thread(self.search.stop)

    async def _keep_looking(self) -> None:
        """Look at the outbox when something was delivered, and regularly while a client watches."""
        looked = -_LOOK_S
        while True:
            began = time.monotonic()
            snapshot = self._latest()
            delivered = snapshot.published + snapshot.failed if snapshot else 0
            due = self.state_events.watchers and began - looked > _LOOK_S
            if due or delivered != self._delivered:
                self._delivered, looked = delivered, began
                await self._look()
            await asyncio.sleep(pause_after(time.monotonic() - began))

    async def _look(self) -> None:
        before = self.history.version
        try:
            await asyncio.to_thread(self.history.refresh)
        except Exception:  # noqa: BLE001 — unattended: an unexpected file must not end the looks
            logger().exception("fault_in_history")
        if self.history.version != before:
            self.state_events.wake()

    @answers({200: "text/html"}, for_people=True)
    async def index(self, request: Request) -> Response:
        """GET: the front page."""
        del request
        return self._index

    @answers({200: "*/*"}, 404, for_people=True, is_open=True)
    async def static(self, request: Request) -> Response:
        """GET: a file of the page."""
        found = self._static.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "There is no such file.")
        return Response(found[0], media_type=found[1], headers={"cache-control": "no-cache"})

    @answers({200: "text/event-stream"}, 503)
    async def events(self, request: Request) -> Response:
        """GET: the state, and each change of it."""
        del request
        if self.state_events.watchers >= WATCHERS:
            raise HTTPException(503, "Too many browsers watch already.", headers={"retry-after": "30"})
        self.search.want()
        return StreamingResponse(self.state_events.stream(), media_type="text/event-stream")

    @answers({201: Uploaded}, 400, 408, 409, 411, 413, 415, 503, 507, body="application/pdf", query=UPLOAD_QUERY)
    async def upload(self, request: Request) -> Response:
        """POST: a file for the inbox."""
        snapshot = self._latest()
        return await self._uploads.take(request, len(snapshot.documents) if snapshot else 0)

    @answers({200: Status})
    async def status(self, request: Request) -> Response:
        """GET: the same as ``dropleaf status --json``."""
        del request
        async with self._reading:  # one at a time, since it reads hundreds of files
            await self._look()
            settings = self._settings
            listed = InboxStatus()
            trouble: tuple[str, ...] = ()
            try:
                listed = await self._disk.do("inbox", partial(list_inbox, settings.inbox, settings.watch.kinds))
            except TimeoutError:  # what is in work and delivered is known without the inbox
                trouble = (INBOX_HANGS,)
            read = partial(read_status, settings.inbox, settings.outbox, listed=listed, listing=self.history.listing)
            found = await asyncio.to_thread(read)
            found = replace(found, troubles=(*found.troubles, *trouble))
        return Response(value_to_json(found, indented=True), media_type="application/json")

    @answers({200: Health, 503: Health}, is_open=True)
    async def health(self, request: Request) -> Response:
        """GET: 200 while nothing stops the daemon's work, else 503; it says nothing about documents."""
        del request
        snapshot = self._latest()
        troubles = len(snapshot.troubles) if snapshot else 0
        facts = Health(status="trouble" if troubles else "ok", troubles=troubles)
        return Response(value_to_json(facts), status_code=503 if troubles else 200, media_type="application/json")

    @answers({200: "text/plain"})
    async def metrics(self, request: Request) -> Response:
        """GET: figures for Prometheus."""
        del request
        await self._look()
        self._removed = await asyncio.to_thread(count_removals, self._state)
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE})

    def _list_facts(self) -> ListFacts:
        search = self.search
        return ListFacts(
            review=self.history.review, searchable=search.indexed, unread=search.left, removed=self._removed
        )

    @answers({200: "text/plain"}, 401, 408, 413, body="text/plain", is_open=True)
    async def sign_in(self, request: Request) -> Response:
        """POST: a browser sends the token, and gets a cookie."""
        sent = await read_secret(request, "token")
        if self._token is None or not is_same(sent, self._token):
            raise HTTPException(401, "That is not the token of the settings.")
        response = PlainTextResponse("Welcome.\n")
        name, value = port_to_cookie_name(self._port), token_to_cookie(self._token, self._port)
        response.set_cookie(name, value, httponly=True, samesite="strict")
        return response


def _folder_views(settings: Settings) -> list[FolderView]:
    return [
        FolderView(pattern=pattern, words=rule.words, plain=pattern_to_folder(pattern))
        for pattern, rule in settings.folders.items()
    ]


def pause_after(look_s: float) -> float:
    """Seconds until the next look at the outbox, after a look that took ``look_s`` seconds."""
    return min(max(_GLANCE_S, _LOOK_PAUSE * look_s), _LONGEST_PAUSE_S)


async def answer_error(request: Request, error: Exception) -> Response:
    """An error: a page for people, a sentence for programs."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    sentence = as_sentence(error.detail) if isinstance(error, HTTPException) else "The file is gone."
    if "text/html" in request.headers.get("accept", ""):
        return error_page(status, sentence)
    headers = error.headers if isinstance(error, HTTPException) else None
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(sorted(_methods_at(request)))}
    body = value_to_json(Problem(error=sentence))
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def _methods_at(request: Request) -> set[str]:
    """The methods of all routes to the address: the error names those of the first one."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in routes for method in route.methods or ()}


def create_app(context: PageContext) -> tuple[Starlette, Site]:
    """The application, and its part that must be told of changes."""
    site = Site(context)
    settings = context.settings
    originals = Originals(outbox=settings.outbox, inbox=settings.inbox)
    passwords = Passwords(settings.passwords)
    made = MadeOutputs(settings.outbox)
    listed, archives = DocumentList(site.history), Archives(site.history, originals, made)
    results = Results(site.history, originals, settings, passwords, made)
    retries = Retries(site.history, originals, context.journal, context.retry, passwords)
    selections = Selections(site.history, context.journal.folder, retries)
    site.at_start.append(selections.finish_interrupted)
    removed = RemovedDocuments(site.history, context.journal.folder, context.run_errand)
    reviews = Reviews(site.history, context.journal.folder, context.run_errand)
    orders = OrderEndpoints(context.journal.folder)
    routes = [
        Route("/", site.index),
        Route("/static/{name:str}", site.static),
        Route("/events", site.events),
        Route("/healthz", site.health),
        Route("/metrics", site.metrics),
        Route(SIGN_IN, site.sign_in, methods=["POST"]),
        Route("/api/status", site.status),
        *_list_routes(listed, site.search),
        Route("/api/documents", site.upload, methods=["POST"]),
        Route("/api/documents/{ident:str}/retry", retries.retry, methods=["POST"]),
        Route("/api/documents/{ident:str}/redo", retries.redo, methods=["POST"]),
        Route("/api/documents/{ident:str}/password", retries.unlock, methods=["POST"]),
        Route("/api/retry", selections.retry, methods=["POST"]),
        Route("/api/redo", selections.redo, methods=["POST"]),
        *_order_routes(orders),
        *_selection_routes(removed, archives),
        *_document_routes(results),
        *_review_routes(reviews),
    ]
    routes.append(Route("/api/openapi.json", ApiDescription(routes).tell))
    guard = Middleware(Guard, settings=context.guard)
    handlers = {HTTPException: answer_error, OSError: answer_error}
    app = Starlette(routes=routes, middleware=[guard], exception_handlers=handlers, lifespan=site.running)
    return app, site


def _list_routes(listed: DocumentList, search: TextSearch) -> list[Route]:
    return [
        Route("/api/history", listed.part),
        Route("/api/history/idents", listed.idents),
        Route("/api/search", search.search),
        Route("/api/documents/{ident:str}", listed.one),
    ]


def _document_routes(results: Results) -> list[Route]:
    document = "/documents/{ident:str}"
    return [
        Route(document, results.page),
        Route(f"{document}/result", results.whole),
        Route(f"{document}/pages/{{number:str}}", results.section),
        Route(f"{document}/pages/{{number:str}}/picture", results.picture),
        Route(f"{document}/download/{{ending:str}}", results.download),
    ]


def _review_routes(reviews: Reviews) -> list[Route]:
    return [
        Route("/review", reviews.queue),
        Route("/api/documents/{ident:str}/review", reviews.read),
        Route("/api/documents/{ident:str}/review", reviews.settle, methods=["POST"]),
    ]


def _order_routes(orders: OrderEndpoints) -> list[Route]:
    return [
        Route("/api/pause", orders.pause_all, methods=["POST"]),
        Route("/api/resume", orders.resume_all, methods=["POST"]),
        Route("/api/work/{ident:str}/pause", orders.pause, methods=["POST"]),
        Route("/api/work/{ident:str}/resume", orders.resume, methods=["POST"]),
        Route("/api/work/{ident:str}/cancel", orders.cancel, methods=["POST"]),
        Route("/api/work/{ident:str}/priority", orders.prefer, methods=["POST"]),
    ]


def _selection_routes(removed: RemovedDocuments, archives: Archives) -> list[Route]:
    return [
        Route("/api/remove", removed.remove, methods=["POST"]),
        Route("/api/restore", removed.restore, methods=["POST"]),
        Route("/api/removed", removed.list),
        Route("/api/archives", archives.prepare, methods=["POST"]),
        Route("/api/archives/{ident:str}", archives.download),
    ]
