"""LaTeX in an answer, to HTML: tables, and what stands around them in a document.

pylatexenc reads the commands, their arguments and the groups; here stands what they mean on a page.  Whatever is not
named here, formulas first of all, stays as it was written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerError,
    get_default_latex_context_db,
)
from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

from pipeline.markup.characters import text_to_html
from pipeline.markup.grid import MAX_SPAN
from pipeline.markup.repairs import Repair
from pipeline.markup.table import Cell, Table, table_to_html
from pipeline.vision.dialects.dialect import Dialect, Reading

# Environments that are tables, with their arguments.  An array is one where it has rules or upright text.
_TABULARS: Final[Mapping[str, str]] = MappingProxyType({
    "tabular": "[{", "tabular*": "{[{", "tabularx": "{[{", "tabulary": "{[{", "longtable": "[{", "array": "[{",
    "tblr": "[{", "supertabular": "[{",
})  # fmt: skip
_LISTS: Final[Mapping[str, str]] = MappingProxyType({"itemize": "ul", "enumerate": "ol", "description": "ul"})
# Environments that only hold other things.
_CONTAINERS: Final = frozenset({
    "table", "table*", "figure", "figure*", "center", "document", "threeparttable", "adjustbox", "abstract",
    "flushleft", "flushright", "quote", "minipage", "tablenotes", "landscape", "small",
})  # fmt: skip
_HEADINGS: Final[Mapping[str, str]] = MappingProxyType({
    "title": "h1", "chapter": "h1", "section": "h2", "subsection": "h3", "subsubsection": "h4",
})  # fmt: skip
_PARAGRAPHS: Final = frozenset({"author", "date", "caption", "paragraph", "footnotetext", "footnote"})
# Commands whose last argument is text, and those that leave nothing on the page; each with its arguments.
_TEXTS: Final[Mapping[str, str]] = MappingProxyType({
    **dict.fromkeys(("textbf", "textit", "emph", "text", "textrm", "textsf", "texttt", "textsc", "underline", "mbox",
                     "textnormal", "textup", "uline", "tnote"), "{"),
    **dict.fromkeys(("makecell", "thead", "shortstack", "Centerstack", "tabincell"), "[{"), "makecell*": "[{",
    "textcolor": "[{{", "colorbox": "{{", "parbox": "[{{", "rotatebox": "[{{", "resizebox": "{{{", "scalebox": "{{",
    "multicolumn": "{{{", "multirow": "[{[{[{", "href": "{{", "diagbox": "{{", "raisebox": "{[[{", "adjustbox": "{{",
})  # fmt: skip
_SILENT: Final[Mapping[str, str]] = MappingProxyType({
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
_RULES: Final = frozenset({"hline", "toprule", "midrule", "bottomrule", "endhead", "endfirsthead", "Xhline"})
_BEGIN: Final = re.compile(r"\\begin\{(?:tabular|longtable|tblr|array)")
_END: Final = re.compile(r"\\end\{(?:tabular|longtable|tblr|array)")
_SIGNS: Final = re.compile(
    r"\\begin\{(?:tabular|longtable|array|tblr|table|itemize|enumerate|document|abstract|supertabular)"
    r"|\\(?:title|chapter|(?:sub){0,2}section)\*?\{"
)
# "%" begins a comment in LaTeX and ends a share everywhere else; noncharacters stand for it and for "\&".
_PERCENT: Final = "\ufdd6"
_CMIDRULE: Final = re.compile(
    r"\\cmidrule\s{0,3}(?:\[[^\]\n]{0,20}\])?\s{0,3}\([a-z0-9.{}]{0,20}\)\s{0,3}\{[^{}]{0,20}\}"
)
# A mark between cells within braces, where it parts none.
_STRAY: Final = "\ufdd7"
_LENGTH: Final = re.compile(r"\s{0,3}-?[0-9.]{1,9}\s{0,3}(?:in|cm|mm|pt|em|ex|pc)\b")
# In a column's specification: rules, blanks and settings, in up to two levels of braces.
_SETTING: Final = re.compile(r"[|\s:!]|[@<>!]?\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}|\[[^\]]{0,40}\]|\\[a-z]{1,20}")
_AROUND: Final = re.compile(r"(?:\$\$|\\\[)\s*(\ufdd0[0-9]{1,9}\ufdd1)\s*(?:\$\$|\\\])")
# Text that no parse gets beyond (a brace too many) is passed over so often.
_MOST_STARTS: Final = 200


def _context() -> object:
    context = get_default_latex_context_db()
    commands = {**_TEXTS, **_SILENT, **dict.fromkeys((*_HEADINGS, "paragraph", "caption"), "*[{")}
    commands |= dict.fromkeys(("author", "date", "footnote", "footnotetext"), "[{")
    context.add_context_category(
        "tables",
        prepend=True,
        macros=[MacroSpec(name, arguments) for name, arguments in commands.items()],
        environments=[EnvironmentSpec(name, arguments) for name, arguments in _TABULARS.items()]
        + [EnvironmentSpec(name, "[") for name in (*_LISTS, "table", "table*", "figure", "figure*")],
    )
    return context


_CONTEXT: Final = _context()
_SYMBOLS: Final = LatexNodes2Text(math_mode="verbatim", keep_comments=True)


def latex_to_html(text: str, reading: Reading) -> str:
    """The text with its LaTeX tables, headings and lists set aside as HTML; formulas stay as they are."""
    source = _CMIDRULE.sub("", text).replace("\\%", _PERCENT).replace("%", _PERCENT)
    if len(_BEGIN.findall(source)) != len(_END.findall(source)):
        reading.repairs.add(Repair.BROKEN_TABLE)
    result = "".join(_nodes_to_text(_source_to_nodes(source), reading))
    return _AROUND.sub(r"\1", result).replace(_PERCENT, "%")


def _source_to_nodes(source: str) -> Iterator[LatexNode | str]:
    """What the parser makes of the source; a sign over which it stops, and all after too many of them, is text."""
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
    """The nodes as text in which everything that is ours to read is set aside."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, LatexEnvironmentNode):
            yield _environment_to_text(node, reading)
        elif isinstance(node, LatexMacroNode):
            yield _macro_to_text(node, reading)
        elif isinstance(node, LatexMathNode) and any(map(_is_tabular, node.nodelist)):
            yield from _nodes_to_text(node.nodelist, reading)
        else:
            yield node.latex_verbatim()


