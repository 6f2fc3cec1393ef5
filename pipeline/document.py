"""The values that the parts hand to each other: what is converted, and what came of it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Engine(StrEnum):
    """Who reads the pages."""

    LMSTUDIO = "lmstudio"
    BASIC = "basic"


class Method(StrEnum):
    """How the content of a page was had."""

    VISION = "vision"
    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    BLANK = "blank"
    NONE = "none"


class FallbackReason(StrEnum):
    """Why a page is not the model's work."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    REPETITIVE = "repetitive"
    MALFORMED = "malformed"
    UNFAITHFUL = "unfaithful"
    RENDER = "render"
    WORKER_LOST = "worker_lost"
    DOCUMENT_DEADLINE = "document_deadline"
    ENGINE_BASIC = "engine_basic"


class Outcome(StrEnum):
    """What became of a document."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTarget:
    """The server that a page is sent to, with all that a request needs.

    Attributes:
        url: Base address up to and including ``/v1``.
        model: The model's id as the server spells it.
        api_key: Sent as a bearer token where it is not None; never logged.
    """

    url: str
    model: str
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to a model server; times in seconds, None where it did not come so far.

    Attributes:
        outcome: ``ok`` or a :class:`FallbackReason`.
    """

    server: str
    model: str
    outcome: str
    http_status: int | None = None
    finish_reason: str | None = None
    first_token_s: float | None = None
    request_s: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """The answer held against the page's own text; None and empty where the page has none.

    Attributes:
        text_recall: Share of the page's words that the answer has, 0 to 1.
        numbers_unseen: Numbers of the answer that the page does not have.
        numbers_missing: Numbers of the page that the answer does not have.
    """

    text_recall: float | None = None
    numbers_unseen: tuple[str, ...] = ()
    numbers_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimings:
    """Seconds that each step of a page took; ``total_s`` counts from the first step in the worker."""

    queue_s: float = 0.0
    render_s: float = 0.0
    request_s: float = 0.0
    check_s: float = 0.0
    fallback_s: float = 0.0
    total_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Why a page is not the model's work, with a sentence of detail."""

    reason: FallbackReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A claimed PDF: its bytes lie in its own work folder and do not change any more.

    Attributes:
        ident: Name of its work folder, unique for ever.
        name: File name as it was dropped.
        folder: Subfolder of the inbox that it came from, ``.`` for the inbox itself; mirrored in the outbox.
        path: Of the claimed file.
        sha256: Hexadecimal, of the file's bytes.
        size: In bytes.
        claimed_at: Seconds since the epoch.
        tries: How many daemons have begun to work on it and did not stop in good order.
    """

    ident: str
    name: str
    folder: str
    path: str
    sha256: str
    size: int
    claimed_at: float
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectTask:
    """Ask a worker how many pages a PDF has."""

    document: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a worker found: the number of pages, or why there are none to be had.

    Attributes:
        code: Of the DocumentError that stopped it, None where the file opened.
        detail: Its sentence.
    """

    pages: int
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """All that a worker needs to convert one page, on this machine or another.

    Attributes:
        document: The dropped file's name, for the log.
        path: Of the PDF.
        number: Of the page, from 1.
        out: Where the worker writes the page's record; its folder exists.
        target: The server to ask; None for basic extraction at once, for the reason that ``fallback`` tells.
        page_timeout_s: For the answer, from the moment the page is sent.
        document_remaining_s: What is left of the document's time.
        fallback: Why no server is asked, or no longer.
        readers: Readers of basic extraction to try, first come first served.
        queue_s: How long the page has waited for a worker.
        attempts: What was tried before this task, by workers that died of it.
    """

    document: str
    path: str
    number: int
    out: str
    target: ServerTarget | None
    page_timeout_s: float
    document_remaining_s: float
    fallback: Fallback | None = None
    readers: tuple[str, ...] = ("pdfminer", "pdfium")
    queue_s: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    max_pixels: int = 26_000_000
    faithful: str = "fallback"


class Step(StrEnum):
    """What a worker is doing with a page; each has its own time limit in the dispatcher."""

    RENDER = "render"
    REQUEST = "request"
    CHECK = "check"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProgress:
    """A worker's sign of life, and what must outlive the worker.

    Attributes:
        tokens: Pieces of the answer so far.
        fallback: Why the page is being read without the model.
        reader: The reader of basic extraction that is at work.
        attempts: Requests that are over.
    """

    step: Step
    tokens: int = 0
    fallback: Fallback | None = None
    reader: str | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A worker has drawn, ahead of time, the page that it was told may come next."""

    path: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """A page was converted, but its record cannot be written: the disk is full, or the folder gone."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What became of one page; its HTML is beside it on disk, not in here.

    Attributes:
        number: Of the page, from 1.
        reader: Who read the characters, where ``method`` is not vision.
        tables: Number of tables in the page's HTML.
        repairs: Names of the repairs that the model's answer needed.
        warnings: What a reader of the page should know (for example "no Unicode map for 3 fonts").
    """

    number: int
    method: Method
    reader: str | None = None
    fallback: Fallback | None = None
    tables: int = 0
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    checks: Checks = Checks()
    timings: PageTimings = PageTimings()
