"""Turns an answer into markup: removes what is around the page, and reads the rest in its dialect."""

from dataclasses import dataclass
from typing import Final

from pipeline.markup.characters import text_to_clean
from pipeline.markup.repairs import Repair
from pipeline.vision.answers.chatter import chatter_removed, echo_removed
from pipeline.vision.answers.cut import completed, ends_early, gaps_removed
from pipeline.vision.answers.envelope import (
    envelope_removed,
    escapes_removed,
    front_matter_removed,
)
from pipeline.vision.answers.fences import fences_removed
from pipeline.vision.answers.look_alikes import look_alikes_replaced
from pipeline.vision.answers.page_words import PageWords
from pipeline.vision.answers.special_tokens import next_turn_removed, tokens_removed
from pipeline.vision.answers.stripping import Stripping
from pipeline.vision.answers.thoughts import thoughts_removed
from pipeline.vision.answers.tool_calls import call_to_arguments
from pipeline.vision.dialects.dialect import Reading, cell_text_to_html, dialects
from pipeline.vision.dialects.grounding import has_grounding

# How many layers around the page are removed.
_MOST_LAYERS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """An answer as HTML that is not yet sanitised.

    Attributes:
        html: The page.
        text: The page as the model wrote it, without what was around it.
        introductions: What the model said before it.
        closings: What it said behind it.
        dropped: Texts that were dropped, in order.
        dialects: Names of the dialects that were seen.
        cut: Whether the answer ends in the middle of its own structure, so that it cannot be used.
        fault: Why its structure is lost; empty where it is not.
        warnings: What a reader should know about it, a sentence each.
    """

    html: str
    text: str
    dropped: tuple[str, ...] = ()
    introductions: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    cut: bool = False
    fault: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known about an answer before it is read.

    Attributes:
        page: The page's own words.
        prompt: What the model was asked.
        unfinished: Whether the answer was cut, so that its last row may be half a row.
        dialect: The dialect that the user has set for the model; None where the answer itself shows it.
    """

    page: PageWords
    prompt: str = ""
    unfinished: bool = False
    dialect: str | None = None


def answer_to_markup(answer: str, asked: Asked, repairs: set[Repair]) -> Markup:
    """The answer as markup, whatever dialect it is in.

    Args:
        answer: What the model wrote.
        asked: What is known about it.
        repairs: Receives what was mended.
    """
    text = text_to_clean(answer)
    if text != answer.replace("\r\n", "\n"):
        repairs.add(Repair.CONTROLS)
    stripping = Stripping(page=asked.page, prompt=asked.prompt, repairs=repairs)
    text = _stripped(text, stripping)
    text, has_gap = gaps_removed(look_alikes_replaced(text))
    early = ends_early(text)
    page = completed(text, repairs, sure=asked.unfinished) if asked.unfinished or early else text
    reading = Reading(
        page=asked.page,
        read=lambda part: cell_text_to_html(part, reading),
        repairs=repairs,
        unfinished=asked.unfinished,
    )
    html = cell_text_to_html(page, reading, only=asked.dialect)
    return Markup(
        html=html,
        text=text,
        introductions=tuple(stripping.introductions),
        closings=tuple(stripping.closings),
        dropped=tuple(stripping.dropped),
        dialects=tuple(reading.dialects),
        cut=reading.cut or has_gap,
        fault=reading.fault,
        warnings=(early,) if early and not asked.unfinished else (),
    )


def _stripped(text: str, stripping: Stripping) -> str:
    """The page without everything around it."""
    for _ in range(_MOST_LAYERS):
        before = text
        text = next_turn_removed(thoughts_removed(text, stripping), stripping)
        if (called := call_to_arguments(text)) is not None:
            stripping.repairs.add(Repair.ENVELOPE)
            text = called
        if not has_grounding(text):
            text = tokens_removed(text, stripping.page, stripping.repairs)
        text = text_to_clean(envelope_removed(text, stripping))
        text = escapes_removed(text, stripping)
        text = front_matter_removed(text, stripping.repairs)
        text = chatter_removed(text, stripping)
        text = echo_removed(text, stripping)
        text = fences_removed(text, stripping)
        if text == before:
            break
    return text


# Read once, in the process from which workers are forked, and not by each worker at its first page.
dialects()
