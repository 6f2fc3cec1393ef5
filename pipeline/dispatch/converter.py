"""Everything between a claimed document and its results: built, started and stopped in order.

The daemon feeds it from the inbox, ``dropleaf convert`` from the command line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.choices import Engine, OriginalAction
from pipeline.deadline import Deadline
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.loop import Collaborators, Loop
from pipeline.dispatch.opening import Opening, OpeningSettings
from pipeline.dispatch.overview import Tally
from pipeline.dispatch.pages import Pages, PagesSettings
from pipeline.dispatch.pools import Pools
from pipeline.dispatch.recognition import Recognition
from pipeline.dispatch.server_routes import server_to_route
from pipeline.document import Document, Outcome
from pipeline.log.log import resolve
from pipeline.log.worker_relay import Relay
from pipeline.results.journal import Journal
from pipeline.results.manifest import RunSettings
from pipeline.results.outbox import Outbox
from pipeline.results.publisher import Publisher, PublisherSettings
from pipeline.servers.monitor import ServerMonitor
from pipeline.servers.server_book import ServerBook, ServerEntry
from pipeline.settings.cluster import servers_to_places
from pipeline.settings.sections import Server
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot
from pipeline.threads.mailbox import Mailbox
from pipeline.vision.profiles.seen_dialects import SeenDialects

if TYPE_CHECKING:
    from pipeline.dispatch.mail import Mail

# Seconds that workers get at the end to exit by themselves; they are idle by then, or their time is over.
_LEAVE_S = 1.0
# Pages at once on a server, where many machines ask it.
_MOST_SLOTS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMemory:
    """What outlives a converter.

    Attributes:
        seen: What the models' answers have been in.
        on_return: Called, in the loop's thread, when a server is back that could not be used; must be quick.
        ended: Called, in the publisher's thread, with the ident, the outcome and the manifest of each document; after
            a crash it may be again.
    """

    seen: SeenDialects = field(default_factory=SeenDialects)
    on_return: Callable[[], None] = lambda: None
    ended: Callable[[str, Outcome, Path], None] = lambda _ident, _outcome, _manifest: None


class Converter:
    """Takes documents by mail until it is told to end."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        *,
        outbox: Path,
        originals: OriginalAction,
        show: Callable[[Snapshot], None],
        memory: "ServerMemory | None" = None,
    ) -> None:
        """Start the workers; nothing is converted before :meth:`run`.

        Args:
            settings: Of the whole program.
            journal: Of finished pages.
            outbox: Where results go.
            originals: What is done with the original files.
            show: Called with snapshots, in the thread that runs.
            memory: What is known of servers, and who is told of them; None for nothing and nobody.
        """
        memory = memory or ServerMemory()
        self.mailbox: Mailbox[Mail] = Mailbox()
        self._relay = Relay() if resolve(settings.log.format) == "journal" else None
        by_folder = SettingsByFolder(settings)
        asked = Engine.LMSTUDIO in by_folder.engines or settings.web.enabled
        self._pools = Pools(settings, journal.folder, relay=self._relay, asked=asked)
        self._monitor = ServerMonitor(timeout_s=settings.timeouts.connect, post=self.mailbox.post)
        deaths = Deaths(journal.folder)
        run = PublisherSettings(run=_run_settings(settings), originals=originals, ended=memory.ended)
        box = Outbox(outbox, journal, inbox=settings.inbox)
        post = self.mailbox.post
        self._publisher = Publisher(box, journal, settings=run, watched=deaths.publishing, post=post)
        page_timeout_s = settings.timeouts.page
        self._recognition = Recognition(self._pools.start_recognition, journal, deaths, page_timeout_s=page_timeout_s)
        servers = _server_book(settings, memory)
        pool = self._pools.pages
        collaborators = Collaborators(
            pool=pool,
            opening=Opening(pool, journal, deaths, _opening_settings(settings), by_folder.of),
            pages=Pages(pool, journal, deaths, servers, _pages_settings(settings)),
            recognition=self._recognition,
            deaths=deaths,
            servers=servers,
            publisher=self._publisher,
            mailbox=self.mailbox,
            monitor=self._monitor,
        )
        self._ended_well = False
        self._loop = Loop(collaborators, engine=settings.engine, show=show, on_return=memory.on_return)

    def run(self) -> Tally:
        """Convert what comes until told to end.

        Raises:
            PipelineError: It cannot go on; nothing is lost.
        """
        self._publisher.start()
        tally = self._loop.run()
        self._ended_well = True
        return tally

    @property
    def unfinished(self) -> list[Document]:
        """Documents that were taken and not delivered, after :meth:`close`."""
        return self._loop.unfinished

    def run_errand(self, errand: Callable[[], None]) -> None:
        """Have something else done in the outbox, by the thread that publishes, when it has time."""
        self._publisher.run_errand(errand)

    def leave_unpublished(self) -> None:
        """Publish nothing more; what is finished stays in the working state."""
        self._publisher.leave()

    def close(self) -> None:
        """Stop everything; all others that post mail must have ended before.

        The order: first the workers, since nobody takes their results any more, and their log; then the publisher,
        which still publishes what is complete; then the monitor; last the mailbox, to which all of them post.
        """
        self._pools.close(Deadline.after(_LEAVE_S))
        self._recognition.close(Deadline.after(0))
        if self._relay is not None:
            self._relay.close()
        self._publisher.stop()
        self._monitor.stop()
        if self._ended_well:
            self._loop.note_good_end()
        self.mailbox.close()


def _server_book(settings: Settings, memory: ServerMemory) -> ServerBook:
    entries = [_entry_of(server) for server in settings.servers]
    most = settings.workers if settings.pool.kind == "local" else _MOST_SLOTS
    return ServerBook(entries, workers=settings.workers, most=most, profiles=settings.profiles, seen=memory.seen)


def _entry_of(server: Server) -> ServerEntry:
    slots = None if server.slots == "auto" else server.slots
    return ServerEntry(
        url=server.url, model=server.model, slots=slots, api_key=server.api_key, route=server_to_route(server)
    )


def _pages_settings(settings: Settings) -> PagesSettings:
    return PagesSettings(
        page_timeout_s=settings.timeouts.page,
        hours=settings.hours,
        places=servers_to_places(settings.servers, settings.pool),
    )


def _opening_settings(settings: Settings) -> OpeningSettings:
    return OpeningSettings(
        file_mib=settings.limits.file_mib,
        pages=settings.limits.pages,
        workers=settings.workers,
        document_timeout_s=settings.timeouts.document,
    )


def _run_settings(settings: Settings) -> RunSettings:
    return RunSettings(
        engine=settings.engine,
        workers=settings.workers,
        page_timeout_s=settings.timeouts.page,
        document_timeout_s=settings.timeouts.document,
    )
