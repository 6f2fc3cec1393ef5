"""The messages between the loop and its workers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from pipeline.choices import FaithfulAction, FigureChoice, LogFormat, LogLevel
from pipeline.document import MOST_ENTRIES, OutlineEntry
from pipeline.page_result import Attempt, Fallback, PageResult, Step
from pipeline.pool.codec import Codec
from pipeline.server_target import ServerTarget
from pipeline.servers.picture_trial import Trial
from pipeline.vision.profiles.profiles import Profile

#: Who reads pictures: the best engine that is there, one of them, or nobody.
OcrChoice = Literal["auto", "tesseract", "rapidocr", "off"]
#: A part of a page as shown, in points: left, top, right, bottom.
Area = tuple[float, float, float, float]

#: The readers of basic extraction.
ReaderName = Literal["pdfminer", "pdfium"]

#: Seconds that reading a page's picture may take; RapidOCR takes 8 on a core of its own, and a page may be read three
#: times.
RECOGNITION_S = 180.0

#: Seconds that making a PDF of a picture may take; the daemon waits a little longer.
WRAP_S = 120.0

#: In the order in which they are tried.
READERS: tuple[ReaderName, ...] = ("pdfminer", "pdfium")

#: Seconds of processor time that a reader may take for a page before the next one is tried: pdfminer takes up to 42 on
#: some real pages, pdfium less than one.
READER_LIMITS_S: dict[ReaderName, float] = {"pdfminer": 15.0, "pdfium": 10.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What a worker needs to know of the settings; the same for all tasks.

    Attributes:
        profiles: The user's own, which come before the built-in ones.
        save_answers: The folder in which answers are saved as they came; None to save none.
        ocr_languages: By Tesseract's names; empty for those that a page's script needs.
        passwords: To be tried for PDFs that need one; never logged.
        log_format: ``console`` or ``json``; the daemon has decided what ``auto`` means.
    """

    connect_timeout_s: float = 5.0
    max_pixels: int = 26_000_000
    faithful: FaithfulAction = FaithfulAction.CORRECT
    figures: FigureChoice = FigureChoice.OFF
    profiles: tuple[Profile, ...] = ()
    save_answers: Path | None = None
    ocr: OcrChoice = "auto"
    ocr_languages: tuple[str, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)
    log_level: LogLevel = "info"
    log_format: LogFormat = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapTask:
    """Ask a worker to make a PDF of a picture.

    Attributes:
        path: Of the picture.
        out: Where the PDF goes; its folder exists.
        max_pages: The most pages that it may have.
        sha256: Empty, so that the task stays on this machine.
    """

    document: str
    path: Path
    out: Path
    max_pages: int
    settings: WorkerSettings
    sha256: Literal[""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A worker has made a PDF of a picture, or says why it cannot.

    Attributes:
        code: Of the DocumentError that stopped it, None where the PDF is there.
        detail: The error's sentence.
    """

    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectTask:
    """Ask a worker how many pages a PDF has.

    Attributes:
        sha256: Of the PDF's bytes, by which other machines know it; empty where nobody has read them all.
    """

    document: str
    path: Path
    settings: WorkerSettings
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a worker found: the number of pages, or why the file cannot be read.

    Attributes:
        code: Of the DocumentError that stopped it, None where the file opened.
        detail: The error's sentence.
        outline: The file's own contents.
        sha256: Hexadecimal, of its bytes; empty where it cannot be read.
    """

    pages: Annotated[int, Meta(ge=0)]
    code: str | None = None
    detail: str = ""
    sha256: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    outline: Annotated[tuple[OutlineEntry, ...], Meta(max_length=MOST_ENTRIES)] = ()


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
class PictureText:
    """The text in a page's picture, once somebody has tried to read it.

    Attributes:
        path: Of the file that tells it; None where it could not be read.
        problem: Why not, as a sentence.
        seconds: That it took.
    """

    path: Path | None = None
    problem: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniseTask:
    """Ask for the text in a page's picture; for processes that hold an engine of text recognition.

    Attributes:
        out: Where the file with the text is to be written; its folder exists.
        areas: The parts of the page that are to be read; empty for all of it, whichever way up it stands.
        sha256: Of the PDF's bytes, by which other machines know it; empty where nobody has read them all.
    """

    document: str
    path: Path
    number: int
    out: Path
    areas: tuple[Area, ...] = ()
    settings: WorkerSettings = WorkerSettings()
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The text in a page's picture has been written.

    Attributes:
        problem: Why not, as a sentence; empty where it has been.
    """

    number: int
    problem: str = ""


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
        picture_text: The text in the page's picture, None while nobody has tried to read it.
        sha256: Of the PDF's bytes, by which other machines know it; empty where nobody has read them all.
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
    picture_text: PictureText | None = None
    settings: WorkerSettings = WorkerSettings()
    sha256: str = ""


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
        has_part: Whether a reader before it gave a part of the page, which is lost if the worker dies.
        attempts: Requests that are over.
    """

    step: Step
    tokens: Annotated[int, Meta(ge=0)] = 0
    fallback: Fallback | None = None
    reader: ReaderName | None = None
    has_part: bool = False
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
class Unrecognised:
    """The page's picture must be read before anything else is done.

    Attributes:
        areas: The parts of it; empty for all of it.
        fallback: Why the page is not the model's, None where the model is yet to be asked.
        spent_s: Of the page's time.
    """

    areas: tuple[Area, ...] = ()
    fallback: Fallback | None = None
    attempts: tuple[Attempt, ...] = ()
    spent_s: Annotated[float, Meta(ge=0)] = 0.0


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
TASKS = Codec((WrapTask, InspectTask, TrialTask, PageTask, RecogniseTask))
#: The results of workers, and their reports on the way.
ANSWERS = Codec(
    (
        *(Wrapped, Inspection, TrialResult, PageProgress, Prepared, AnswerTaken, PageResult),
        *(Unwritten, Unserved, Unrecognised, Recognised),
    )
)
