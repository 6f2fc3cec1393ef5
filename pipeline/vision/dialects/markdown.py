"""Markdown, as vision models write it, to HTML that the sanitiser can take."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from pipeline.markup.characters import text_to_html
from pipeline.markup.repairs import Repair
from pipeline.markup.table import table_to_html
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.pipe_tables import is_separator, lines_to_pipe_blocks, lines_to_table

# What Markdown would interpret as its own marks inside a formula.
_EQUATION: Final = re.compile(
    r"\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$|\\\(.{1,500}?\\\)"
    r"|(?<![\\$\w])\$(?![\s$])[^$\n]{1,300}?(?<![\s\\])\$(?![\w$])"
    r"|(?<![\\$\w])\$ [^$\n]{0,300}?[\\^_{][^$\n]{0,300}? \$(?![\w$])",
    re.DOTALL,
)
_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_STAR: Final = re.compile(r"[ ]{0,3}\*[ \t]+\S")
_HELD: Final = re.compile("\\s*\ufdd0[0-9]{1,9}\ufdd1\\s*\\Z")


def _numbered_items(state: StateCore) -> None:
    """Keep the number that was printed before each item; Markdown itself would count from the first one."""
    for token in state.tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", token.info)


def _parser() -> MarkdownIt:
    """CommonMark without the rules that lose or change the text of a transcribed page.

    Off are: indented code (models indent for looks), underlined headings (a line of dashes is a rule), reference
    definitions (they disappear), fences and HTML blocks (set aside earlier; the rest of them is text).
    """
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True})
    parser.enable("strikethrough")
    parser.disable(["code", "fence", "lheading", "reference", "html_block", "autolink"])
    parser.core.ruler.push("numbered_items", _numbered_items)
    return parser


_PARSER: Final = _parser()


def markdown_to_html(text: str, reading: Reading) -> str:
    """The Markdown as HTML, pipe tables and all; not yet sanitised."""
    text = _EQUATION.sub(lambda match: reading.aside.keep(text_to_html(match[0])), text)
    lines = _tables_aside(_lonely_stars_escaped(text.split("\n")), reading)
    return str(_PARSER.render("\n".join(lines)))


def inline_to_html(text: str) -> str:
    """A cell's Markdown as HTML."""
    return str(_PARSER.renderInline(text))


def _lonely_stars_escaped(lines: list[str]) -> list[str]:
    """Escape the star of a single line that begins with one: it is a footnote, not a list."""
    starred = [index for index, line in enumerate(lines) if _STAR.match(line)]
    filled = [index for index, line in enumerate(lines) if line.strip()]
    order = {index: place for place, index in enumerate(filled)}
    places = {order[index] for index in starred}
    for index in starred:
        if not {order[index] - 1, order[index] + 1} & places:
            lines[index] = lines[index].replace("*", "\\*", 1)
    return lines


def _tables_aside(lines: list[str], reading: Reading) -> list[str]:
    """The lines with each pipe table replaced by a place holder in a paragraph of its own.

    A table without a head, directly below another one, may be rows of that one, separated by a different row.
    """
    result: list[str] = []
    fence = ""
    touches = False
    for block, may_be_table in lines_to_pipe_blocks(lines):
        if opening := _FENCE.match(block[0]):
            mark = opening[1]
            fence = mark if not fence else "" if mark[0] == fence[0] and len(mark) >= len(fence) else fence
        table = lines_to_table(block, reading.repairs) if may_be_table and not fence else None
        if table is None:
            result += block
            touches = touches and not any(line.strip() for line in block)
        else:
            if touches and not any(map(is_separator, block)):
                reading.repairs.add(Repair.BROKEN_TABLE)
            touches = True
            result += ["", reading.aside.keep(table_to_html(table, inline_to_html)), ""]
    return result


DIALECT: Final = Dialect(
    name="markdown", order=90, shows=lambda text: not _HELD.match(text), to_markup=markdown_to_html
)
