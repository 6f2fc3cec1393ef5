"""Gives pictures of pages to processes with an engine for text recognition; runs in the loop's thread."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, PageOrder, RunningPage
from pipeline.dispatch.deaths import Deaths
from pipeline.errors import PoolError
from pipeline.log.log import logger
from pipeline.pool.interface import Done, Expired, Pool, PoolEvent, Progress, event_to_loss
from pipeline.results.journal import Journal
from pipeline.worker.tasks import RECOGNITION_S, PictureText, Recognised, RecogniseTask

#: An engine holds up to two gigabytes, so its process is ended after so many seconds without a page.
_IDLE_S = 120.0
#: After a failed start of a process, the next start is tried after so many seconds.
_PAUSE_S = 60.0
_KEY = ":picture"


class Recognition:
    """Knows which pictures are being read; starts the pool when the first page needs it."""

    def __init__(
        self,
        start: Callable[[], Pool],
        journal: Journal,
        deaths: Deaths,
        *,
        page_timeout_s: float,
    ) -> None:
        """Prepare; no process is started yet.

        Args:
            start: Starts the pool.
            journal: Names the files that the processes write.
            deaths: Counts the deaths of these processes like those of workers.
            page_timeout_s: The longest time that a page waits for its picture; then it goes to the model without it.
        """
        self._start = start
        self._page_timeout_s = page_timeout_s
        self._journal = journal
        self._deaths = deaths
        self._pool: Pool | None = None
        self._pages: dict[str, tuple[Conversion, int]] = {}
        self._idle_until = Deadline.never()
        self._paused = Deadline.after(0)
        self._trouble = ""

    @property
    def in_work(self) -> int:
        """Number of pictures that are being read."""
        return len(self._pages)

    def conversion_of(self, key: str) -> Conversion | None:
        """The document of a task of the pool; None where the task is not a picture."""
        found = self._pages.get(key)
        return found[0] if found else None

    def descriptors(self) -> Sequence[int]:
        """Descriptors that are readable when :meth:`events` has something to return."""
        return () if self._pool is None else self._pool.descriptors()

    def give_out(self, conversions: Collection[Conversion], now: float) -> None:
        """Give pictures to idle processes; end the processes after some time without pictures."""
        waiting = [each for each in conversions if each.next_picture() is not None]
        if not waiting:
            if self._pool is not None and not self._pages and self._idle_until.expired:
                self.close(Deadline.after(0))
            return
        if not self._paused.expired:
            self._refuse(waiting, now)
            return
        if self._pool is None:
            self._pool = self._start()
        while self._pool.idle and (choice := _choose(waiting)) is not None:
            self._give(self._pool, *choice, now=now)

    def _refuse(self, waiting: Collection[Conversion], now: float) -> None:
        for conversion in waiting:
            while (order := conversion.next_picture()) is not None:
                page = conversion.start(order, target=None, now=now)
                self._put_back(conversion, page, PictureText(problem=self._trouble), now)

    def _give(self, pool: Pool, conversion: Conversion, order: PageOrder, *, now: float) -> None:
        key = f"{conversion.document.ident}:{order.number}{_KEY}"
        if conversion.first_page_at is None:
            self._deaths.daemon_begins(conversion.document)
        task = RecogniseTask(
            document=conversion.document.name,
            path=conversion.document.pdf,
            number=order.number,
            out=self._journal.picture_file(conversion.document, order.number),
            areas=order.areas or (),
            settings=conversion.settings.worker,
            sha256=conversion.pdf_sha256,
        )
        conversion.start(order, target=None, now=now)
        self._pages[key] = (conversion, order.number)
        limit = RECOGNITION_S if order.fallback is not None else min(RECOGNITION_S, self._page_timeout_s)
        pool.submit(key, task, Deadline.after(limit))

    def events(self, now: float) -> list[PoolEvent]:
        """What has happened since the last call; if no process can be started, the pages go on without their text."""
        if self._pool is None:
            return []
        try:
            return self._pool.wait(Deadline.after(0))
        except PoolError as error:
            self._trouble = str(error)
            self._paused = Deadline.after(_PAUSE_S)
            logger().error("recognition_not_started", error=str(error), advice="`dropleaf doctor` says more")
            for key in list(self._pages):
                self._end(key, PictureText(problem=str(error)), now)
            self.close(Deadline.after(0))
            return []

    def take(self, event: PoolEvent, now: float) -> None:
        """Handle the result of a picture; its page continues in every case."""
        if isinstance(event, Progress):
            return
        conversion, number = self._pages[event.key]
        page = conversion.running[number]
        if isinstance(event, Done):
            problem = _done_to_problem(event.value, number)
            path = None if problem else self._journal.picture_file(conversion.document, number)
            self._end(event.key, PictureText(path=path, problem=problem), now)
            return
        if conversion.cancelled:
            self._end(event.key, PictureText(), now)
            return
        loss = event_to_loss(event)
        logger().warning("recognition_lost", page=number, detail=loss.detail)
        self._end(event.key, PictureText(problem=f"{loss.detail}."), now)
        if not isinstance(event, Expired) and not loss.host_lost:
            self._deaths.worker_died(conversion.document, loss, given_at=page.given_at, now=now)

    def withdraw(self, conversion: Conversion) -> None:
        """Read no picture of a document any more."""
        for key, (owner, _) in self._pages.items():
            if owner is conversion and self._pool is not None:
                self._pool.cancel(key)

    def _end(self, key: str, text: PictureText, now: float) -> None:
        conversion, number = self._pages.pop(key)
        self._put_back(conversion, conversion.running[number], text, now)
        self._idle_until = Deadline.after(_IDLE_S)

    def _put_back(self, conversion: Conversion, page: RunningPage, text: PictureText, now: float) -> None:
        known = replace(text, seconds=max(0.0, now - page.given_at))
        conversion.replace(page.order.number, replace(page.order, picture_text=known), now=now)

    def close(self, grace: Deadline) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.close(grace)
            self._pool = None


def _done_to_problem(value: object, number: int) -> str:
    """Why the result of a process cannot be used; empty where it can."""
    if not isinstance(value, Recognised):
        return "the process made no sense"
    return value.problem if value.number == number else "the process spoke of another page"


def _choose(waiting: Collection[Conversion]) -> tuple[Conversion, PageOrder] | None:
    """The next picture: one of the document with the fewest pages left."""
    choices = [(each, order) for each in waiting if (order := each.next_picture()) is not None]
    return min(choices, key=lambda choice: choice[0].remaining, default=None)
