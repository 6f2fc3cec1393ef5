"""Tables in LaTeX as values: rows, cells and their spans; and the text of a cell or a line as HTML."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexNode,
    LatexSpecialsNode,
)

from pipeline.markup.characters import text_to_html
from pipeline.markup.grid import MAX_SPAN
from pipeline.table import Cell, Table
from pipeline.vision.dialects.latex_units import UNITS

# Environments that are tables, with their arguments. An array is one only where it has rules or upright text.
TABULARS: Final[Mapping[str, str]] = MappingProxyType({
    "tabular": "[{", "tabular*": "{[{", "tabularx": "{[{", "tabulary": "{[{", "longtable": "[{", "array": "[{",
    "tblr": "[{", "longtblr": "[{", "talltblr": "[{", "supertabular": "[{", "NiceTabular": "[{",
})  # fmt: skip
# Environments that only contain other things.
CONTAINERS: Final = frozenset({
    "table", "table*", "figure", "figure*", "center", "document", "threeparttable", "adjustbox", "abstract",
    "flushleft", "flushright", "quote", "minipage", "tablenotes", "landscape", "small",
})  # fmt: skip
HEADINGS: Final[Mapping[str, str]] = MappingProxyType({
    "title": "h1", "chapter": "h1", "section": "h2", "subsection": "h3", "subsubsection": "h4",
})  # fmt: skip
PARAGRAPHS: Final = frozenset({"author", "date", "caption", "paragraph", "footnotetext", "footnote"})
# Commands whose last argument is text, and commands that print nothing; each with its arguments.
TEXTS: Final[Mapping[str, str]] = MappingProxyType({
    **dict.fromkeys(("textbf", "textit", "emph", "text", "textrm", "textsf", "texttt", "textsc", "underline", "mbox",
                     "textnormal", "textup", "uline", "tnote", "textsl", "textmd", "textsuperscript",
                     "textsubscript"), "{"),
    **dict.fromkeys(("makecell", "thead", "shortstack", "Centerstack", "tabincell"), "[{"), "makecell*": "[{",
    "textcolor": "[{{", "colorbox": "{{", "parbox": "[{{", "rotatebox": "[{{", "resizebox": "{{{", "scalebox": "{{",
    **dict.fromkeys(("num", "ang", "numprint"), "[{"), **dict.fromkeys(("SI", "qty"), "[{{"),
    **dict.fromkeys(("si", "unit"), "[{"), "Block": "[{{", "multicolumn": "{{{", "multirow": "[{[{[{", "href": "{{",
    **dict.fromkeys(("diagbox", "slashbox", "backslashbox"), "[{{"), "raisebox": "{[[{", "adjustbox": "{{",
})  # fmt: skip
SILENT: Final[Mapping[str, str]] = MappingProxyType({
    **dict.fromkeys(("centering", "small", "footnotesize", "scriptsize", "tiny", "large", "Large", "normalsize",
                     "raggedright", "raggedleft", "bf", "it", "rm", "sf", "tt", "sc", "bfseries", "itshape", "noindent",
                     "maketitle", "newpage", "clearpage", "pagebreak", "bottomrule", "toprule", "midrule", "hline",
                     "endhead", "endfirsthead", "endfoot", "endlastfoot", "par", "quad", "qquad", "arraybackslash",
                     "hfill", "vfill", "protect", "tableofcontents", "appendix"), ""),
    **dict.fromkeys(("label", "vspace", "hspace", "cline", "arraystretch", "pagestyle", "thispagestyle", "usepackage",
                     "documentclass", "bibliographystyle", "cellcolor", "rowcolor", "color", "Xhline", "cmidrule",
                     "addlinespace", "setlength", "renewcommand", "includegraphics", "hskip", "specialrule"), "[{"),
    "setlength": "{{", "renewcommand": "{[{", "specialrule": "{{{", "hskip": "", "addlinespace": "[", "cmidrule": "[{",
    "vskip": "", "kern": "",
})  # fmt: skip
_QUANTITIES: Final = frozenset({"SI", "qty", "si", "unit"})
_BLOCK: Final = re.compile(r"\{?\s?([0-9]{1,3})\s?-\s?([0-9]{1,3})\s?\}?")
_RULES: Final = frozenset({"hline", "toprule", "midrule", "bottomrule", "Xhline"})
# Ends of the parts that a long table repeats on each of its pages.
_SECTIONS: Final = frozenset({"endfirsthead", "endhead", "endfoot", "endlastfoot"})
# "%" begins a comment in LaTeX, and is a percent sign elsewhere. Noncharacters stand for it and for "\&".
PERCENT: Final = "\ufdd6"
# A cell separator within braces, where it separates nothing.
_STRAY: Final = "\ufdd7"
_LENGTH: Final = re.compile(r"\s{0,3}-?[0-9.]{1,9}\s{0,3}(?:in|cm|mm|pt|em|ex|pc)\b")
# In a column specification: rules, blanks and settings, with up to two levels of braces.
_SETTING: Final = re.compile(r"[|\s:!]|[@<>!]?\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}|\[[^\]]{0,40}\]|\\[a-z]{1,20}")

_SYMBOLS: Final = LatexNodes2Text(math_mode="verbatim", keep_comments=True)


def is_tabular(node: LatexNode) -> bool:
    """Whether a node is a table; an array is one where it has rules or upright text."""
    if not (isinstance(node, LatexEnvironmentNode) and node.environmentname in TABULARS):
        return False
    if node.environmentname != "array":
        return True
    head = node.latex_verbatim()[:2000]
    return "\\hline" in head or "\\text{" in head


@dataclass(slots=True, kw_only=True)
class _Row:
    """The nodes of each cell of a row, and whether there is a rule across the table before it."""

    cells: list[list[LatexNode]] = field(default_factory=lambda: [[]])
    ruled: bool = False

    @property
    def empty(self) -> bool:
        return len(self.cells) == 1 and not nodes_to_line(self.cells[0])


def _differs(node: LatexEnvironmentNode, table: Table) -> bool:
    """Whether a table has another number of columns than its column specification."""
    arguments = [each for each in (node.nodeargd.argnlist or []) if each is not None] if node.nodeargd else []
    told = _SETTING.sub("", arguments[-1].latex_verbatim()[1:-1]) if arguments else ""
    return bool(told) and (not told.replace("*", "a").isalnum() or (told.isalpha() and len(told) != table.columns))


def tabular_to_table(node: LatexEnvironmentNode) -> tuple[Table, bool]:
    """The table of an environment, with cells as HTML, and whether its own marks are broken."""
    part = _nodes_to_part(node.nodelist)
    rows = [row for row in part.rows if not row.empty]
    cells = _raised(_rows_to_cells(rows))
    head = next((index for index, row in enumerate(rows) if index and row.ruled), 0)
    head = _head_with_spans(cells, head)
    table = Table(
        cells=tuple(_with_headers(cells, head)), header_rows=head if head < len(rows) else 0, caption=part.caption
    )
    broken = _differs(node, table) or _is_torn(rows) or any(_STRAY in cell.text for cell in table.cells)
    return _unstrayed(table), broken


def _is_torn(rows: Sequence[_Row]) -> bool:
    """Whether a row's end and a mark between its cells stand in each other's places: its first cell is alone."""
    return any(
        len(row.cells) == 1 and len(below.cells) > 1 and not nodes_to_line(below.cells[-1])
        for row, below in pairwise(rows)
    )


def _unstrayed(table: Table) -> Table:
    """The table in which a cell separator that separates nothing is printed as the character that it is."""
    cells = (replace(cell, text=cell.text.replace(_STRAY, "&amp;")) for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _head_with_spans(cells: list[Cell], head: int) -> int:
    """The number of head rows, increased while a cell of the head spans into the next row."""
    for cell in cells:
        if cell.row < head:
            head = max(head, cell.row + cell.rowspan)
    return head


def _with_headers(cells: list[Cell], head: int) -> Iterator[Cell]:
    for cell in cells:
        yield replace(cell, header=cell.row < head)


@dataclass(slots=True, kw_only=True)
class _Part:
    """The rows of a table, and its caption where that is among them."""

    rows: list[_Row] = field(default_factory=lambda: [_Row()])
    caption: str = ""


def _nodes_to_part(nodes: Iterable[LatexNode]) -> _Part:
    """The rows in the order in which a reader sees them.

    A long table first defines what is above and below each of its pages; the head and foot of the whole table are kept.
    """
    part = _Part()
    sections: dict[str, list[_Row]] = {}
    for node in _flat(nodes):
        name = node.macroname if isinstance(node, LatexMacroNode) else ""
        if name in _SECTIONS:
            sections[name] = part.rows
            part.rows = [_Row()]
        elif name == "caption" and isinstance(node, LatexMacroNode):
            part.caption = last_argument(node)
        elif name in {"\\", "tabularnewline", "cr"}:
            part.rows.append(_Row())
        elif name in _RULES:
            part.rows[-1].ruled = True
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&":
            part.rows[-1].cells.append([])
        else:
            part.rows[-1].cells[-1].append(node)
    head = sections.get("endfirsthead") or sections.get("endhead") or []
    foot = sections.get("endlastfoot") or sections.get("endfoot") or []
    part.rows[0].ruled |= bool(head)
    part.rows = [*head, *part.rows, *foot]
    return part


def _flat(nodes: Iterable[LatexNode]) -> Iterator[LatexNode]:
    """The nodes, where containers among a table's rows are replaced by their content."""
    for node in nodes:
        if isinstance(node, LatexEnvironmentNode) and node.environmentname in CONTAINERS:
            yield from _flat(node.nodelist)
        else:
            yield node


