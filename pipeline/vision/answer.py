"""Accepts or rejects what a vision model wrote about a page."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline import errors
from pipeline.document import FallbackReason
from pipeline.markup.repairs import Repair
from pipeline.markup.sanitise import MAX_BYTES, TooMuchMarkup, sanitise
from pipeline.vision.faithful import PageText
from pipeline.vision.markup import answer_to_html


class Status(StrEnum):
    """How an answer was found."""

    OK = "ok"
    REPAIRED = "repaired"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHtml:
    """A page as clean HTML.

    Attributes:
        html: Allow-listed, well formed, every table rectangular; no ``<section>`` around it.
        text: Its visible text, a line feed at the edges of blocks and cells.
        tables: Number of tables.
        repairs: What had to be mended, by the words of :class:`pipeline.markup.repairs.Repair`.
    """

    html: str
    text: str
    tables: int = 0
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer is worth.

    Attributes:
        status: Whether it can be used, and whether it had to be mended.
        page: The page; of a rejected answer what could be saved of it, None where there is nothing.
        reason: Why it was rejected, None where it was not.
        detail: The same as a sentence.
    """

    status: Status
    page: PageHtml | None = None
    reason: FallbackReason | None = None
    detail: str = ""

    def accepted(self) -> PageHtml:
        """The page of an answer that was not rejected.

        Raises:
            PageError: It was; the class says why, and ``candidate`` of a TruncatedAnswer is the HTML that was saved.
        """
        if self.reason is None and self.page is not None:
            return self.page
        error = _ERRORS.get(self.reason or FallbackReason.EMPTY, errors.MalformedAnswer)(self.detail)
        if isinstance(error, errors.TruncatedAnswer) and self.page is not None:
            error.candidate = self.page.html
        raise error


_ERRORS: dict[FallbackReason, type[errors.PageError]] = {
    FallbackReason.EMPTY: errors.EmptyAnswer,
    FallbackReason.TRUNCATED: errors.TruncatedAnswer,
    FallbackReason.REPETITIVE: errors.RepetitiveAnswer,
    FallbackReason.REFUSED: errors.ModelRefused,
    FallbackReason.MALFORMED: errors.MalformedAnswer,
    FallbackReason.UNFAITHFUL: errors.UnfaithfulAnswer,
}


def judge(
    answer: str,
    *,
    dialect: str = "auto",
    finish_reason: str | None = "stop",
    layer: PageText | None = None,
    prompt: str = "",
) -> Verdict:
    """Make clean HTML of an answer, or say why it cannot be used.  Never raises, whatever the text.

    Args:
        answer: What the model wrote.
        dialect: What the model's profile expects; a hint only, since models do as they like.
        finish_reason: What the server gave as the reason for the end.
        layer: The page's own text, where it has one.
        prompt: What the model was asked, to know it again when it comes back.
    """
    del layer, prompt
    repairs = set[Repair]()
    try:
        clean = sanitise(answer_to_html(answer, dialect, repairs))
    except TooMuchMarkup:
        return _rejection(FallbackReason.MALFORMED, f"The answer is larger than {MAX_BYTES} bytes.")
    repairs |= set(clean.repairs)
    page = PageHtml(
        html=clean.html, text=clean.text, tables=clean.tables, repairs=tuple(sorted(repair.value for repair in repairs))
    )
    if finish_reason in {"length", "max_tokens"}:
        return _rejection(FallbackReason.TRUNCATED, "The answer reached its limit before the page's end.", page)
    if not page.text.strip():
        return _rejection(FallbackReason.EMPTY, "The answer has no text.")
    return Verdict(status=Status.REPAIRED if repairs else Status.OK, page=page)


def _rejection(reason: FallbackReason, detail: str, page: PageHtml | None = None) -> Verdict:
    return Verdict(status=Status.REJECTED, page=page, reason=reason, detail=detail)
