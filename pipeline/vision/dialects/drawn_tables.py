"""Tables drawn with characters: ``+----+`` grids, box characters, and wide bars as in Chinese text."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.markup.table import table_to_html
from pipeline.table import Table, rows_to_table
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.markdown import inline_to_html

_BARS: Final = "│┃║╎╏┆┇┊┋"
# Crossings and corners of rules, and the characters that rules are drawn with.
_CORNERS: Final = "+┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛╒╤╕╞╪╡╘╧╛╭╮╯╰╟╢╫╓╥╖╙╨╜┠┨┯┷┿╂┝┥┰┸┡╇┩┢╈┪┞┦┟┧"
_STROKES: Final = "─━═╌╍┄┅┈┉=-"
_RULE: Final = re.compile(
    rf"\s{{0,40}}[{_CORNERS}{_STROKES}|:][{_CORNERS}{_STROKES}|:\s]{{2,}}\Z".replace("=-", r"=\-")
)
_DRAWN: Final = re.compile(f"[{_CORNERS}]")
_ROW: Final = re.compile(rf"\s{{0,40}}[|{_BARS}].*[|{_BARS}]\s*\Z")
# Rows of a pipe table whose bars are as wide as a Chinese letter.
_WIDE: Final = re.compile(r"^[ \t]*\uff5c.*\uff5c[ \t]*$", re.MULTILINE)
_TO_BAR: Final = str.maketrans(dict.fromkeys(_BARS, "|"))
_SHOWS: Final = re.compile(
    rf"^[ \t]*(?:\+[-=]{{2,}}[-=+]*\+[ \t]*$|[┌╔┏╒╭├╠┣][─━═╌┄┈])|^[^\n|]{{0,40}}[{_BARS}].*[{_BARS}][ \t]*$",
    re.MULTILINE,
)
# A rule below the head of a table without a frame.
_CROSSED: Final = re.compile(r"^[ \t]*[─━═]{2,}(?:[┼╪╫╬╋][─━═]{2,})+[ \t]*$", re.MULTILINE)
_TO_DASHES: Final = str.maketrans(
    {**dict.fromkeys("─━═", "-"), **dict.fromkeys("┼╪╫╬╋", "+"), **dict.fromkeys(_BARS, "|")}
)
_SIGN: Final = re.compile(
    "[\uff5c" + f"{_BARS}{_CORNERS}{_STROKES}".translate({ord(each): None for each in "+=-"}) + "]"
)
# With so many rules, each group of lines between two rules is a row: one above, one below the head, one between rows.
_ROW_RULES: Final = 4


def drawn_to_markup(text: str, reading: Reading) -> str:
    """The text with each drawn table set aside as HTML."""
    text = _WIDE.sub(lambda match: match[0].replace("\uff5c", "|"), text)
    text = "\n".join(_unframed_to_pipes(text.split("\n"))) if _CROSSED.search(text) else text
    result: list[str] = []
    drawn: list[str] = []
    lines = [*text.split("\n"), ""]
    for index, line in enumerate(lines):
        after = next((each for each in lines[index + 1 : index + 4] if each.strip()), "")
        if _is_rule_or_row(line):
            drawn.append(line)
            continue
        if line.strip() in {"", "|"} and _goes_on(drawn, after):
            # Such a line between two rows is the rest of a rule.
            drawn += [] if _is_rule(drawn[-1]) or _is_rule(after) else ["+---+"]
            continue
        result += _flushed(drawn, reading)
        drawn = []
        result.append(line)
    return "\n".join(result[:-1])


def _unframed_to_pipes(lines: Sequence[str]) -> list[str]:
    """The lines with each table without a frame as a pipe table: a head, a crossed rule, and rows with bars."""
    result = list(lines)
    for index, line in enumerate(lines):
        if index and _CROSSED.match(line) and any(bar in lines[index - 1] for bar in _BARS):
            end = index + 1
            while end < len(lines) and any(bar in lines[end] for bar in _BARS):
                end += 1
            result[index - 1 : end] = [each.translate(_TO_DASHES) for each in lines[index - 1 : end]]
    return result


def _flushed(lines: Sequence[str], reading: Reading) -> list[str]:
    """The lines of a table as one place holder; the lines themselves where they are no table."""
    table = _lines_to_table(lines)
    if table is None:
        return list(lines)
    return [reading.keep_block(table_to_html(table, inline_to_html))]


def _goes_on(drawn: Sequence[str], after: str) -> bool:
    """Whether a table continues after an empty line: it ends with a rule, and the next line begins with one."""
    if not any(map(_is_rule, drawn)) or not _is_rule_or_row(after):
        return False
    return not (_is_rule(drawn[-1]) and _is_rule(after))


def _is_rule_or_row(line: str) -> bool:
    return _is_rule(line) or bool(_ROW.match(line))


def _is_rule(line: str) -> bool:
    return bool(_RULE.match(line)) and bool(_DRAWN.search(line))


def _lines_to_table(lines: Sequence[str]) -> Table | None:
    rules = [index for index, line in enumerate(lines) if _is_rule(line)]
    if len(rules) == len(lines) or not (rules or any(bar in lines[0] for bar in _BARS)):
        return None
    groups: list[list[list[str]]] = [[]]
    for line in lines:
        if _is_rule(line):
            groups.append([])
        else:
            groups[-1].append(_line_to_cells(line))
    groups = [group for group in groups if group]
    if len(rules) >= _ROW_RULES:
        merged = [row for group in groups for row in _group_to_rows(group)]
        return rows_to_table(merged, header_rows=1 if len(merged) > 1 else 0)
    head = len(groups[0]) if len(groups) > 1 else 0
    return rows_to_table([cells for group in groups for cells in group], header_rows=head)


def _line_to_cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.translate(_TO_BAR).strip().removeprefix("|").removesuffix("|").split("|")]


def _group_to_rows(group: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows between two rules: one row whose cells continue in further lines, or one per line if all are full."""
    rows: list[list[str]] = []
    for cells in group:
        if not rows or (all(cells) and len(cells) == len(rows[-1])):
            rows.append(list(cells))
            continue
        row = rows[-1] + [""] * (len(cells) - len(rows[-1]))
        below = [*cells, *[""] * (len(row) - len(cells))]
        rows[-1] = [" ".join(filter(None, pair)) for pair in zip(row, below, strict=True)]
    return rows


def _shows(text: str) -> bool:
    if not ("+-" in text or "+=" in text or (not text.isascii() and _SIGN.search(text))):
        return False
    return bool(_SHOWS.search(text) or _WIDE.search(text) or _CROSSED.search(text))


DIALECT: Final = Dialect(
    name="drawn_tables",
    order=62,
    shows=_shows,
    to_markup=drawn_to_markup,
)
