"""The values that the parts hand to each other: what is converted, and what came of it.

Those that are written to files are checked against their types when they are read (``files/json_values.py``).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from pipeline.table import Table

#: From 1.
PageNumber = Annotated[int, Meta(ge=1)]
#: From 0.
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]
#: 0 to 1.
Share = Annotated[float, Meta(ge=0, le=1)]


class Engine(StrEnum):
    """Who reads the pages."""

    LMSTUDIO = "lmstudio"
    BASIC = "basic"


class OriginalAction(StrEnum):
    """What becomes of a PDF whose results are delivered; that of a failed document is always kept."""

    MOVE = "move"
    """It is put beside the results."""
    DELETE = "delete"
    KEEP = "keep"
    """It stays in, or returns to, the inbox."""


class FaithfulAction(StrEnum):
    """What is done with an answer that contradicts the page's own text."""

    OFF = "off"
    """Nothing: the two are not compared."""
    FLAG = "flag"
    """What is doubted is marked."""
    CORRECT = "correct"
    """What was misread gets the page's own characters, the rest that is doubted is marked; else as ``fallback``."""
    FALLBACK = "fallback"
    """What is doubted is marked, and the page falls back where the answer is made up."""


class UnreachableAction(StrEnum):
    """What is done with pages that no server can be had for."""

    FALLBACK = "fallback"
    WAIT = "wait"


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
    UNREADABLE = "unreadable"


class Step(StrEnum):
    """What a worker is doing with a page; each has its own time limit in the loop."""

    RENDER = "render"
    REQUEST = "request"
    CHECK = "check"
    FALLBACK = "fallback"


class Outcome(StrEnum):
    """What became of a document."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a server is reached.

    Attributes:
        ca: A file or folder of the authorities whose certificates are trusted, None for those that everybody trusts.
        cert: The certificate to show, as PEM, None for none.
        key: Its private key, None where it stands in the same file.
        verify: Whether the server's certificate is looked at.
        proxy: Address of an HTTP proxy with what it wants to know, None for none; never logged.
        addresses: Of the server, or of the proxy, as they were when it was last asked; empty where they are not known.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    verify: bool = True
    proxy: str | None = field(default=None, repr=False)
    addresses: tuple[str, ...] = ()


#: The way to a server of which nothing is said.
USUAL_ROUTE = Route()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTarget:
    """The server that a page is sent to, with all that a request needs.

    Attributes:
        url: Base address up to and including ``/v1``.
        model: The model's id as the server spells it.
        origin: What else the server says of where the model is from: its file, its architecture.
        api_key: Sent as a bearer token where it is not None; never logged.
        context: Tokens of one slot's context, None where the server does not say.
        answer_tokens: The longest answer that its context has room for, None where only the model's profile decides.
        route: By which it is reached.
    """

    url: str
    model: str
    origin: str = ""
    api_key: str | None = field(default=None, repr=False)
    context: int | None = None
    answer_tokens: int | None = None
    route: Route = USUAL_ROUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to a model server; times in seconds, None where it did not come so far.

    Attributes:
        outcome: ``ok``, a :class:`FallbackReason`, or ``server_error`` or ``content_filter`` for an answer that had
            begun.
        dropped: What was thrown away of the answer, cut to 500 characters.
    """

    server: str
    model: str
    outcome: str
    http_status: int | None = None
    finish_reason: str | None = None
    first_token_s: Seconds | None = None
    request_s: Seconds = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    dropped: str = ""

    @property
    def ok(self) -> bool:
        """Whether it brought an answer that was taken."""
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """The answer held against the page's own text; None and empty where the page has none.

    Attributes:
        text_recall: Share of the page's words that the answer has, 0 to 1.
        numbers_unseen: Numbers of the answer that the page does not have.
        numbers_missing: Numbers of the page that the answer does not have.
    """

    text_recall: Share | None = None
    numbers_unseen: tuple[str, ...] = ()
    numbers_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A word of an answer that the page's own text has put right.

    Attributes:
        table: Number of the table on its page, from 1; None in running text, as row and column are.
        row: Of the cell, from 1.
        column: Of the cell, from 1.
        was: As the model wrote it.
        now: As it stands now.
    """

    table: int | None
    row: int | None
    column: int | None
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was had of one page, by whatever method.

    Attributes:
        html: Clean HTML without a ``<section>``.
        reader: Who read the characters, where ``method`` is not vision.
        tables: Those in ``html``, as values, in its order.
        repairs: Names of the repairs that the model's answer needed.
        warnings: What a reader of the page should know (for example "3 glyphs have no Unicode map").
        corrections: What the page's own text has put right in a model's answer.
        size: Width and height of the page as it is shown, in points; None where that is not known.
    """

    method: Method
    html: str = ""
    reader: str | None = None
    tables: tuple[Table, ...] = ()
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    checks: Checks = Checks()
    corrections: tuple[Correction, ...] = ()
    size: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimings:
    """Seconds that each step of a page took; ``total_s`` has all of them, and what lies between."""

    queue_s: Seconds = 0.0
    render_s: Seconds = 0.0
    request_s: Seconds = 0.0
    check_s: Seconds = 0.0
    fallback_s: Seconds = 0.0
    total_s: Seconds = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Why a page is not the model's work, with a sentence of detail."""

    reason: FallbackReason
    detail: str