def _environment_to_text(node: LatexEnvironmentNode, reading: Reading) -> str:
    name = node.environmentname
    if _is_tabular(node):
        reading.repairs.add(Repair.TABULAR)
        table = _tabular_to_table(node)
        if _differs(node, table) or any(_STRAY in cell.text for cell in table.cells):
            reading.repairs.add(Repair.BROKEN_TABLE)
        html = table_to_html(table, lambda cell: cell.replace(_STRAY, "&amp;"))
        return reading.keep_block(html) if table.cells else ""
    if name in _LISTS:
        items = "".join(f"<li>{item}</li>" for item in _list_to_items(node, reading))
        return reading.keep_block(f"<{_LISTS[name]}>{items}</{_LISTS[name]}>")
    if name in _CONTAINERS:
        return "\n\n" + "".join(_nodes_to_text(node.nodelist, reading)) + "\n\n"
    return str(node.latex_verbatim())


def _macro_to_text(node: LatexMacroNode, reading: Reading) -> str:
    name = node.macroname
    if name in _HEADINGS and (text := _argument(node)):
        return reading.keep_block(f"<{_HEADINGS[name]}>{text}</{_HEADINGS[name]}>")
    if name in _PARAGRAPHS and (text := _argument(node)):
        return reading.keep_block(f"<p>{text}</p>")
    if name in _SILENT:
        return "\n" if "\n" in node.macro_post_space else " "
    return str(node.latex_verbatim())


