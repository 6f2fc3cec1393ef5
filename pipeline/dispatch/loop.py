"""The loop that owns all state: what is in work, what came back, what is finished.

It waits for its workers, for mail from other threads, and for the next deadline.  No lock guards anything here, since
only this loop changes it; other threads post mail, or read the latest snapshot.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.choices import Engine
from pipeline.deadline import Deadline
from pipeline.dispatch.batch import Batch
from pipeline.dispatch.conversion import Conversion, Phase
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.lasting_trouble import LastingTrouble
from pipeline.dispatch.mail import Call, Mail, NoMoreDocuments, Stop
from pipeline.dispatch.notes import Notes
from pipeline.dispatch.opening import Opening
from pipeline.dispatch.overview import Tally, take_snapshot
from pipeline.dispatch.pages import Pages
from pipeline.dispatch.recognition import Recognition
from pipeline.document import Document
from pipeline.errors import CancelledError, DocumentError, NoSuchPageError, PoolError, PublishError, ThreadError
from pipeline.log.log import bound, logger
from pipeline.pool.interface import Done, Expired, Pool, PoolEvent, Progress, event_to_loss
from pipeline.results.orders import Orders
from pipeline.results.publisher import Finished, Published, Publisher
from pipeline.servers.facts import ServerFacts
from pipeline.servers.monitor import ServerMonitor
from pipeline.servers.server_book import ServerBook
from pipeline.status.snapshot import Snapshot
from pipeline.threads.mailbox import Fault, Mailbox, Trouble

# The loop turns at least this often, to look at the documents' clocks and to tell the service manager that it lives.
_TURN_S = 0.5
# Seconds between two snapshots: people read them, so no more are needed.
_SNAPSHOT_S = 0.2
# A snapshot of a thousand documents takes long; the work gets this many times as long before the next one.
_SNAPSHOT_PAUSE = 20.0
# Seconds for which nothing is given out after a disk error.
_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaborators:
    """What the loop uses; only the mailbox and the publisher's queue are used by other threads, too."""

    pool: Pool
    opening: Opening
    pages: Pages
    recognition: Recognition
    deaths: Deaths
    servers: ServerBook
    publisher: Publisher
    mailbox: Mailbox[Mail]
    monitor: ServerMonitor


def _is_going_on(conversion: Conversion) -> bool:
    """Whether pages of a document may be given out."""
    return conversion.phase is Phase.CONVERTING and not conversion.paused and not conversion.cancelled


