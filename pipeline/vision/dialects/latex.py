"""LaTeX tables in an answer, to HTML tables."""

import re
from typing import Final

from pipeline.markup.repairs import Repair

_BEGIN: Final = re.compile(r"\\begin\{(tabularx?|tabular\*|array|longtable)\}")
# How many arguments in braces follow.
_ARGUMENTS: Final = {"tabularx": 2, "tabular*": 2}
_WRAPPER: Final = re.compile(
    r"\\(?:begin|end)\{(?:table\*?|center|threeparttable|adjustbox)\}(?:\[[^\]\n]{0,20}\])?|\\centering\b|\\label\{[^{}]{0,200}\}"
    r"|\\(?:small|footnotesize|scriptsize)\b"
)
_CAPTION: Final = re.compile(r"\\caption\{([^{}]{0,2000})\}")
_RULE: Final = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot)\b(?:\[[^\]]{0,20}\])?|\\c(?:line|midrule)(?:\([a-z]{0,9}\))?\{[^{}]{0,40}\}"
)
_MULTICOLUMN: Final = re.compile(r"\\multicolumn\{\s*([0-9]{1,3})\s*\}\{[^{}]{0,100}\}")
_MULTIROW: Final = re.compile(r"\\multirow(?:\[[^\]]{0,20}\])?\{\s*([0-9]{1,3})\s*\}\{[^{}]{0,40}\}")
_STYLE: Final = re.compile(
    r"\\(?:textbf|textit|emph|text|mathrm|mathbf|textrm|underline|makecell|shortstack)\{([^{}]{0,1000})\}"
)
_ESCAPED: Final = re.compile(r"\\([%&$#_{}])")
_HIDDEN_AMPERSAND: Final = "\ufdd5"


def tabulars_to_html(text: str, repairs: set[Repair]) -> str:
    """The text with each LaTeX table as an HTML table; formulas that are arrays stay formulas."""
    if "\\begin{tabular" not in text and "\\begin{longtable}" not in text and "\\begin{array}" not in text:
        return text
    parts: list[str] = []
    position = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < position or (begin[1] == "array" and not _is_table(text, begin.end())):
            continue
        end = text.find(f"\\end{{{begin[1]}}}", begin.end())
        stop = end if end >= 0 else len(text)
        repairs.add(Repair.TABULAR)
        before = text[position : begin.start()].rstrip().removesuffix("$$").removesuffix("\\[")
        parts += [before, "\n\n", _tabular_to_html(text[begin.end() : stop], _ARGUMENTS.get(begin[1], 1)), "\n\n"]
        position = stop + len(f"\\end{{{begin[1]}}}") if end >= 0 else stop
        rest = text[position : position + 20].lstrip()
        if rest.startswith(("$$", "\\]")):
            position = text.index(rest[:2], position) + 2
    whole = "".join([*parts, text[position:]])
    return _CAPTION.sub(r"\n\n\1\n\n", _WRAPPER.sub("", whole)) if parts else text


def _is_table(text: str, start: int) -> bool:
    """Whether an array is a table: it has rules or upright text."""
    head = text[start : start + 2000]
    return "\\hline" in head or "\\text{" in head


def _tabular_to_html(source: str, arguments: int) -> str:
    source = _after_arguments(source, arguments)
    rows = [line for line in re.split(r"\\\\(?:\[[^\]\n]{0,20}\])?|\\tabularnewline\b", source) if line.strip()]
    parts = ["<table>"]
    seen_row = False
    head_open = False
    for row in rows:
        rules = _RULE.findall(row)
        content = _RULE.sub("", row).strip()
        if rules and seen_row and head_open:
            parts.append("</thead>")
            head_open = False
        if not content:
            continue
        if not seen_row and len(rows) > 1 and "rule" in source + "hline" and _has_head(rows):
            parts.append("<thead>")
            head_open = True
        seen_row = True
        parts += ["<tr>", *_row_to_cells(content), "</tr>"]
    return "".join([*parts, "</table>"])


def _has_head(rows: list[str]) -> bool:
    """Whether a rule stands between the first rows and the others."""
    return any(_RULE.search(row) and _RULE.sub("", row).strip() for row in rows[1:4])


def _row_to_cells(row: str) -> list[str]:
    cells: list[str] = []
    for raw in row.replace("\\&", _HIDDEN_AMPERSAND).split("&"):
        spans = ""
        cell = raw
        if column := _MULTICOLUMN.search(cell):
            spans += f' colspan="{column[1]}"'
            cell = cell[: column.start()] + cell[column.end() :]
        if down := _MULTIROW.search(cell):
            spans += f' rowspan="{down[1]}"'
            cell = cell[: down.start()] + cell[down.end() :]
        cells.append(f"<td{spans}>{_plain(cell)}</td>")
    return cells


def _plain(cell: str) -> str:
    cell = _STYLE.sub(r"\1", _STYLE.sub(r"\1", cell)).replace(_HIDDEN_AMPERSAND, "&").strip()
    cell = _ESCAPED.sub(lambda match: match[1], cell)
    if cell.startswith("{") and cell.endswith("}"):
        cell = cell[1:-1]
    return cell.replace("~", " ").replace("&", "&amp;").replace("<", "&lt;")


def _after_arguments(source: str, count: int) -> str:
    """The source without the arguments that say how the columns are set."""
    position = 0
    while position < len(source) and source[position] in "[{ ":
        opener = source[position]
        if opener == "{" and not count:
            break
        count -= opener == "{"
        position = position + 1 if opener == " " else _balanced_end(source, position, opener)
    return source[position:]


def _balanced_end(source: str, start: int, opener: str) -> int:
    closer = "]" if opener == "[" else "}"
    depth = 0
    for position in range(start, min(len(source), start + 500)):
        depth += (source[position] == opener) - (source[position] == closer)
        if not depth:
            return position + 1
    return start + 1
