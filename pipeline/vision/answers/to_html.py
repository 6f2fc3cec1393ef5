"""Any dialect that a model may answer in becomes one kind of markup."""

from dataclasses import dataclass
from typing import Final

from pipeline.markup.characters import text_to_plain
from pipeline.markup.repairs import Repair
from pipeline.vision.answers.chatter import chatter_removed, echo_removed
from pipeline.vision.answers.cut import completed
from pipeline.vision.answers.envelope import envelope_removed, front_matter_removed, text_to_turn
from pipeline.vision.answers.thoughts import thoughts_removed, tokens_removed
from pipeline.vision.dialects.doctags import doctags_to_html, has_doctags, is_stripped, positions_to_breaks
from pipeline.vision.dialects.fences import fences_removed
from pipeline.vision.dialects.grounding import grounding_to_markdown, has_grounding
from pipeline.vision.dialects.html_blocks import blocks_aside, code_aside, has_blocks, has_code, has_markdown
from pipeline.vision.dialects.latex import tabulars_to_html
from pipeline.vision.dialects.layout_json import has_layout, layout_to_html, text_to_layout
from pipeline.vision.dialects.markdown import markdown_to_html
from pipeline.vision.dialects.otsl import has_otsl, otsl_to_html
from pipeline.vision.dialects.set_aside import Keeper

# Wrappings within wrappings are taken off this often.
_MOST_LAYERS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """An answer as HTML that is not yet sanitised.

    Attributes:
        plain: The page as the model wrote it, without what was wrapped around it.
        turn: Degrees by which the model says that the page must be turned clockwise.
        cut: Whether the answer ends in the middle of its own structure.
        stripped: Whether a server has taken out the tokens that made the structure.
    """

    html: str
    plain: str
    turn: int = 0
    cut: bool = False
    stripped: bool = False


def answer_to_markup(answer: str, *, prompt: str, known: str, unfinished: bool, repairs: set[Repair]) -> Markup:
    """The answer as markup, whatever dialect it is in.

    Args:
        answer: What the model wrote.
        prompt: What it was asked.
        known: The page's own text, squeezed; empty where it has none.
        unfinished: Whether the answer was cut, so that its last row may be half a row.
        repairs: Receives what was mended.
    """
    text = text_to_plain(answer)
    if text != answer.replace("\r\n", "\n"):
        repairs.add(Repair.CONTROLS)
    text, turn = _unwrapped(text, prompt, known, repairs)
    stripped = is_stripped(text)
    if has_layout(text):
        layout = text_to_layout(text, repairs)
        html = layout_to_html(layout, lambda part: _page_to_html(text_to_plain(part), repairs))
        if layout.cut or unfinished:
            html = completed(html, repairs)
        return Markup(html=html, plain=text, turn=turn, cut=layout.cut, stripped=stripped)
    page = completed(text, repairs) if unfinished else text
    return Markup(html=_page_to_html(page, repairs), plain=text, turn=turn, stripped=stripped)


def _unwrapped(text: str, prompt: str, known: str, repairs: set[Repair]) -> tuple[str, int]:
    """The page without all that stands around it, and its turn."""
    turn = 0
    for _ in range(_MOST_LAYERS):
        before = text
        text = thoughts_removed(text, repairs)
        if not has_grounding(text):
            text = tokens_removed(text, repairs)
        text = text_to_plain(envelope_removed(text, repairs))
        turn = turn or text_to_turn(text)
        text = front_matter_removed(text, repairs)
        text = chatter_removed(text, known, repairs)
        text = echo_removed(text, prompt, known, repairs)
        text = fences_removed(text, known, repairs)
        if text == before:
            break
    return text, turn


def _page_to_html(text: str, repairs: set[Repair]) -> str:
    """A page in any dialect but JSON as HTML."""
    if has_grounding(text):
        text = tokens_removed(grounding_to_markdown(text), repairs)
        text = text.replace("\ufdd4\n", "\ufdd4").replace("\ufdd4#", "#").replace("\ufdd4", "## ")
    if is_stripped(text):
        repairs.add(Repair.TOKENS)
        text = positions_to_breaks(text)
    elif has_doctags(text):
        return doctags_to_html(text)
    if has_otsl(text):
        text = otsl_to_html(text)
    text = tabulars_to_html(text, repairs)
    keeper = Keeper()
    without_code = code_aside(text, keeper)
    rest = blocks_aside(without_code, keeper)
    if has_blocks(without_code) and not has_code(text) and not has_markdown(rest):
        return text
    return markdown_to_html(rest, keeper, repairs)
