"""The page for tests: alone in a thread of this process, asked byte by byte, or looked at by a real browser."""

import http.client
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from daemons import until
from playwright.sync_api import Browser, sync_playwright
from structlog.testing import capture_logs

from pipeline.choices import Engine, OriginalAction
from pipeline.document import Document
from pipeline.files.json_values import JsonObject
from pipeline.kinds import Kind
from pipeline.results.journal import Journal
from pipeline.results.state_folder import state_folder_of
from pipeline.settings.sections import Watch, Web
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot
from pipeline.web.retries import RetrySettings
from pipeline.web.server import WebPage

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")

# As long as anything may take on a machine that does three other things.
PATIENCE_S = 90.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",  # a foreign name that leads to this machine
)


@contextmanager
def browser() -> Iterator[Browser]:
    """A real Chromium, without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield opened
        finally:
            opened.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page said."""

    status: int
    headers: dict[str, str]
    body: bytes

    def tree(self) -> dict[str, object]:
        """The body as JSON."""
        found: dict[str, object] = json.loads(self.body)
        return found


class Watching:
    """Somebody who watches: the stream of events, read one by one."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def next_event(self) -> JsonObject:
        """The data of the next event.

        Raises:
            AssertionError: The stream ended, or nothing but signs of life came.
        """
        limit = time.monotonic() + PATIENCE_S
        while line := self._response.readline():
            if line.startswith(b"data: "):
                event: JsonObject = json.loads(line.removeprefix(b"data: "))
                return event
            assert time.monotonic() < limit, "no event came"
        raise AssertionError("the stream is over")

    def events_until(self, wanted: Callable[[JsonObject], bool]) -> list[JsonObject]:
        """All events up to the first one that is wanted, which is the last of the list.

        Raises:
            AssertionError: It did not come.
        """
        limit = time.monotonic() + PATIENCE_S
        events = [self.next_event()]
        while not wanted(events[-1]):
            assert time.monotonic() < limit, f"it did not come; the last was {events[-1]}"
            events.append(self.next_event())
        return events

    def rest(self) -> bytes:
        """What comes until the stream ends."""
        return self._response.read()


def at_once(errand: Callable[[], None]) -> None:
    """Do what the thread that publishes is to do."""
    errand()


@dataclass(slots=True, kw_only=True)
class RunningPage:
    """A page without a daemon.

    Attributes:
        posted: Documents that it has handed over.
            run_errand: In the place of the thread that publishes.
    """

    page: WebPage
    port: int
    inbox: Path
    outbox: Path
    journal: Journal
    posted: list[Document] = field(default_factory=list)
    run_errand: Callable[[Callable[[], None]], None] = at_once

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request with exactly these headers (``_`` for ``-``), and a Host unless one is given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": f"127.0.0.1:{self.port}"} | named).items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in named and "Transfer-Encoding" not in named:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            with connection.getresponse() as response:
                fields = {name.lower(): value for name, value in response.getheaders()}
                return Answer(status=response.status, headers=fields, body=response.read())

    @contextmanager
    def watch(self) -> Iterator[Watching]:
        """A stream of events, before its first one has been read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with closing(connection):
            connection.request("GET", "/events")
            with connection.getresponse() as response:
                assert response.status == HTTPStatus.OK
                yield Watching(response)

    def get(self, path: str, **headers: str) -> Answer:
        """As a program asks."""
        return self.ask("GET", path, None, **headers)

    def drop(self, body: bytes, query: str = "name=x.pdf", **headers: str) -> Answer:
        """Upload a file as the page's own script does."""
        usual = {"Content_Type": "application/pdf", "X_Dropleaf": "1"}
        return self.ask("POST", f"/api/documents?{query}", body, **{**usual, **headers})


@contextmanager
def page_alone(
    root: Path,
    *,
    engine: Engine = Engine.BASIC,
    originals: str = "move",
    kinds: tuple[Kind, ...] = tuple(Kind),
    **web: object,
) -> Iterator[RunningPage]:
    """The page in a thread of this process, over an inbox and an outbox of its own.

    Args:
        root: An existing folder.
        engine: Of the settings.
        originals: Of the settings.
        kinds: Of the files that are taken.
        **web: Keys of the settings' group.
    """
    inbox, outbox = root / "inbox", root / "outbox"
    inbox.mkdir(exist_ok=True)
    settings = Settings.model_construct(
        **{
            **dict(Settings()),
            "inbox": inbox,
            "outbox": outbox,
            "engine": engine,
            "originals": OriginalAction(originals),
            "watch": Watch(kinds=kinds),
            "web": Web.model_validate({"port": 0, **web}),
        }
    )
    journal = Journal(state_folder_of(outbox))
    posted: list[Document] = []

    def run_errand(errand: Callable[[], None]) -> None:
        running.run_errand(errand)

    before = _threads()
    page = WebPage(
        settings,
        journal,
        retry=RetrySettings(
            engine_of=lambda _folder, _name: engine,
            fingerprint_of=lambda _folder, _name: "test",
            post=posted.append,
        ),
        run_errand=run_errand,
    )
    with capture_logs() as log:
        page.start()
    try:
        line = next((each for each in log if each["event"] == "web_page"), None)
        assert line is not None, log
        port = int(str(line["url"]).rpartition(":")[2])
        running = RunningPage(page=page, port=port, inbox=inbox, outbox=outbox, journal=journal, posted=posted)
        # Its parts are made in its own thread: what a test puts in the place of a limit must not be there by then, or
        # it would stay for all tests that share the page.
        assert running.get("/healthz").status in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}
        yield running
    finally:
        page.stop()
        until(lambda: not _threads() - before)


def _threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith(("web page", "AnyIO"))}


def snapshot(**fields: object) -> Snapshot:
    """A snapshot of a daemon that does nothing, but for these fields."""
    return Snapshot(**{"at": time.time(), "pid": 1, "started_at": time.time(), **fields})  # type: ignore[arg-type]  # the caller's
