"""The page's thread: the daemon starts and ends it, and it never blocks the daemon."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot
from pipeline.web.addresses import Listeners, is_loopback, names_of
from pipeline.web.app import PageContext, Site, create_app
from pipeline.web.guard import GuardSettings
from pipeline.web.listening import listen, listeners_to_url
from pipeline.web.own_token import settings_to_token
from pipeline.web.protocol import HEAD_BYTES, IDLE_S, LimitedProtocol
from pipeline.web.retries import RetrySettings

# Seconds that running answers get when the daemon ends.
_GRACE_S = 1
# Seconds after which a page that failed is started again.
_PAUSE_S = 5.0


class WebPage:
    """Starts, takes snapshots, stops; an error of the page is logged, and affects nothing else."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        *,
        retry: RetrySettings,
        run_errand: Callable[[Callable[[], None]], None],
        listeners: Listeners | None = None,
    ) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            settings: Of the whole program.
            journal: Of the daemon.
            retry: How documents are taken back into work; used in the page's thread.
            run_errand: Has something done by the thread that owns the outbox, when that has time.
            listeners: The port, if it is open already.
        """
        self._settings = settings
        self._run_errand = run_errand
        self._journal = journal
        self._retry = retry
        self._snapshot: Snapshot | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._site: Site | None = None
        self._listeners = listeners or Listeners()
        self._token: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="web page")

    def start(self) -> None:
        """Listen, if that is possible and not done yet; else the daemon goes on without a page."""
        web = self._settings.web
        if not self._listeners.sockets:
            self._listeners = listen(web)
        url = listeners_to_url(self._listeners, web.host)
        if url is None:
            return
        try:
            self._token = settings_to_token(web, self._settings.outbox)
        except OSError as error:
            logger().error("no_web_page", error=f"the token cannot be kept: {error.strerror}", folder=error.filename)
            self._listeners.close()
            return
        logger().info("web_page", url=url)
        if not is_loopback(web.host):
            logger().warning("web_page_in_the_network", advice="what it shows travels unencrypted; see settings.yaml")
        self._thread.start()

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot; called by the loop, so it only keeps it and wakes the page."""
        self._snapshot = snapshot
        loop, site = self._loop, self._site
        if loop is not None and site is not None and site.state_events.watchers:
            with suppress(RuntimeError):  # the loop has just ended
                loop.call_soon_threadsafe(site.state_events.wake)

    def stop(self) -> None:
        """End the thread; running answers get a short time."""
        self._stopping.set()
        loop, site, server = self._loop, self._site, self._server
        if loop is not None and site is not None and server is not None:
            server.should_exit = True
            with suppress(RuntimeError):  # the loop has just ended
                # Streams do not end by themselves, and the server would wait for them.
                loop.call_soon_threadsafe(site.state_events.close)
        if self._thread.ident is not None:
            self._thread.join()
        self._listeners.close()

    def _run(self) -> None:
        # Invalid requests, which anybody can send, get no line in the daemon's log.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        while not self._stopping.is_set():
            try:
                asyncio.run(self._serve())
            except Exception:  # noqa: BLE001 — unattended: a broken page must not disturb a conversion
                logger().exception("web_page_broke")
            self._loop = self._site = None
            self._stopping.wait(_PAUSE_S)

    async def _serve(self) -> None:
        web = self._settings.web
        port = self._listeners.port
        app, self._site = create_app(
            PageContext(
                settings=self._settings,
                journal=self._journal,
                latest=lambda: self._snapshot,
                retry=self._retry,
                run_errand=self._run_errand,
                guard=GuardSettings(
                    names=names_of(web.host, port), port=port, any_local=not is_loopback(web.host), token=self._token
                ),
            )
        )
        config = uvicorn.Config(
            app,
            http=LimitedProtocol,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=int(IDLE_S),
            timeout_graceful_shutdown=_GRACE_S,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.get_running_loop()
        if self._stopping.is_set():
            return
        await self._server.serve(sockets=[each.dup() for each in self._listeners.sockets])
