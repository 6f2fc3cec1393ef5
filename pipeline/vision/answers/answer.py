"""Accepts or rejects what a vision model wrote about a page."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline import errors
from pipeline.document import FallbackReason
from pipeline.markup.repairs import Repair
from pipeline.markup.sanitise import MAX_BYTES, TooMuchMarkup, sanitise
from pipeline.vision.answers.chatter import is_filler, is_refusal, squeezed
from pipeline.vision.answers.to_html import Markup, answer_to_markup
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.loops.page_evidence import Evidence
from pipeline.vision.loops.repetition import RepetitionWatch

_CUT: Final = frozenset({"length", "max_tokens"})
_IMAGE: Final = re.compile(r'<span class="image">[^<]*+</span>')
# An answer with less than this share of the page's own characters is none, whatever it says ("OK").
_LEAST_SHARE: Final = 0.1
_STRIPPED: Final = (
    "The server has taken the model's own markup out of the answer; only positions are left. "
    "This model needs a server that keeps special tokens."
)
# Characters that are looked at together.
_STEP: Final = 200


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
        turn: Degrees by which the model says that the page must be turned clockwise to be upright; 0 where it is.
    """

    html: str
    text: str
    tables: int = 0
    repairs: tuple[str, ...] = ()
    turn: int = 0


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
    finish_reason: str | None = "stop",
    layer: PageText | None = None,
    prompt: str = "",
) -> Verdict:
    """Make clean HTML of an answer, or say why it cannot be used.  Never raises, whatever the text.

    The dialect is seen in the text itself, not taken from the model's profile: models do as they like.

    Args:
        answer: What the model wrote.
        finish_reason: What the server gave as the reason for the end.
        layer: The page's own text, where it has one.
        prompt: What the model was asked, to know it again when it comes back.
    """
    if len(answer.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return _rejection(FallbackReason.MALFORMED, f"The answer is larger than {MAX_BYTES} bytes.")
    if loop := _loop(answer, Evidence(layer=layer or PageText())):
        return _rejection(FallbackReason.REPETITIVE, f"The model repeats itself: {loop}.")
    known = squeezed(" ".join(word for line in layer.lines for word in line)) if layer and layer.usable else ""
    unfinished = finish_reason in _CUT
    repairs = set[Repair]()
    markup = answer_to_markup(answer, prompt=prompt, known=known, unfinished=unfinished, repairs=repairs)
    try:
        clean = sanitise(markup.html, notation=True)
    except TooMuchMarkup:
        return _rejection(FallbackReason.MALFORMED, f"The answer grows beyond {MAX_BYTES} bytes of HTML.")
    repairs |= set(clean.repairs)
    page = PageHtml(
        html=clean.html,
        text=clean.text,
        tables=clean.tables,
        repairs=tuple(sorted(repair.value for repair in repairs)),
        turn=markup.turn,
    )
    fault = _fault(page, answer, markup, known, cut=unfinished or markup.cut)
    if fault is not None:
        return _rejection(*fault, page if page.text else None)
    return Verdict(status=Status.REPAIRED if repairs else Status.OK, page=page)


def _fault(page: PageHtml, answer: str, markup: Markup, known: str, *, cut: bool) -> tuple[FallbackReason, str] | None:
    """Why the page cannot be used, the plainest reason first; None where it can."""
    faults = (
        (cut, FallbackReason.TRUNCATED, "The answer ends before the page does."),
        (is_refusal(page.text, known), FallbackReason.REFUSED, f"No page, but a refusal: {page.text[:200]!r}."),
        (is_filler(page.text, known), FallbackReason.UNFAITHFUL, f"No page, but dummy text: {page.text[:60]!r}."),
        (markup.stripped, FallbackReason.MALFORMED, _STRIPPED),
    )
    return next(((reason, detail) for found, reason, detail in faults if found), None) or _emptiness(
        page, answer, known
    )


def _emptiness(page: PageHtml, answer: str, known: str) -> tuple[FallbackReason, str] | None:
    text = squeezed(page.text)
    if len(text) <= 1 and (text not in known or not text):
        if Repair.PROMPT_ECHO.value in page.repairs:
            return FallbackReason.MALFORMED, "The answer is the prompt."
        much = f" (of {len(answer)} characters)" if answer.strip() else ""
        return FallbackReason.EMPTY, f"The answer has no text of a page{much}."
    if not squeezed(_IMAGE.sub("", page.html).replace("<p>", "").replace("</p>", "")):
        return FallbackReason.EMPTY, "The answer only puts a picture in the place of the page."
    if len(text) < len(known) * _LEAST_SHARE:
        return FallbackReason.EMPTY, (
            f"The answer has {len(text)} characters where the page's own text has {len(known)}."
        )
    return None


def _loop(answer: str, page: Evidence) -> str | None:
    """What the watch over streams says of the whole answer, for servers that do not stream."""
    watch = RepetitionWatch(page)
    for start in range(0, len(answer), _STEP):
        if loop := watch.feed(answer[start : start + _STEP]):
            return loop
    return None


def _rejection(reason: FallbackReason, detail: str, page: PageHtml | None = None) -> Verdict:
    return Verdict(status=Status.REJECTED, page=page, reason=reason, detail=detail)