def _rows_to_cells(rows: Sequence[_Row]) -> list[Cell]:
    r"""The cells by position.

    LaTeX expects an empty cell at each place that a ``\multirow`` above covers; such a cell belongs to the span. A
    cell with text there ends the span.
    """
    cells: list[Cell] = []
    covers: dict[int, int] = {}  # column -> index of the cell that reaches down to here
    for row, line in enumerate(rows):
        column = beside = 0
        for nodes in line.cells:
            colspan, rowspan, text = _cell_to_spans(nodes)
            if beside and not text:
                beside -= 1  # it belongs to the block on its left
                continue
            beside = colspan - 1 if any(node.macroname == "Block" for node in _spanning(nodes)) else 0
            above = _above(cells, covers, row, column)
            if above is not None and not text:
                column += colspan
                continue
            if above is not None:
                cells[above] = _ended(cells[above], row)
            rowspan = min(rowspan, len(rows) - row)
            covers.update(dict.fromkeys(range(column, column + colspan), len(cells)))
            cells.append(Cell(row=row, column=column, text=text, rowspan=rowspan, colspan=colspan))
            column += colspan
    return cells


def _above(cells: list[Cell], covers: Mapping[int, int], row: int, column: int) -> int | None:
    """The index of the cell that covers a place from above."""
    index = covers.get(column)
    return index if index is not None and cells[index].row + cells[index].rowspan > row > cells[index].row else None


