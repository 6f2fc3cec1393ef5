"""LaTeX in an answer, to HTML: tables, and the text around them in a document.

pylatexenc reads the commands, their arguments and the groups. This module and :mod:`.latex_tables` say what they mean
on a page. What is not named there stays as it was written; above all, formulas.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from types import MappingProxyType
from typing import Final

from pylatexenc.latexwalker import (
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexNode,
    LatexWalker,
    LatexWalkerError,
    get_default_latex_context_db,
)
from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

from pipeline.markup.repairs import Repair
from pipeline.markup.table import table_to_html
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.latex_tables import (
    CONTAINERS,
    HEADINGS,
    PARAGRAPHS,
    PERCENT,
    SILENT,
    TABULARS,
    TEXTS,
    is_tabular,
    last_argument,
    node_to_arguments,
    tabular_to_table,
)

_LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {"itemize": "ul", "enumerate": "ol", "description": "ul", "tablenotes": "ul"}
)
# How the names of environments that are tables begin.
_TABULARS: Final = "tabular|supertabular|longtable|tblr|longtblr|talltblr|array|NiceTabular"
_BEGIN: Final = re.compile(rf"\\begin\{{(?:{_TABULARS})")
_END: Final = re.compile(rf"\\end\{{(?:{_TABULARS})")
_SIGNS: Final = re.compile(
    rf"\\begin\{{(?:{_TABULARS}|table|itemize|enumerate|document|abstract)"
    r"|\\(?:title|chapter|(?:sub){0,2}section)\*?\{"
)
# The rows of a table without its begin and end: a rule, and cells before the end of a row.
_BARE_ROWS: Final = re.compile(
    r"\\(?:hline|toprule)\b(?=[^&]{0,300}&[^\\]{0,300}(?:\\(?!\\)[^\\]{0,300}){0,20}\\\\).*(?:\\\\|\\hline|\\bottomrule)",
    re.DOTALL,
)
# Signs escaped as in HTML, within a table: "&" would separate cells there.
_TABULAR: Final = re.compile(rf"{_BEGIN.pattern}.*?(?:{_END.pattern}|\Z)", re.DOTALL)
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|nbsp);")
# A line that is a comment: elsewhere models write the percent sign without its backslash.
_COMMENT: Final = re.compile(r"(?<=[{}])%[ \t]*$|^[ \t]*%(?!\s{0,9}[0-9(&]).*\n", re.MULTILINE)
# How tabularray sets cells that span others: \\SetCell[r=2,c=3]{c}.
_SET_CELL: Final = re.compile(r"\\SetCell\s?(?:\[([^\]\n]{0,60})\])?\s?(?:\{[^{}\n]{0,60}\})?([^&\\\n]{0,300})")
_SPAN: Final = re.compile(r"\b([rc])\s?=\s?([0-9]{1,3})")
_CMIDRULE: Final = re.compile(
    r"\\cmidrule\s{0,3}(?:\[[^\]\n]{0,20}\])?\s{0,3}\([a-z0-9.{}]{0,20}\)\s{0,3}\{[^{}]{0,20}\}"
)
# The end of a row with its star and its space: what else stands behind it is the next row's first cell.
_ROW_END: Final = re.compile(r"\\\\(?:\*(?!\*))?[ \t]?(?:\[\s?(?:-?[0-9.]{1,9}\s?\\?|\\)[a-z]{2,20}\s?\])?")
_AROUND: Final = re.compile(r"(?:\$\$|\\\[)\s*(\ufdd0[0-9]{1,9}\ufdd1)\s*(?:\$\$|\\\])")
# How often text that the parser cannot read (a brace too many) is skipped.
_MOST_STARTS: Final = 200


def _context() -> object:
    context = get_default_latex_context_db()
    commands = {**TEXTS, **SILENT, **dict.fromkeys((*HEADINGS, "paragraph", "caption"), "*[{")}
    commands |= dict.fromkeys(("author", "date", "footnote", "footnotetext"), "[{")
    commands["\\"] = ""
    context.add_context_category(
        "tables",
        prepend=True,
        macros=[MacroSpec(name, arguments) for name, arguments in commands.items()],
        environments=[EnvironmentSpec(name, arguments) for name, arguments in TABULARS.items()]
        + [EnvironmentSpec(name, "[") for name in (*_LISTS, "table", "table*", "figure", "figure*")],
    )
    return context


_CONTEXT: Final = _context()


def latex_to_html(text: str, reading: Reading) -> str:
    """The text with its LaTeX tables, headings and lists set aside as HTML; formulas stay as they are."""
    text = _TABULAR.sub(lambda match: _ENTITY.sub(lambda entity: unescape(entity[0]), match[0]), text)
    source = _COMMENT.sub("", _CMIDRULE.sub("", text).replace("\\%", PERCENT)).replace("%", PERCENT)
    if "\\SetCell" in source:
        source = _SET_CELL.sub(_set_cell_to_block, source)
    source = _ROW_END.sub(r"\\\\ ", source)
    if not _BEGIN.search(source) and (rows := _BARE_ROWS.search(source)):
        source = f"{source[: rows.start()]}\\begin{{tabular}}{{}}{rows[0]}\\end{{tabular}}{source[rows.end() :]}"
        reading.repairs.add(Repair.BROKEN_TABLE)
    if len(_BEGIN.findall(source)) != len(_END.findall(source)):
        reading.repairs.add(Repair.BROKEN_TABLE)
    result = "".join(_nodes_to_text(_source_to_nodes(source), reading))
    return _AROUND.sub(r"\1", result).replace(PERCENT, "%")


def _set_cell_to_block(match: re.Match[str]) -> str:
    spans = dict(_SPAN.findall(match[1] or ""))
    return f"\\Block{{{spans.get('r', '1')}-{spans.get('c', '1')}}}{{{match[2].strip()}}} "


def _source_to_nodes(source: str) -> Iterator[LatexNode | str]:
    """The parser's nodes. A character at which it fails is text, and after too many failures so is all of the rest."""
    position = 0
    for _ in range(_MOST_STARTS):
        walker = LatexWalker(source, latex_context=_CONTEXT, tolerant_parsing=True)
        try:
            nodes, start, length = walker.get_latex_nodes(pos=position)
        except (LatexWalkerError, RecursionError):
            break
        yield from nodes
        position = start + length
        if position >= len(source):
            return
        yield source[position]
        position += 1
    yield source[position:]


