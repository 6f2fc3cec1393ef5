"""The values that the parts pass to each other: what is converted, and the results.

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
    """What reads the pages: the model, or basic extraction."""

    LMSTUDIO = "lmstudio"
    BASIC = "basic"


class OriginalAction(StrEnum):
    """What is done with a PDF whose results are delivered; that of a failed document is always kept."""

    MOVE = "move"
    """It is moved beside the results."""
    DELETE = "delete"
    KEEP = "keep"
    """It stays in, or returns to, the inbox."""


class Output(StrEnum):
    """What is made of a document; the HTML and the tables as data always are."""

    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    MARKDOWN = "markdown"


class FaithfulAction(StrEnum):
    """What is done with an answer that contradicts the page's own text."""

    OFF = "off"
    """Nothing: the two are not compared."""
    FLAG = "flag"
    """Doubtful parts are marked."""
    CORRECT = "correct"
    """Misread words get the page's own characters, other doubtful parts are marked; else as ``fallback``."""
    FALLBACK = "fallback"
    """Doubtful parts are marked, and the page falls back where the answer is invented."""


class UnreachableAction(StrEnum):
    """What is done with pages while no server can be reached."""

    FALLBACK = "fallback"
    WAIT = "wait"


class Method(StrEnum):
    """How a page was read."""

    VISION = "vision"
    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    BLANK = "blank"
    NONE = "none"


class TableReason(StrEnum):
    """Why a table of a model's page is the model's, or is not."""

    UNCHECKED = "unchecked"
    """The model's: nobody has compared it with the page, or the page has no text of its own."""
    AGREES = "agrees"
    """The model's: nothing on the page contradicts it."""
    MENDED = "mended"
    """The model's: nothing contradicts it since some of its rows were mended."""
    LESS_CONTRADICTED = "less_contradicted"
    """The model's: the page contradicts the built-in engine's table as much, or more."""
    SAYS_MORE = "says_more"
    """The model's: it has what the page's own text does not have, handwriting for example."""
    NO_OTHER = "no_other"
    """The model's, although the page contradicts it: the built-in engine has none there that can be read."""
    CONTRADICTED = "contradicted"
    """The built-in engine's: the page contradicts it less than the model's."""
    LEFT_OUT = "left_out"
    """The built-in engine's: the model left it out."""


class FallbackReason(StrEnum):
    """Why a page was not read by the model."""

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
    RECOGNISE = "recognise"


class Against(StrEnum):
    """What a model's answer was held against."""

    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    NONE = "none"