def _ended(cell: Cell, row: int) -> Cell:
    return replace(cell, rowspan=row - cell.row)


def _raised(cells: Sequence[Cell]) -> list[Cell]:
    r"""The cells, where each ``\\multirow`` with a negative number of rows spans upwards over empty cells."""
    places = {(cell.row, cell.column): cell for cell in cells}
    for cell in [each for each in cells if each.rowspan < 0]:
        top = max(0, cell.row + cell.rowspan + 1)
        above = [places.get((row, cell.column)) for row in range(top, cell.row)]
        free = all(each is not None and not each.text and each.colspan == cell.colspan for each in above)
        first = top if free else cell.row
        for row in range(first, cell.row + 1):
            del places[row, cell.column]
        places[first, cell.column] = replace(cell, row=first, rowspan=cell.row - first + 1)
    return [places[place] for place in sorted(places)]


def _cell_to_spans(nodes: Sequence[LatexNode]) -> tuple[int, int, str]:
    """Columns and rows that a cell spans, and its HTML; a negative number of rows means rows above the cell."""
    spans = {"multicolumn": 1, "multirow": 1}
    for macro in _spanning(nodes):
        if macro.macroname == "Block":
            block = _BLOCK.fullmatch(
                next((each.latex_verbatim() for each in node_to_arguments(macro)[1:2] if each), "")
            )
            if block:
                spans = {
                    "multirow": min(max(1, int(block[1])), MAX_SPAN),
                    "multicolumn": min(max(1, int(block[2])), MAX_SPAN),
                }
            continue
        arguments = [each.latex_verbatim() for each in node_to_arguments(macro) if each is not None]
        number = next((each for each in arguments if not each.startswith("[")), "").strip("{} ")
        if number.lstrip("-").isdecimal() and number.isascii():
            span = min(max(-MAX_SPAN, int(number[:6])), MAX_SPAN)
            spans[macro.macroname] = span if span and macro.macroname == "multirow" else max(1, abs(span))
    return spans["multicolumn"], spans["multirow"], nodes_to_line(nodes)