class Loop:
    """The loop; :meth:`run` returns when everything is done or when it was told to stop."""

    def __init__(
        self,
        collaborators: Collaborators,
        *,
        engine: Engine,
        show: Callable[[Snapshot], None],
        on_return: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing happens before :meth:`run`.

        Args:
            collaborators: What the loop uses.
            engine: That reads the pages where none was chosen for the document.
            show: Called with snapshots, several times a second while something changes; must be quick.
            on_return: Called when a server is back that could not be used; must be quick.
        """
        self._collaborators = collaborators
        self._engine = engine
        self._show = show
        self._on_return = on_return
        self._conversions: dict[str, Conversion] = {}
        self._unreceived: list[Document] = []
        self._delivered: list[Conversion] = []
        self._tally = Tally(started_at=time.time())
        self._batch = Batch()
        self._paused = Deadline.after(0)
        self._stopping: Deadline | None = None
        self._ending = False
        self._lasting_trouble = LastingTrouble()
        self._more_to_give = False
        self._orders = Orders()
        self._notes = Notes()
        self._next_snapshot = Deadline.after(0)

    def run(self) -> Tally:
        """Turn the loop until everything is done; what is unfinished by then stays in the journal.

        Returns:
            What became of the documents.

        Raises:
            ThreadError: Another thread of the daemon has ended by a fault.
            PublishError: A single run could deliver nothing for a long time.
        """
        while not self._is_over():
            now = time.monotonic()
            self._ask_servers(now)
            self._give_out(now)
            self._show_snapshot()
            for event in self._wait():
                self._take_event(event, time.monotonic())
            for mail in self._collaborators.mailbox.drain():
                self._take_mail(mail)
            if self._ending:
                self._lasting_trouble.check(self._tally.troubles, undelivered=len(self._conversions))
        self._next_snapshot = Deadline.after(0)
        self._show_snapshot()
        return self._tally

    @property
    def unfinished(self) -> list[Document]:
        """Documents that were taken and not delivered, after :meth:`run`."""
        return [*(conversion.document for conversion in self._conversions.values()), *self._unreceived]

    def note_good_end(self) -> None:
        """Note on disk that no document ended this daemon; to be called after a good end, when nothing is published."""
        for mail in self._collaborators.mailbox.drain():
            if isinstance(mail, Published):
                self._take_published(mail)
            elif isinstance(mail, Document):
                self._unreceived.append(mail)
        for conversion in self._conversions.values():
            try:
                if conversion.first_page_at is not None:
                    self._collaborators.deaths.daemon_ends(conversion.document)
            except PublishError as error:
                logger().warning("try_not_taken_back", document=conversion.document.name, error=str(error))

    def _is_over(self) -> bool:
        if self._stopping is not None:
            collaborators = self._collaborators
            in_work = collaborators.pages.in_work or collaborators.opening.in_work or collaborators.recognition.in_work
            return self._stopping.expired or not in_work
        return self._ending and not self._conversions

    def _wait(self) -> list[PoolEvent]:
        until = Deadline.after(0 if self._more_to_give else _TURN_S)
        if self._stopping is not None:
            until = until.sooner(self._stopping)
        try:
            recognition = self._collaborators.recognition
            events = self._collaborators.pool.wait(until, [self._collaborators.mailbox, *recognition.descriptors()])
        except PoolError as error:
            self._report_trouble("pool", str(error), advice="it is tried again")
            return []
        if events or self._collaborators.pool.idle:
            self._tally.note("pool", None)
        return [*events, *self._collaborators.recognition.events(time.monotonic())]

    def _give_out(self, now: float) -> None:
        self._more_to_give = False
        if self._stopping is not None or not self._paused.expired:
            return
        converting = [] if self._orders.paused else [each for each in self._conversions.values() if _is_going_on(each)]
        try:
            self._collaborators.opening.give_out(1)
            self._more_to_give = self._collaborators.pages.give_out(converting, now)
            self._collaborators.recognition.give_out(converting, now)
            self._collaborators.opening.give_out(len(self._conversions))
        except PublishError as error:
            self._pause(str(error))
        for conversion in converting:
            self._publish_if_complete(conversion)

    def _ask_servers(self, now: float) -> None:
        """Ask about the state of each server for which it is time."""
        engines = {self._engine, *(each.settings.engine for each in self._conversions.values())}
        if Engine.LMSTUDIO in engines:
            wanted = self._collaborators.pages.asks_model and any(map(_is_going_on, self._conversions.values()))
            for entry in self._collaborators.servers.to_ask(now, wanted=wanted):
                self._collaborators.monitor.ask(entry)
            for entry in self._collaborators.servers.to_look_at(now):
                self._collaborators.monitor.look(entry)

    def _take_event(self, event: PoolEvent, now: float) -> None:
        if self._collaborators.opening.has(event.key):
            self._take_inspection(event, now)
        elif (conversion := self._collaborators.pages.conversion_of(event.key)) is not None:
            with bound(document=conversion.document.name):
                self._take_page(event, now)
            self._publish_if_complete(conversion)
        elif (conversion := self._collaborators.recognition.conversion_of(event.key)) is not None:
            with bound(document=conversion.document.name):
                self._collaborators.recognition.take(event, now)
            self._publish_if_complete(conversion)

    def _take_inspection(self, event: PoolEvent, now: float) -> None:
        opening = self._collaborators.opening
        try:
            if isinstance(event, Progress):
                return
            if isinstance(event, Done):
                conversion, error = opening.take_result(event.key, event.value, now)
            else:
                conversion, error = opening.take_loss(event.key, event_to_loss(event))
        except PublishError as trouble:
            self._pause(str(trouble))
            return
        self._tally.note("disk", None)
        if isinstance(error, NoSuchPageError):
            self._tally.refused.append(f"{conversion.document.name}: {error}")
            self._drop(conversion)
        elif error is not None:
            self._publish(conversion, error)
        elif conversion.cancelled:
            self._end_cancelled(conversion)
        elif conversion.phase is Phase.CONVERTING:
            self._collaborators.pages.begin(conversion)
            logger().info("begun", document=conversion.document.name, pages=conversion.page_count)
            self._tally.remark_on_pages(conversion.document, conversion.page_count)
            self._publish_if_complete(conversion)

    def _take_page(self, event: PoolEvent, now: float) -> None:
        pages = self._collaborators.pages
        if isinstance(event, Progress):
            pages.take_report(event.key, event.value, now)
        elif isinstance(event, Done):
            if trouble := pages.take_result(event.key, event.value, now):
                self._pause(trouble)
            else:
                self._tally.note("disk", None)
        elif isinstance(event, Expired):
            pages.take_overdue(event.key, now)
        else:
            pages.take_loss(event.key, event_to_loss(event), now)

    def _take_mail(self, mail: Mail) -> None:
        match mail:
            case Document():
                self._receive(mail)
            case Published():
                self._take_published(mail)
            case Trouble():
                self._tally.note(mail.what, mail.detail, harmless=mail.harmless)
            case Fault():
                why = "an error in Dropleaf, which the log shows"
                raise ThreadError(f"its {mail.thread} has failed by {why}; nothing is lost: start it again")
            case ServerFacts() | Orders():
                self._take_news(mail)
            case Call():
                mail.function()
            case NoMoreDocuments() | Stop():
                self._begin_to_stop(mail)

    def _take_news(self, news: ServerFacts | Orders) -> None:
        if isinstance(news, Orders):
            self._take_orders(news)
        elif self._collaborators.servers.learn(news, time.monotonic()):
            self._on_return()

    def _begin_to_stop(self, mail: NoMoreDocuments | Stop) -> None:
        if isinstance(mail, NoMoreDocuments):
            self._ending = True
        else:
            self._stopping = Deadline.after(mail.grace_s)
            logger().info("stopping", pages_in_work=self._collaborators.pages.in_work, grace_s=mail.grace_s)

    def _take_published(self, mail: Published) -> None:
        self._lasting_trouble.note_delivery()
        if mail.ident in self._conversions:
            conversion = self._conversions.pop(mail.ident)
            self._batch.count(conversion, last=not self._conversions)
            self._collaborators.deaths.forget(conversion.document)
            self._delivered.append(conversion)
        self._tally.count(mail.outcome, mail.manifest)

    def _receive(self, document: Document) -> None:
        self._batch.begin(self._conversions.values())
        try:
            conversion = self._collaborators.opening.receive(document)
        except DocumentError as error:
            conversion = Conversion(document, began_at=time.time())
            self._conversions[document.ident] = conversion
            self._publish(conversion, error)
        else:
            self._conversions[document.ident] = conversion
            self._apply_orders(conversion)

    def _take_orders(self, orders: Orders) -> None:
        if orders.paused != self._orders.paused:
            logger().info("paused" if orders.paused else "goes_on", document="all")
        self._orders = orders
        for conversion in list(self._conversions.values()):
            self._apply_orders(conversion)

    def _apply_orders(self, conversion: Conversion) -> None:
        """Have a document be treated as its user has ordered."""
        orders, document = self._orders.of(conversion.document.ident), conversion.document
        if orders.paused != conversion.paused:
            logger().info("paused" if orders.paused else "goes_on", document=document.name)
        conversion.paused = orders.paused
        conversion.priority = conversion.settings.priority if orders.priority is None else orders.priority
        if orders.cancelled and not conversion.cancelled and conversion.phase is not Phase.PUBLISHING:
            conversion.cancelled = True
            if conversion.phase is Phase.CONVERTING:
                self._collaborators.pages.withdraw(conversion)
                self._collaborators.recognition.withdraw(conversion)
                self._publish_if_complete(conversion)
            elif self._collaborators.opening.withdraw(conversion):
                self._end_cancelled(conversion)

    def _end_cancelled(self, conversion: Conversion) -> None:
        document = conversion.document
        logger().info("cancelled", document=document.name)
        if not document.again:
            self._publish(conversion, CancelledError("It was cancelled before it was finished."))
        else:
            self._drop(conversion)

    def _drop(self, conversion: Conversion) -> None:
        """Take a document out of the work whose file, or earlier result, is where it was."""
        document = conversion.document
        try:
            self._collaborators.pages.discard(conversion)
        except PublishError as error:
            logger().error("not_discarded", document=document.name, error=str(error), advice="it is at the next start")
        del self._conversions[document.ident]
        self._batch.count(conversion, last=not self._conversions)
        self._collaborators.deaths.forget(document)

    def _publish_if_complete(self, conversion: Conversion) -> None:
        if conversion.cancelled:
            if not conversion.running and conversion.phase is Phase.CONVERTING:
                self._end_cancelled(conversion)
        elif conversion.complete:
            self._publish(conversion, None)

    def _publish(self, conversion: Conversion, error: DocumentError | None) -> None:
        conversion.phase = Phase.PUBLISHING
        finished = Finished(
            document=conversion.document,
            engine=conversion.settings.engine,
            outputs=conversion.settings.outputs,
            began_at=conversion.began_at,
            page_count=conversion.page_count,
            numbers=conversion.numbers,
            outline=conversion.outline,
            fallback_pages=tuple(conversion.fallback_pages) if error is None else (),
            error=error,
        )
        self._collaborators.publisher.publish(finished)

    def _pause(self, trouble: str) -> None:
        self._report_trouble("disk", trouble, advice="nothing is lost; it goes on when this is mended")
        self._paused = Deadline.after(_PAUSE_S)

    def _report_trouble(self, what: str, detail: str, *, advice: str) -> None:
        """Log a lasting trouble once, and show it until it is over."""
        if self._tally.troubles.get(what) != detail:
            logger().error(f"trouble_with_{what}", error=detail, advice=advice)
        self._tally.note(what, detail)

    def _show_snapshot(self) -> None:
        if self._next_snapshot.expired:
            began = time.monotonic()
            # Documents delivered since the last snapshot are shown once more as complete, so that progress bars reach
            # 100 %.
            present = [*self._delivered, *self._conversions.values()]
            self._delivered.clear()
            batch = self._batch.status(self._conversions.values(), time.monotonic())
            collaborators = self._collaborators
            self._show(
                take_snapshot(
                    present,
                    collaborators.servers,
                    self._tally,
                    self._notes.said(self._orders, collaborators.pages, collaborators.servers),
                    batch,
                    collaborators.pool,
                )
            )
            self._next_snapshot = Deadline.after(max(_SNAPSHOT_S, _SNAPSHOT_PAUSE * (time.monotonic() - began)))
