"""Markdown, as vision models write it, to HTML that the sanitiser can take."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from pipeline.markup.characters import text_to_html
from pipeline.markup.repairs import Repair
from pipeline.vision.dialects.pipes import is_row, lines_to_table
from pipeline.vision.dialects.set_aside import Keeper

# What Markdown would read as its own inside a formula.
_EQUATION: Final = re.compile(
    r"\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$|\\\(.{1,500}?\\\)|(?<![\\$\w])\$(?![\s$])[^$\n]{1,300}?(?<![\s\\])\$(?![\w$])",
    re.DOTALL,
)
_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_STAR: Final = re.compile(r"[ ]{0,3}\*[ \t]+\S")


def _numbered_items(state: StateCore) -> None:
    """Keep the number that was printed before each item; Markdown itself would count anew from the first one."""
    for token in state.tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", token.info)


def _parser() -> MarkdownIt:
    """CommonMark without the rules that lose or bend the text of a transcribed page.

    Off are: indented code (models indent for looks), underlined headings (a dashed line is a rule), reference
    definitions (they vanish), fences and HTML blocks (kept aside before; what is left of them is text).
    """
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True})
    parser.enable("strikethrough")
    parser.disable(["code", "fence", "lheading", "reference", "html_block", "autolink"])
    parser.core.ruler.push("numbered_items", _numbered_items)
    return parser


_PARSER: Final = _parser()


def markdown_to_html(text: str, keeper: Keeper, repairs: set[Repair]) -> str:
    """The Markdown as HTML, pipe tables and all; not yet sanitised.

    Args:
        text: Markdown with inline HTML.
        keeper: Holds the blocks of HTML that were taken out of the text, and puts them back.
        repairs: Receives what was mended.
    """
    text = _EQUATION.sub(lambda match: keeper.keep(text_to_html(match[0])), text)
    lines = _tables_aside(_lonely_stars_escaped(text.split("\n")), keeper, repairs)
    return keeper.restore(_PARSER.render("\n".join(lines)))


def _lonely_stars_escaped(lines: list[str]) -> list[str]:
    """A single line that begins with a star is a footnote, not a list."""
    starred = [index for index, line in enumerate(lines) if _STAR.match(line)]
    filled = [index for index, line in enumerate(lines) if line.strip()]
    order = {index: place for place, index in enumerate(filled)}
    places = {order[index] for index in starred}
    for index in starred:
        if not {order[index] - 1, order[index] + 1} & places:
            lines[index] = lines[index].replace("*", "\\*", 1)
    return lines


def _tables_aside(lines: list[str], keeper: Keeper, repairs: set[Repair]) -> list[str]:
    """The lines with each pipe table replaced by a place holder in a paragraph of its own."""
    result: list[str] = []
    fence = ""
    index = 0
    while index < len(lines):
        line = lines[index]
        if opening := _FENCE.match(line):
            mark = opening[1]
            fence = mark if not fence else "" if mark[0] == fence[0] and len(mark) >= len(fence) else fence
        end = index
        while not fence and end < len(lines) and is_row(lines[end]):
            end += 1
        table = lines_to_table(lines[index:end], _PARSER.renderInline, repairs) if end > index else None
        if table is None:
            result += lines[index : max(end, index + 1)]
        else:
            result += ["", keeper.keep(table), ""]
        index = max(end, index + 1)
    return result
