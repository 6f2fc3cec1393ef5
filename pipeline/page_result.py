"""The result of a page: how it was read, what was tried, checked and corrected.

It is written to files, and checked against its types when it is read (``files/json_values.py``).
"""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.quantities import Count, PageNumber, Seconds, Share
from pipeline.table import Table


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
    FIGURES = "figures"


class Against(StrEnum):
    """What a model's answer was held against."""

    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    NONE = "none"


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
        fallback = Fallback(reason=FallbackReason.UNREADABLE, detail=" ".join(dict.fromkeys(content.warnings)))
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
