"""Accepts or rejects what a vision model wrote about a page, and turns it into the page's content."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from pipeline import errors
from pipeline.choices import FaithfulAction
from pipeline.errors import UnfaithfulAnswer
from pipeline.markup.repairs import SENTENCES, Repair
from pipeline.markup.sanitise import MAX_BYTES, Clean, TooMuchMarkup, blocks_to_html, sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.markup.tree import Node, node_to_text
from pipeline.page_result import Against, Content, FallbackReason, Method, TableOrigin
from pipeline.table import Table
from pipeline.vision.alignment.cell_places import tables_to_placed
from pipeline.vision.alignment.settling import EnginePage, Settled, settle
from pipeline.vision.answers.emptiness import emptiness, has_no_text
from pipeline.vision.answers.foreign import is_filler, is_foreign
from pipeline.vision.answers.omissions import may_have_dots, omission
from pipeline.vision.answers.page_words import PageWords
from pipeline.vision.answers.to_html import Asked, Markup, answer_to_markup
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.faithfulness.comparison import WORRYING_RECALL, Comparison, Faith, compare
from pipeline.vision.faithfulness.marking import mark
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.faithfulness.second_reading import comparison_to_second_reading
from pipeline.vision.loops.page_evidence import Evidence
from pipeline.vision.loops.repetition import RepetitionWatch
from pipeline.vision.profiles.profiles import Profile

_CUT: Final = frozenset({"length", "max_tokens"})
_LOST: Final = (
    "The server has taken the model's own marks of cells out of a table, so that its texts run into each other. "
    "This model needs a server that keeps special tokens."
)
# Repairs that a reader must know about: the table's cells may be at other places than on the page.
_DOUBTFUL: Final = (Repair.UNEVEN, Repair.BROKEN_TABLE, Repair.LOOSE_CELLS, Repair.STRAY_TEXT)
# Marks of tables that no dialect has read: a row between bars, a drawn rule, a token of OTSL, an end of LaTeX.
_LEFT: Final = re.compile(
    r"^\s*\|.*\|.*|^[^|\n]*\|.*\|[ \t]*$|^.*\S[ \t]*\|[ \t]*$|^\s*\|+\s*$|\|[^|\n]*\|[^|\n]*\||\+[-=]{3,}"
    r"|</?(?:[felux]cel|[cr]hed|nl)>|&[^&\n]*&[^&\n]*\\\\"
    r"|\\end\{tabular",
    re.MULTILINE,
)

# Each of these marks has one of these signs in it.
_LEFT_SIGNS: Final = ("|", "+-", "+=", "cel>", "hed>", "nl>", "\\\\", "\\end{")

#: How many characters of dropped text a manifest keeps.
MOST_DROPPED: Final = 500


class AnswerStatus(StrEnum):
    """The result of judging an answer."""

    OK = "ok"
    REPAIRED = "repaired"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHtml:
    """A page as clean HTML.

    Attributes:
        html: Allowed elements only, well formed, every table rectangular; no ``<section>`` around it.
        text: Its visible text, a line feed at the edges of blocks and cells.
        blocks: The tree of ``html``.
        repairs: What had to be repaired, as values of :class:`pipeline.markup.repairs.Repair`.
        warnings: What a reader should know about it, a sentence each.
    """

    html: str
    text: str
    blocks: tuple[Node, ...] = ()
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The page's tables as values."""
        return blocks_to_tables(self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an answer can be used, and its page.

    Attributes:
        status: Whether it can be used, and whether it had to be repaired.
        page: The page; for a rejected answer the part that could be read, None where there is none.
        reason: Why it was rejected; None where it was not.
        detail: The same as a sentence.
        dropped: Parts of the answer that were dropped, in order.
        dialects: Names of the dialects that it is in.
    """

    status: AnswerStatus
    page: PageHtml | None = None
    reason: FallbackReason | None = None
    detail: str = ""
    dropped: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()

    def accepted(self) -> PageHtml:
        """The page of an answer that was not rejected.

        Raises:
            PageError: It was rejected; the class says why.
        """
        if self.reason is None and self.page is not None:
            return self.page
        raise _ERRORS.get(self.reason or FallbackReason.EMPTY, errors.MalformedAnswer)(self.detail)


_ERRORS: dict[FallbackReason, type[errors.PageError]] = {
    FallbackReason.EMPTY: errors.EmptyAnswer,
    FallbackReason.TRUNCATED: errors.TruncatedAnswer,
    FallbackReason.REPETITIVE: errors.RepetitiveAnswer,
    FallbackReason.REFUSED: errors.ModelRefused,
    FallbackReason.MALFORMED: errors.MalformedAnswer,
    FallbackReason.UNFAITHFUL: errors.UnfaithfulAnswer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An answer that was accepted.

    Attributes:
        content: The page.
        dropped: What was thrown away of the answer, cut to :data:`MOST_DROPPED` characters.
        dialects: Names of the dialects that it is in.
    """

    content: Content
    dropped: str = ""
    dialects: tuple[str, ...] = ()


def judge(
    answer: str,
    *,
    finish_reason: str | None = "stop",
    page_text: PageText | None = None,
    prompt: str = "",
    dialect: str | None = None,
    watched: bool = False,
) -> Verdict:
    """Make clean HTML of an answer, or say why it cannot be used.  Never raises, whatever the text.

    Args:
        answer: What the model wrote.
        finish_reason: What the server gave as the reason for the end.
        page_text: The page's own text, where it has one.
        prompt: What the model was asked, to recognise it in the answer.
        dialect: The dialect that the user has set for the model; None where the text itself shows it, since models
            vary.
        watched: Whether the answer was checked for loops already, while it came from the server.
    """
    if len(answer.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return _rejection(FallbackReason.MALFORMED, f"The answer is larger than {MAX_BYTES} bytes.", answer)
    if not watched and (loop := _loop(answer, Evidence(read_text=lambda: page_text or PageText()))):
        return _rejection(FallbackReason.REPETITIVE, f"The model repeats itself: {loop}.", answer)
    asked = Asked(page=PageWords(page_text), prompt=prompt, unfinished=finish_reason in _CUT, dialect=dialect)
    repairs = set[Repair]()
    markup = answer_to_markup(answer, asked, repairs)
    try:
        clean = sanitise(markup.html, notation=True)
    except TooMuchMarkup:
        return _rejection(FallbackReason.MALFORMED, f"The answer grows beyond {MAX_BYTES} bytes of HTML.", answer)
    repairs |= set(clean.repairs)
    page = _clean_to_page(clean, markup, repairs)
    in_cells = "|---" in page.text and any("|---" in cell.text for table in page.tables for cell in table.cells)
    left = in_cells or _has_left(_text_of(page, code=False))
    if left and not asked.page.has_bars:
        repairs.add(Repair.BROKEN_TABLE)
        page = _clean_to_page(clean, markup, repairs)
    fault = _fault(page, answer, markup, asked)
    if fault is not None:
        reason, detail = fault
        verdict = _rejection(
            reason, detail, markup.text.strip() or ("" if markup.dropped else answer), page if page.text else None
        )
        return replace(verdict, dropped=(*markup.dropped, *verdict.dropped), dialects=markup.dialects)
    return Verdict(
        status=AnswerStatus.REPAIRED if repairs else AnswerStatus.OK,
        page=page,
        dropped=markup.dropped,
        dialects=markup.dialects,
    )


def _clean_to_page(clean: Clean, markup: Markup, repairs: set[Repair]) -> PageHtml:
    return PageHtml(
        html=clean.html,
        text=clean.text,
        blocks=clean.blocks,
        repairs=tuple(sorted(repair.value for repair in repairs)),
        warnings=(*markup.warnings, *(SENTENCES[repair] for repair in _DOUBTFUL if repair in repairs)),
    )


def _has_left(text: str) -> bool:
    """Whether marks of a table are left in a text."""
    return any(sign in text for sign in _LEFT_SIGNS) and bool(_LEFT.search(text))


def _text_of(page: PageHtml, *, code: bool) -> str:
    """The page's code, or its text outside of tables and code."""
    blocks = (block for block in page.blocks if block.tag != "table" and (block.tag == "pre") == code)
    return "\n".join(node_to_text(block) for block in blocks)


def _fault(page: PageHtml, answer: str, markup: Markup, asked: Asked) -> tuple[FallbackReason, str] | None:
    """Why the page cannot be used, the clearest reason first; None where it can."""
    words = asked.page
    if asked.unfinished or markup.cut:
        return FallbackReason.TRUNCATED, "The answer ends before the page does."
    if "<table" not in page.html and is_foreign(
        _text_of(page, code=False), _text_of(page, code=True), markup.introductions, words
    ):
        return FallbackReason.REFUSED, f"No page, but the model's own words: {page.text[:200]!r}."
    tables = page.tables if may_have_dots(page.text) else ()
    if left_out := omission(page.blocks, tables, markup.text, markup.closings, words):
        return FallbackReason.TRUNCATED, f"The model says that it left a part of the page out: {left_out[:200]!r}."
    if markup.fault or Repair.LOST_CELLS.value in page.repairs:
        return FallbackReason.MALFORMED, markup.fault or _LOST
    return _emptiness(page, answer, words)


def _emptiness(page: PageHtml, answer: str, words: PageWords) -> tuple[FallbackReason, str] | None:
    """Why the page is as good as empty; None where it is not."""
    if is_filler(page.text, words):
        return FallbackReason.UNFAITHFUL, f"No page, but dummy text: {page.text[:60]!r}."
    if has_no_text(page.text, words):
        if Repair.PROMPT_ECHO.value in page.repairs:
            return FallbackReason.MALFORMED, "The answer is the prompt."
        much = f" (of {len(answer)} characters)" if answer.strip() else ""
        return FallbackReason.EMPTY, f"The answer has no text of a page{much}."
    sentence = emptiness(page.text, page.html, words)
    return (FallbackReason.EMPTY, sentence) if sentence else None


def _loop(answer: str, page: Evidence) -> str | None:
    """The loop in an answer that was not checked while it came, in words; None where there is none."""
    return RepetitionWatch(page).feed(answer)


def _rejection(reason: FallbackReason, detail: str, thrown_away: str, page: PageHtml | None = None) -> Verdict:
    dropped = (thrown_away.strip(),) if thrown_away.strip() else ()
    return Verdict(status=AnswerStatus.REJECTED, page=page, reason=reason, detail=detail, dropped=dropped)


def _nothing() -> None:
    """No page by the built-in engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the answers for one page.

    Attributes:
        profile: The profile of the model that answers.
        page_text: The page's own text, or that in its picture.
        against: Whose text that is.
        faithful: What is done with an answer that contradicts the page.
        read_page: Gives the page by the built-in engine, None where it cannot; called only where an answer is doubted.
    """

    profile: Profile
    page_text: PageText
    faithful: FaithfulAction
    against: Against = Against.TEXT_LAYER
    read_page: Callable[[], EnginePage | None] = _nothing

    def __call__(self, answer: RawAnswer) -> Judgement:
        """The page's content, and what was dropped of the answer.

        Raises:
            PageError: The answer cannot be used; the class says why, and ``dropped`` what was dropped.
        """
        verdict = judge(
            answer.text,
            finish_reason=answer.finish_reason,
            page_text=self.page_text,
            prompt=self.profile.prompt,
            dialect=self.profile.own_dialect,
            watched=True,
        )
        dropped = "\n".join(verdict.dropped)[:MOST_DROPPED]
        try:
            content, page = self._content(answer, verdict)
            tables = tables_to_placed(page.tables, self.page_text)
            tables = tuple(map(_with_method, tables, content.origins)) if content.origins else tables
            return Judgement(content=replace(content, tables=tables), dropped=dropped, dialects=verdict.dialects)
        except errors.PageError as error:
            error.dropped = dropped or answer.text.strip()[:MOST_DROPPED]
            raise

    def _content(self, answer: RawAnswer, verdict: Verdict) -> tuple[Content, PageHtml]:
        page = verdict.accepted()
        if answer.thought:
            page = replace(page, repairs=(*page.repairs, Repair.THOUGHT.value))
        if self.faithful is FaithfulAction.OFF and answer.whole:
            return _page_to_content(page), page
        comparison = self._compare(page)
        if not answer.whole:
            page = replace(page, warnings=(*page.warnings, _unsaid_end(comparison)))
        if self.faithful is FaithfulAction.OFF:
            return _page_to_content(page), page
        if comparison.faith is Faith.INVENTED and self.faithful is not FaithfulAction.FLAG:
            raise UnfaithfulAnswer(comparison.detail)
        if self.faithful is not FaithfulAction.CORRECT or comparison.faith is Faith.UNKNOWN:
            return self._compared(page, comparison), page
        page, settled = self._settled(page, comparison)
        content = self._compared(page, self._compare(page) if settled.changed else comparison)
        return replace(content, corrections=settled.corrections, origins=settled.origins), page

    def _settled(self, page: PageHtml, comparison: Comparison) -> tuple[PageHtml, Settled]:
        """The page that agrees with its own text; what was unsure about its tables is no more where that text tells."""
        uneven = Repair.UNEVEN.value in page.repairs
        doubtful = comparison.faith is not Faith.FAITHFUL
        settled = settle(page.blocks, self.page_text, self.read_page, doubtful=doubtful, uneven=uneven)
        if settled.changed:
            page = replace(page, html=blocks_to_html(settled.blocks), blocks=settled.blocks)
        if uneven and settled.certain:
            page = replace(page, warnings=tuple(each for each in page.warnings if each != SENTENCES[Repair.UNEVEN]))
        return page, settled

    def _compare(self, page: PageHtml) -> Comparison:
        """The page compared with its text; with that in its picture, which may be misread, in a lower standing."""
        comparison = compare(page.blocks, self.page_text)
        return comparison_to_second_reading(comparison) if self.against is Against.OCR else comparison

    def _compared(self, page: PageHtml, comparison: Comparison) -> Content:
        """The page with what is doubted marked in it."""
        content = _page_to_content(page)
        doubtful = comparison.faith in {Faith.DOUBTFUL, Faith.INVENTED}
        return replace(
            content,
            html=mark(page.html, page.blocks, comparison) if doubtful else page.html,
            warnings=(*content.warnings, *((comparison.detail,) if doubtful or not self.page_text.whole else ())),
            checks=replace(comparison.checks, against=self.against if self.page_text.usable else Against.NONE),
        )


def _with_method(table: Table, origin: TableOrigin) -> Table:
    """The table with the method of its cells where that is not the page's."""
    if origin.method is Method.VISION:
        return table
    return replace(table, cells=tuple(replace(cell, method=origin.method.value) for cell in table.cells))


def _unsaid_end(comparison: Comparison) -> str:
    """The words about an answer whose server did not say that it was whole, where the page's own text says so.

    Raises:
        TruncatedAnswer: It does not, or there is none.
    """
    recall = comparison.checks.text_recall
    if recall is None or recall < WORRYING_RECALL or comparison.checks.numbers_missing:
        raise errors.TruncatedAnswer(
            "The server did not say that its answer is whole, and the page's own text does not show it."
        )
    return f"The server did not say that its answer is whole; it has {recall:.0%} of the words of the page's own text."


def _page_to_content(page: PageHtml) -> Content:
    return Content(
        method=Method.VISION,
        html=page.html,
        repairs=page.repairs,
        warnings=page.warnings,
    )