def _spanning(nodes: Iterable[LatexNode | None]) -> Iterator[LatexMacroNode]:
    for node in nodes:
        if isinstance(node, LatexMacroNode):
            if node.macroname in {"multicolumn", "multirow", "Block"}:
                yield node
            if node.macroname in TEXTS:
                yield from _spanning(node_to_arguments(node)[-1:])
        elif isinstance(node, LatexGroupNode):
            yield from _spanning(node.nodelist)


def last_argument(node: LatexMacroNode) -> str:
    """The last argument in braces, as the HTML of a cell or a line."""
    arguments = [each for each in node_to_arguments(node) if each is not None]
    return nodes_to_line(arguments[-1:]) if arguments else ""


def node_to_arguments(node: LatexMacroNode) -> Sequence[LatexNode | None]:
    """The arguments of a command in order; None for an optional one that is missing."""
    return (node.nodeargd.argnlist or []) if node.nodeargd is not None else []


def nodes_to_line(nodes: Iterable[LatexNode | None]) -> str:
    """The nodes of a cell or a line as HTML; formulas stay in LaTeX."""
    return " ".join("".join(_inline(nodes)).replace("~", " ").split())


def _inline(nodes: Iterable[LatexNode | None]) -> Iterator[str]:
    skipped: re.Pattern[str] | None = None
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            chars = skipped.sub("", node.chars, count=1) if skipped else node.chars
            yield _to_html(chars)
        elif isinstance(node, LatexGroupNode):
            yield from _inline(node.nodelist)
        elif isinstance(node, LatexMacroNode):
            yield _command_to_html(node)
        elif isinstance(node, LatexEnvironmentNode) and node.environmentname in TABULARS:
            yield _stacked(node)
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&":
            yield _STRAY
        elif node is not None:
            yield _to_html(node.latex_verbatim())
        # A length follows \hskip without braces.
        skipped = _LENGTH if isinstance(node, LatexMacroNode) and node.macroname in {"hskip", "vskip", "kern"} else None


def _stacked(node: LatexEnvironmentNode) -> str:
    """A table within a cell is used to write lines below each other."""
    return "<br>".join(
        " ".join(nodes_to_line(cell) for cell in row.cells) for row in _nodes_to_part(node.nodelist).rows
    )


_RAISED: Final[Mapping[str, str]] = MappingProxyType({"textsuperscript": "sup", "textsubscript": "sub"})
# A cell that a diagonal line divides in two.
_SPLIT: Final = frozenset({"diagbox", "slashbox", "backslashbox"})
_BREAKS: Final = frozenset({"\\", "newline", "linebreak", "par"})


def _command_to_html(node: LatexMacroNode) -> str:
    name, after = node.macroname, " " if node.macro_post_space else ""
    if name in _BREAKS:
        return "<br>"
    if name in TEXTS or name in HEADINGS or name in PARAGRAPHS:
        arguments = [each for each in node_to_arguments(node) if each is not None]
        shown = arguments if name in _SPLIT else arguments[-1:]
        text = " / ".join("".join(_inline([each])) for each in shown)
        if name in _QUANTITIES:
            text = " ".join(map(_quantity, arguments))
        return (f"<{_RAISED[name]}>{text}</{_RAISED[name]}>" if name in _RAISED else text) + after
    if name in SILENT:
        return " "
    if name in "#$&_{}%" or not name.isalpha():
        return text_to_html(name.strip("~,;:! ")) or " "
    symbol = _SYMBOLS.nodelist_to_text([node]) if not any(node_to_arguments(node)) else ""
    return _to_html((symbol or node.latex_verbatim()) + after)


def _quantity(argument: LatexNode) -> str:
    """A number or a unit as HTML: the commands of a unit stand without blanks between them."""
    nodes = argument.nodelist if isinstance(argument, LatexGroupNode) else [argument]
    if isinstance(argument, LatexGroupNode) and argument.delimiters[0] == "[":
        return ""
    return "".join(
        UNITS[node.macroname] if isinstance(node, LatexMacroNode) and node.macroname in UNITS else nodes_to_line([node])
        for node in nodes
    )


def _to_html(text: str) -> str:
    return text_to_html(text.replace(PERCENT, "%"))
