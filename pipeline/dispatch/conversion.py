"""One document in work: its pages, its clock, and when it is done.  No I/O, and no clock of its own."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from pipeline.deadline import Deadline
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.document import Document, OutlineEntry
from pipeline.page_result import Attempt, Fallback, FallbackReason, Method, Step, fell_back
from pipeline.server_target import ServerTarget
from pipeline.worker.tasks import READERS, Area, PageProgress, PictureText, ReaderName

#: How a page was read, and why not by the model (None where it was).
PageFacts = tuple[Method, FallbackReason | None]


class Phase(Enum):
    """What is being done with a document."""

    INSPECTING = "inspecting"
    CONVERTING = "converting"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOrder:
    """What is to be done with a page next.

    Attributes:
        number: From 1.
        fallback: Why the model is not asked; None while it is.
        readers: The readers of basic extraction that are still to be tried.
        queued_at: When the page began to wait, in seconds of the monotonic clock.
        attempts: What was tried so far.
        tried: Addresses of the servers that could not answer this page.
        spent_s: Seconds of the page's time that are used up.
        areas: The parts of its picture that are to be read before anything else, empty for all of it; None while
            nobody has asked for that.
        picture_text: What became of that.
        spared: Its worker died because of the page that it drew ahead, so this page was sent again as it was; only
            once.
        hosts_lost: How many machines were lost while they had the page.
        fell: Why the page has fallen back already, where the model is asked a second time at the document's end.
        figures: Whether its pictures are drawn; not after a worker has died of that.
    """

    number: int
    queued_at: float
    fallback: Fallback | None = None
    readers: tuple[ReaderName, ...] = READERS
    attempts: tuple[Attempt, ...] = ()
    tried: frozenset[str] = frozenset()
    spent_s: float = 0.0
    areas: tuple[Area, ...] | None = None
    picture_text: PictureText | None = None
    spared: bool = False
    hosts_lost: int = 0
    fell: Fallback | None = None
    figures: bool = True

    @property
    def has_picture_text(self) -> bool:
        """Whether the text in its picture is known."""
        return self.picture_text is not None and self.picture_text.path is not None

    @property
    def needs_picture(self) -> bool:
        """Whether its picture is to be read first."""
        return self.areas is not None and self.picture_text is None

    def without_readers(self) -> "PageOrder":
        """The same, when no process is to read the page any more."""
        return replace(self, readers=(), areas=None, picture_text=None)


@dataclass(slots=True, kw_only=True)
class RunningPage:
    """A page that a worker has.

    Attributes:
        target: The server that it was sent to, None for basic extraction.
        progress: The worker's last report.
        given_at: When the worker got it, in seconds of the monotonic clock.
        since: When this step began, on the same clock.
        ahead: Number of the page that the worker was told to draw while it waits, None for none.
        drawing: Whether it has not yet reported that this page is drawn.
    """

    order: PageOrder
    target: ServerTarget | None
    progress: PageProgress
    given_at: float
    since: float
    ahead: int | None = None
    drawing: bool = False


_USUAL = DocumentSettings()


class Conversion:
    """The state of one document; changed only by the loop."""

    def __init__(self, document: Document, *, began_at: float, settings: DocumentSettings = _USUAL) -> None:
        """Make the state of a document whose pages are not known yet.

        Args:
            document: A claimed one.
            began_at: When work on it began, in seconds since the epoch.
            settings: For this document.
        """
        self.document = document
        self.settings = settings
        self.began_at = began_at
        self.phase = Phase.INSPECTING
        self.inspections = 0
        self.pause = Deadline.after(0)
        self.page_count = 0
        self.outline: Sequence[OutlineEntry] = ()
        self.pdf_sha256 = document.pdf_sha256
        self.numbers: Sequence[int] = ()
        self.running: dict[int, RunningPage] = {}
        self.finished: dict[int, PageFacts] = {}
        self.journaled = 0
        self.first_page_at: float | None = None
        self.answered = False
        self.paused = False
        self.priority = 0
        self.cancelled = False
        self._for_model: deque[PageOrder] = deque()
        self._for_readers: deque[PageOrder] = deque()
        self._may_be_read = True
        self._second: deque[PageOrder] = deque()
        self._for_recognition: deque[PageOrder] = deque()
        self._at_hand: set[int] = set()
        self._until: float | None = None
        self._budget_s = 0.0
        self._spent_s = 0.0
        self._active_since: float | None = None

    def begin(self, page_count: int, finished: Mapping[int, PageFacts], *, budget_s: float, now: float) -> None:
        """Note the pages, now that they are known.

        Args:
            page_count: As pdfium counts them.
            finished: Pages that are in the journal already.
            budget_s: Seconds for which the document may be in work.
            now: Seconds of the monotonic clock.
        """
        self.phase = Phase.CONVERTING
        self.page_count = page_count
        everything = range(1, page_count + 1)
        self.numbers = [number for number in self.document.only if number in everything] or everything
        wanted = set(self.numbers)
        self.finished = {number: facts for number, facts in finished.items() if number in wanted}
        self.journaled = len(self.finished)
        self.answered = any(method is Method.VISION for method, _ in self.finished.values())
        self._budget_s = budget_s
        missing = (number for number in self.numbers if number not in self.finished)
        self._for_model.extend(PageOrder(number=number, queued_at=now) for number in missing)

    @property
    def remaining(self) -> int:
        """Pages that are not finished."""
        return len(self.numbers) - len(self.finished)

    @property
    def complete(self) -> bool:
        """Whether every page is finished, and none is asked a second time."""
        in_line = self.remaining or self.running or self._second or self._for_readers
        return self.phase is Phase.CONVERTING and not in_line

    @property
    def fallback_pages(self) -> Iterator[int]:
        """Numbers of the finished pages that were not read by the engine that the user asked for."""
        return (number for number, facts in sorted(self.finished.items()) if fell_back(*facts))

    def seconds_left(self, now: float) -> float:
        """What is left of the document's time, which runs only while one of its pages is in work."""
        running = now - self._active_since if self._active_since is not None else 0.0
        left = self._budget_s - self._spent_s - running
        return max(0.0, left if self._until is None else min(left, self._until - now))

    def next_order(self, *, model: bool) -> PageOrder | None:
        """The page that is next for the model, or for the readers; :meth:`start` takes it out of the line.

        While there are other pages, a page that a worker has drawn ahead waits for that worker: another one would draw
        and read it again, which took a quarter of all CPU time where answers came out of order.
        """
        if not model:
            return self._for_readers[0] if self._for_readers else None
        drawn = (order for order in self._for_model if order.number in self._at_hand) if self._at_hand else iter(())
        first = next(drawn, None) or self.order_to_draw_ahead() or (self._for_model[0] if self._for_model else None)
        return first or (self._second[0] if self._second else None)

    def order_to_draw_ahead(self) -> PageOrder | None:
        """The next page that no worker was told to draw ahead; None where there is none."""
        told = {page.ahead for page in self.running.values()} | self._at_hand
        return next((order for order in self._for_model if order.number not in told), None)

    def start(self, order: PageOrder, *, target: ServerTarget | None, now: float) -> RunningPage:
        """Note that a worker has taken the page that is next in line."""
        self._line_of(order).remove(order)
        self._at_hand.discard(order.number)
        step = Step.RECOGNISE if order.needs_picture else Step.FALLBACK if order.fallback else Step.RENDER
        page = RunningPage(order=order, target=target, progress=PageProgress(step=step), given_at=now, since=now)
        self.running[order.number] = page
        if self._active_since is None:
            self._active_since = now
        if self.first_page_at is None:
            self.first_page_at = now
        return page

    def _stop(self, number: int, now: float) -> RunningPage:
        page = self.running.pop(number)
        if not self.running and self._active_since is not None:
            self._spent_s += now - self._active_since
            self._active_since = None
        return page

    def finish(self, number: int, facts: PageFacts, *, now: float) -> RunningPage:
        """Note that the page is finished; its worker keeps the page that it drew ahead."""
        self.finished[number] = facts
        page = self._stop(number, now)
        if page.ahead is not None and page.ahead not in self.running and page.ahead not in self.finished:
            self._at_hand.add(page.ahead)
        return page

    def put_back(self, number: int, *, now: float) -> None:
        """Put the page back in line as it was."""
        self._enqueue(self._stop(number, now).order)

    def replace(self, number: int, order: PageOrder, *, now: float) -> None:
        """Put the page back in line with another order."""
        self._stop(number, now)
        self._enqueue(order)

    def next_picture(self) -> PageOrder | None:
        """The page whose picture is to be read next; :meth:`start` takes it out of the line."""
        return self._for_recognition[0] if self._for_recognition else None

    def _enqueue(self, order: PageOrder) -> None:
        if not self._may_be_read and order.fallback is not None:
            order = order.without_readers()
        if order.needs_picture:
            self._for_recognition.append(order)
        else:
            self._line_of(order).appendleft(order)

    def _line_of(self, order: PageOrder) -> deque[PageOrder]:
        if order.needs_picture:
            return self._for_recognition
        if order.fallback is not None:
            return self._for_readers
        return self._for_model if order.fell is None else self._second

    def ask_again(self, order: PageOrder) -> None:
        """Ask the model a second time for a page that is finished, when no other page waits; see ``PageOrder.fell``."""
        self._second.append(order)

    def end_at(self, until: float) -> None:
        """Limit the rest of the document's time, unless that is done already: what is finished waits for it."""
        self._until = until if self._until is None else self._until

    def give_up_second(self) -> int:
        """Ask no page a second time any more; returns how many pages that concerns."""
        count = len(self._second)
        self._second.clear()
        return count

    def give_up_readers(self) -> int:
        """Read no page of this document any more; returns how many waiting pages that concerns."""
        self._may_be_read = False
        pictures = [order for order in self._for_recognition if order.fallback]
        self._for_recognition = deque(order for order in self._for_recognition if not order.fallback)
        self._for_readers.extend(replace(order, areas=None) for order in pictures)
        count = sum(bool(order.readers or order.has_picture_text) for order in self._for_readers)
        self._for_readers = deque(order.without_readers() for order in self._for_readers)
        return count

    def give_up_model(self, fallback: Fallback) -> int:
        """Send no page of this document to the model any more; returns how many pages that concerns."""
        pictures = [order for order in self._for_recognition if not order.fallback]
        others = [order for order in self._for_recognition if order.fallback]
        self._for_recognition = deque([*others, *(replace(order, fallback=fallback) for order in pictures)])
        count = len(self._for_model) + len(pictures)
        self._for_readers.extend(replace(order, fallback=fallback) for order in self._for_model)
        self._for_model.clear()
        self._at_hand.clear()
        return count