class Outcome(StrEnum):
    """The result of a document."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The network route to a server.

    Attributes:
        ca: A file or folder with the certificates of trusted authorities; None for the usual ones.
        cert: The client's certificate, as PEM; None for none.
        key: Its private key; None where it is in the same file.
        verify: Whether the server's certificate is checked.
        proxy: Address of an HTTP proxy, with name and password if it needs them; None for none; never logged.
        addresses: IP addresses of the server, or of the proxy, from the last look-up; empty where they are not known.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    verify: bool = True
    proxy: str | None = field(default=None, repr=False)
    addresses: tuple[str, ...] = ()


#: The route to a server for which nothing is set.
USUAL_ROUTE = Route()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTarget:
    """The server for a page, with everything that a request needs.

    Attributes:
        url: Base address up to and including ``/v1``.
        model: The model's id as the server spells it.
        origin: What else the server says about the model: its file, its architecture.
        api_key: Sent as a bearer token where it is not None; never logged.
        context: Tokens of one slot's context; None where the server does not say.
        answer_tokens: The longest answer for which its context has room; None where only the model's profile decides.
        route: The route to it.
        seen: The dialect of the model's answers so far; None while none has come.
    """

    url: str
    model: str
    origin: str = ""
    api_key: str | None = field(default=None, repr=False)
    context: int | None = None
    answer_tokens: int | None = None
    route: Route = USUAL_ROUTE
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to a model server; times in seconds, None where it did not get so far.

    Attributes:
        outcome: ``ok``, a :class:`FallbackReason`, or, for an answer that had begun, ``server_error`` or
            ``content_filter``.
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
        """Whether its answer was accepted."""
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How the answer compares with the page's text; None and empty where there is none to be had.

    Attributes:
        against: Whose text that was: the page's own, or what text recognition read in its picture.
        text_recall: Share of the page's words that the answer has, 0 to 1.
        numbers_unseen: Numbers in the answer that the page does not have.
        numbers_missing: Numbers on the page that the answer does not have.
    """

    against: Against = Against.NONE
    text_recall: Share | None = None
    numbers_unseen: tuple[str, ...] = ()
    numbers_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrFacts:
    """How a page's picture was read.

    Attributes:
        engine: That read it.
        confidence: Its own, mean over the words that are shown, 0 to 1.
        low_words: Those that it was not sure of, a hundred at most.
    """

    engine: str
    confidence: Share
    low_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A word of an answer that was corrected from the page's own text.

    Attributes:
        table: Number of the table on its page, from 1; None in running text, as row and column are.
        row: Of the cell, from 1.
        column: Of the cell, from 1.
        was: As the model wrote it.
        now: As corrected.
    """

    table: int | None
    row: int | None
    column: int | None
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrigin:
    """Whose table it is, and why.

    Attributes:
        method: How it was read.
        reason: Why this one was taken.
    """

    method: Method = Method.VISION
    reason: TableReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of one page, read by any method.

    Attributes:
        html: Clean HTML without a ``<section>``.
        reader: The reader of the characters, where ``method`` is not vision.
        tables: The tables in ``html`` as values, in its order.
        repairs: Names of the repairs of the model's answer.
        warnings: What a reader of the page should know (for example "3 glyphs have no Unicode map").
        corrections: Words of a model's answer that were corrected from the page's own text.
        origins: Whose each table is, where the page was read by a model; empty where all are of one method.
        size: Width and height of the page as it is shown, in points; None where they are not known.
    """

    method: Method
    html: str = ""
    reader: str | None = None
    tables: tuple[Table, ...] = ()
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    checks: Checks = Checks()
    corrections: tuple[Correction, ...] = ()
    origins: tuple[TableOrigin, ...] = ()
    size: tuple[float, float] | None = None
    ocr: OcrFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimings:
    """Seconds of each step of a page; ``total_s`` includes all of them, and the time between."""

    queue_s: Seconds = 0.0
    render_s: Seconds = 0.0
    request_s: Seconds = 0.0
    check_s: Seconds = 0.0
    fallback_s: Seconds = 0.0
    recognise_s: Seconds = 0.0
    total_s: Seconds = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Why a page was not read by the model, with a sentence of detail."""

    reason: FallbackReason
    detail: str


#: The warning about a PDF that does not say where its objects are.
MENDED = "repaired: the file's table of objects is broken and was made anew; some of it may be missing"
#: The warning about a file that begins as a PDF and has no end.
CUT_OFF = "cut off: the file has no end; some of it may be missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A claimed PDF: its bytes are in its own work folder and do not change any more.

    Attributes:
        ident: Name of its work folder, unique for ever.
        name: File name as it was dropped.
        folder: Subfolder of the inbox from which it came, ``.`` for the inbox itself; mirrored in the outbox.
        path: Of the claimed file.
        sha256: Hexadecimal, of the file's bytes; empty for a file that is too large to be read.
        size: In bytes.
        claimed_at: Seconds since the epoch.
        only: Numbers of the pages that are wanted, in order; empty for all.
        engine: Chosen for this document; None for the engine of the settings.
        outputs: What is to be made of it besides what the settings say.
        cut_off: Whether the file begins as a PDF and has no end.
        mended: Whether its table of objects is broken, so that readers make it anew.
        in_place: Whether the file stays where it was dropped, since it is too large to be read or copied; then there is
            none at ``path``.
        late: Whether its pages wait until no other document has any, since nobody has asked for them.
        again: Whether it is a delivered document whose pages are asked again: cancelled, it stays as it was delivered.
        priority: Documents with a larger one come first; a user may order another one.
        patient: Whether its pages wait while no server can be reached; None for what the settings say.
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
    outputs: tuple[Output, ...] = ()
    cut_off: bool = False
    mended: bool = False
    in_place: bool = False
    late: bool = False
    again: bool = False
    patient: bool | None = None
    priority: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the file."""
        return (*((CUT_OFF,) if self.cut_off else ()), *((MENDED,) if self.mended else ()))


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
    """The result of one page without its HTML, as in the manifest.

    Attributes:
        fallback: Why the page was not read by the model; None where it was.
        continues: Name of the table of the page before that the first table goes on from, told at publishing; None
            where it goes on from none.
    """

    number: PageNumber
    method: Method
    reader: str | None = None
    fallback: Fallback | None = None
    tables: Count = 0
    continues: str | None = None
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    checks: Checks = Checks()
    corrections: tuple[Correction, ...] = ()
    ocr: OcrFacts | None = None
    tables_from: tuple[Method, ...] = ()
    table_reasons: tuple[TableReason, ...] = ()
    timings: PageTimings = PageTimings()

    @property
    def reason(self) -> FallbackReason | None:
        """Why the page was not read by the model; None where it was."""
        return self.fallback.reason if self.fallback else None

    @property
    def fell_back(self) -> bool:
        """Whether the page fell back, as :func:`fell_back` decides."""
        return fell_back(self.method, self.reason)


def fell_back(method: Method, reason: FallbackReason | None) -> bool:
    """Whether a page was not read by the engine that the user asked for, or could not be read at all."""
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
        ocr=content.ocr,
        tables_from=tuple(each.method for each in content.origins) or (content.method,) * len(content.tables),
        table_reasons=tuple(each.reason for each in content.origins),
        timings=timings,
    )


def printable_lines(text: str) -> str:
    """As :func:`printable`, but line feeds are kept."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    """Text that is safe for a page or a terminal: names may hold control characters, or bytes that are not Unicode."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