def _nodes_to_text(nodes: Iterable[LatexNode | str], reading: Reading) -> Iterator[str]:
    """The nodes as text, with place holders for all that this module reads."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, LatexEnvironmentNode):
            yield _environment_to_text(node, reading)
        elif isinstance(node, LatexMacroNode):
            yield _macro_to_text(node, reading)
        elif (isinstance(node, LatexMathNode) and any(map(is_tabular, node.nodelist))) or (
            isinstance(node, LatexGroupNode) and _holds_table(node)
        ):
            yield from _nodes_to_text(node.nodelist, reading)
        else:
            yield node.latex_verbatim()


def _holds_table(node: LatexNode) -> bool:
    """Whether a table is within a group, a command that scales it, or an environment that turns it."""
    return bool(_BEGIN.search(node.latex_verbatim()))


def _environment_to_text(node: LatexEnvironmentNode, reading: Reading) -> str:
    name = node.environmentname
    if is_tabular(node):
        reading.repairs.add(Repair.TABULAR)
        table, broken = tabular_to_table(node)
        if broken:
            reading.repairs.add(Repair.BROKEN_TABLE)
        html = table_to_html(table, lambda cell: cell)
        return reading.keep_block(html) if table.cells else ""
    if name in _LISTS:
        items = "".join(f"<li>{item}</li>" for item in _list_to_items(node, reading))
        return reading.keep_block(f"<{_LISTS[name]}>{items}</{_LISTS[name]}>")
    if name in CONTAINERS or (name != "array" and _holds_table(node)):
        return "\n\n" + "".join(_nodes_to_text(node.nodelist, reading)) + "\n\n"
    return str(node.latex_verbatim())


def _macro_to_text(node: LatexMacroNode, reading: Reading) -> str:
    name = node.macroname
    if name in HEADINGS and (text := last_argument(node)):
        return reading.keep_block(f"<{HEADINGS[name]}>{text}</{HEADINGS[name]}>")
    if name in PARAGRAPHS and (text := last_argument(node)):
        return reading.keep_block(f"<p>{text}</p>")
    if name in TEXTS and _holds_table(node):
        return "".join(_nodes_to_text([each for each in node_to_arguments(node)[-1:] if each is not None], reading))
    if name in SILENT:
        return "\n" if "\n" in node.macro_post_space else " "
    return str(node.latex_verbatim())


def _list_to_items(node: LatexEnvironmentNode, reading: Reading) -> Iterator[str]:
    item: list[LatexNode] = []
    started = False
    for child in [*node.nodelist, None]:
        is_item = isinstance(child, LatexMacroNode) and child.macroname == "item"
        if child is not None and not is_item:
            item.append(child)
            continue
        if (
            text := reading.aside.restore("".join(_nodes_to_text(item, reading))).replace(PERCENT, "%").strip()
            if started
            else ""
        ):
            yield reading.read(text).strip().removeprefix("<p>").removesuffix("</p>")
        item, started = [], True


def has_latex(text: str) -> bool:
    """Whether the text holds LaTeX of a document or a table."""
    return bool(_SIGNS.search(text) or _BARE_ROWS.search(text))


DIALECT: Final = Dialect(name="latex", order=50, shows=has_latex, to_markup=latex_to_html)