#: Of a document whose file begins as a PDF and has no end.
CUT_OFF = "cut off: the file has no end; some of it may be missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A claimed PDF: its bytes lie in its own work folder and do not change any more.

    Attributes:
        ident: Name of its work folder, unique for ever.
        name: File name as it was dropped.
        folder: Subfolder of the inbox that it came from, ``.`` for the inbox itself; mirrored in the outbox.
        path: Of the claimed file.
        sha256: Hexadecimal, of the file's bytes; empty for one that is too large to be read.
        size: In bytes.
        claimed_at: Seconds since the epoch.
        only: Numbers of the pages that are wanted, in order; empty for all.
        engine: Chosen for this document, None for that of the settings.
        cut_off: The file has begun as a PDF and has no end.
        in_place: The file is where it was dropped, too large to be read or copied; there is none at ``path``.
    """

    ident: str
    name: str
    folder: str
    path: str
    sha256: str
    size: int
    claimed_at: float
    only: tuple[int, ...] = ()
    engine: Engine | None = None
    cut_off: bool = False
    in_place: bool = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever reads the results should know of the file."""
        return (CUT_OFF,) if self.cut_off else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What was dropped; ``pages`` is 0 where they could not be counted."""

    name: str
    sha256: str
    bytes: Count
    pages: Count


def document_to_facts(document: Document, pages: int) -> DocumentFacts:
    """What results say of what was dropped.

    Args:
        document: In work.
        pages: Of the PDF, 0 where they could not be counted.
    """
    return DocumentFacts(name=document.name, sha256=document.sha256, bytes=document.size, pages=pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What became of one page, but for its HTML: its entry in the manifest.

    Attributes:
        fallback: Why the page is not the model's work, None where it is.
    """

    number: PageNumber
    method: Method
    reader: str | None = None
    fallback: Fallback | None = None
    tables: Count = 0
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    checks: Checks = Checks()
    corrections: tuple[Correction, ...] = ()
    timings: PageTimings = PageTimings()

    @property
    def reason(self) -> FallbackReason | None:
        """Why the page is not the model's work."""
        return self.fallback.reason if self.fallback else None

    @property
    def fell_back(self) -> bool:
        """As :func:`fell_back`."""
        return fell_back(self.method, self.reason)


def fell_back(method: Method, reason: FallbackReason | None) -> bool:
    """Whether the user did not get a page from the engine that was asked for, or got nothing of it at all."""
    return method is Method.NONE or reason not in {None, FallbackReason.ENGINE_BASIC}


def content_to_result(
    content: Content,
    number: int,
    *,
    fallback: Fallback | None,
    attempts: tuple[Attempt, ...],
    timings: PageTimings,
) -> PageResult:
    """The result that tells of a page's content.

    A page of which nothing could be read fell back, even where the built-in engine was chosen.
    """
    if content.method is Method.NONE and (fallback is None or fallback.reason is FallbackReason.ENGINE_BASIC):
        fallback = Fallback(reason=FallbackReason.UNREADABLE, detail=" ".join(content.warnings))
    return PageResult(
        number=number,
        method=content.method,
        reader=content.reader,
        fallback=fallback,
        tables=len(content.tables),
        repairs=content.repairs,
        warnings=content.warnings,
        attempts=attempts,
        checks=content.checks,
        corrections=content.corrections,
        timings=timings,
    )


def printable_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    """Text as a page or a terminal can show it; names and messages may hold control characters, or be no Unicode."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