def _argument(node: LatexMacroNode) -> str:
    """The last argument in braces, as the HTML of a cell or a line."""
    arguments = [each for each in _arguments(node) if each is not None]
    return _line(arguments[-1:]) if arguments else ""


def _arguments(node: LatexMacroNode) -> Sequence[LatexNode | None]:
    return (node.nodeargd.argnlist or []) if node.nodeargd is not None else []


def _list_to_items(node: LatexEnvironmentNode, reading: Reading) -> Iterator[str]:
    item: list[LatexNode] = []
    started = False
    for child in [*node.nodelist, None]:
        is_item = isinstance(child, LatexMacroNode) and child.macroname == "item"
        if child is not None and not is_item:
            item.append(child)
            continue
        if (
            text := reading.aside.restore("".join(_nodes_to_text(item, reading))).replace(_PERCENT, "%").strip()
            if started
            else ""
        ):
            yield reading.read(text).strip().removeprefix("<p>").removesuffix("</p>")
        item, started = [], True


def _is_tabular(node: LatexNode) -> bool:
    """Whether a node is a table; an array is one where it has rules or upright text."""
    if not (isinstance(node, LatexEnvironmentNode) and node.environmentname in _TABULARS):
        return False
    if node.environmentname != "array":
        return True
    head = node.latex_verbatim()[:2000]
    return "\\hline" in head or "\\text{" in head


@dataclass(slots=True, kw_only=True)
class _Row:
    """The nodes of each cell of a row, and whether a rule across the table stands before it."""

    cells: list[list[LatexNode]] = field(default_factory=lambda: [[]])
    ruled: bool = False

    @property
    def empty(self) -> bool:
        return len(self.cells) == 1 and not _line(self.cells[0])


def _differs(node: LatexEnvironmentNode, table: Table) -> bool:
    """Whether a table has other columns than LaTeX was told."""
    arguments = [each for each in (node.nodeargd.argnlist or []) if each is not None] if node.nodeargd else []
    told = _SETTING.sub("", arguments[-1].latex_verbatim()[1:-1]) if arguments else ""
    return bool(told) and (not told.replace("*", "a").isalnum() or (told.isalpha() and len(told) != table.columns))


def _tabular_to_table(node: LatexEnvironmentNode) -> Table:
    rows = _nodes_to_rows(node.nodelist)
    rows = [row for row in rows if not row.empty]
    cells = _rows_to_cells(rows)
    head = next((index for index, row in enumerate(rows) if index and row.ruled), 0)
    head = _head_with_spans(cells, head)
    return Table(cells=tuple(_with_headers(cells, head)), head_rows=head if head < len(rows) else 0)


def _head_with_spans(cells: list[Cell], head: int) -> int:
    """The head, made longer while a cell of it reaches beyond it."""
    for cell in cells:
        if cell.row < head:
            head = max(head, cell.row + cell.rowspan)
    return head


def _with_headers(cells: list[Cell], head: int) -> Iterator[Cell]:
    for cell in cells:
        yield Cell(
            row=cell.row,
            column=cell.column,
            text=cell.text,
            rowspan=cell.rowspan,
            colspan=cell.colspan,
            header=cell.row < head,
        )


def _nodes_to_rows(nodes: Iterable[LatexNode]) -> list[_Row]:
    rows = [_Row()]
    for node in _flat(nodes):
        name = node.macroname if isinstance(node, LatexMacroNode) else ""
        if name in {"\\", "tabularnewline", "cr"}:
            rows.append(_Row())
        elif name in _RULES:
            rows[-1].ruled = True
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&":
            rows[-1].cells.append([])
        else:
            rows[-1].cells[-1].append(node)
    return rows


