"""The messages between the loop and its workers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from pipeline.document import Attempt, FaithfulAction, Fallback, PageResult, ServerTarget, Step
from pipeline.log.log import Format, Level
from pipeline.pool.codec import Codec
from pipeline.servers.picture_trial import Trial
from pipeline.vision.profiles.profiles import Profile

#: The readers of basic extraction.
ReaderName = Literal["pdfminer", "pdfium"]

#: In the order in which they are tried.
READERS: tuple[ReaderName, ...] = ("pdfminer", "pdfium")

#: Seconds that a reader may take for a page before the next one is tried: pdfminer takes up to 42 on some real pages,
#: pdfium less than one.
READER_LIMITS_S: dict[ReaderName, float] = {"pdfminer": 15.0, "pdfium": 10.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What a worker needs to know of the settings; the same for all tasks.

    Attributes:
        profiles: The user's own, which come before the built-in ones.
        save_answers: The folder in which answers are saved as they came; None to save none.
        log_format: ``console`` or ``json``; the daemon has decided what ``auto`` means.
    """

    connect_timeout_s: float = 5.0
    max_pixels: int = 26_000_000
    faithful: FaithfulAction = FaithfulAction.CORRECT
    profiles: tuple[Profile, ...] = ()
    save_answers: Path | None = None
    log_level: Level = "info"
    log_format: Format = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectTask:
    """Ask a worker how many pages a PDF has."""

    document: str
    path: Path
    settings: WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a worker found: the number of pages, or why the file cannot be read.

    Attributes:
        code: Of the DocumentError that stopped it, None where the file opened.
        detail: The error's sentence.
    """

    pages: Annotated[int, Meta(ge=0)]
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTask:
    """Ask a worker to send one picture to a server, in the same way as a page.

    Attributes:
        picture: A PNG that the server has not seen before, as large as the model's profile sends pages.
        size: Its width and height in pixels.
        timeout_s: Seconds that this may take.
    """

    target: ServerTarget
    picture: bytes
    size: tuple[int, int]
    timeout_s: float
    settings: WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """Everything that a worker needs to convert one page, on this machine or another.

    Attributes:
        document: The dropped file's name, for the log.
        path: Of the PDF.
        number: Of the page, from 1.
        out: Where the worker writes the page's record; its folder exists.
        target: The server to ask; None for basic extraction at once, for the reason in ``fallback``.
        page_timeout_s: Seconds for the answer, from the moment the page is sent.
        document_remaining_s: What is left of the document's time, in seconds.
        fallback: Why no server is asked, or none any more; where one is asked, why the page has fallen back before.
        readers: Readers of basic extraction to try, in this order.
        queue_s: Seconds that the page has waited for a worker.
        attempts: Requests made for this page before this task, by workers that died or could not go on.
    """

    document: str
    path: Path
    number: int
    out: Path
    target: ServerTarget | None
    page_timeout_s: float
    document_remaining_s: float
    fallback: Fallback | None = None
    readers: tuple[ReaderName, ...] = READERS
    queue_s: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    settings: WorkerSettings = WorkerSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What a server did with a picture.

    Attributes:
        trial: How the server handled it; None where it did not answer.
        problem: Why it did not.
    """

    trial: Trial | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProgress:
    """A worker's report, with what must be known even if the worker dies.

    Attributes:
        tokens: Pieces of the answer so far.
        fallback: Why the page is being read without the model.
        reader: The reader of basic extraction that is at work.
        attempts: Requests that are over.
    """

    step: Step
    tokens: Annotated[int, Meta(ge=0)] = 0
    fallback: Fallback | None = None
    reader: ReaderName | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A worker has drawn, ahead of time, the page that probably comes next."""

    path: Path
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTaken:
    """An answer of the page's server was taken; ``dialects`` names what it was in, in order."""

    dialects: Annotated[tuple[str, ...], Meta(max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """A page was converted, but its record cannot be written: the disk is full, or the folder gone."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """The server that was asked can answer no page at present; the worker tried nothing else.

    Attributes:
        fallback: The reason of the page's fallback, in case no other server can be asked.
        spent_s: Seconds of the page's time that were used.
    """

    fallback: Fallback
    attempts: tuple[Attempt, ...]
    spent_s: Annotated[float, Meta(ge=0)]


#: The tasks of workers.
TASKS = Codec((InspectTask, TrialTask, PageTask))
#: The results of workers, and their reports on the way.
ANSWERS = Codec((Inspection, TrialResult, PageProgress, Prepared, AnswerTaken, PageResult, Unwritten, Unserved))