def _flat(nodes: Iterable[LatexNode]) -> Iterator[LatexNode]:
    """The nodes, with those of containers that stand among a table's rows in their place."""
    for node in nodes:
        if isinstance(node, LatexEnvironmentNode) and node.environmentname in _CONTAINERS:
            yield from _flat(node.nodelist)
        else:
            yield node


def _rows_to_cells(rows: Sequence[_Row]) -> list[Cell]:
    r"""The cells by place.

    LaTeX wants an empty cell at each place that a ``\multirow`` above covers; such a cell belongs to the span.  A
    cell with text there ends the span.
    """
    cells: list[Cell] = []
    covers: dict[int, int] = {}  # column -> index of the cell that reaches down to here
    for row, line in enumerate(rows):
        column = 0
        for nodes in line.cells:
            colspan, rowspan, text = _cell_to_spans(nodes)
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
    return Cell(row=cell.row, column=cell.column, text=cell.text, rowspan=row - cell.row, colspan=cell.colspan)


def _cell_to_spans(nodes: Sequence[LatexNode]) -> tuple[int, int, str]:
    """Columns and rows that a cell spans, and its HTML."""
    spans = {"multicolumn": 1, "multirow": 1}
    for macro in _spanning(nodes):
        arguments = [each.latex_verbatim() for each in _arguments(macro) if each is not None]
        number = next((each for each in arguments if not each.startswith("[")), "").strip("{} ")
        if number.lstrip("-").isdecimal() and number.isascii():
            spans[macro.macroname] = min(max(1, abs(int(number[:6]))), MAX_SPAN)
    return spans["multicolumn"], spans["multirow"], _line(nodes)


def _spanning(nodes: Iterable[LatexNode | None]) -> Iterator[LatexMacroNode]:
    for node in nodes:
        if isinstance(node, LatexMacroNode):
            if node.macroname in {"multicolumn", "multirow"}:
                yield node
            if node.macroname in _TEXTS:
                yield from _spanning(_arguments(node)[-1:])
        elif isinstance(node, LatexGroupNode):
            yield from _spanning(node.nodelist)


def _line(nodes: Iterable[LatexNode | None]) -> str:
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
        elif isinstance(node, LatexEnvironmentNode) and node.environmentname in _TABULARS:
            yield _stacked(node)
        elif isinstance(node, LatexSpecialsNode) and node.specials_chars == "&":
            yield _STRAY
        elif node is not None:
            yield _to_html(node.latex_verbatim())
        # A length stands behind \hskip without braces.
        skipped = _LENGTH if isinstance(node, LatexMacroNode) and node.macroname in {"hskip", "vskip", "kern"} else None


def _stacked(node: LatexEnvironmentNode) -> str:
    """A table within a cell is a way to write lines below each other."""
    return "<br>".join(" ".join(_line(cell) for cell in row.cells) for row in _nodes_to_rows(node.nodelist))


_BREAKS: Final = frozenset({"\\", "newline", "linebreak", "par"})


def _command_to_html(node: LatexMacroNode) -> str:
    name, after = node.macroname, " " if node.macro_post_space else ""
    if name in _BREAKS:
        return "<br>"
    if name in _TEXTS or name in _HEADINGS or name in _PARAGRAPHS:
        arguments = [each for each in _arguments(node) if each is not None]
        return "".join(_inline(arguments[-1:])) + after
    if name in _SILENT:
        return " "
    if name in "#$&_{}%" or not name.isalpha():
        return text_to_html(name.strip("~,;:! ")) or " "
    symbol = _SYMBOLS.nodelist_to_text([node]) if not any(_arguments(node)) else ""
    return _to_html((symbol or node.latex_verbatim()) + after)


def _to_html(text: str) -> str:
    return text_to_html(text.replace(_PERCENT, "%"))


DIALECT: Final = Dialect(name="latex", order=50, shows=lambda text: bool(_SIGNS.search(text)), to_markup=latex_to_html)
