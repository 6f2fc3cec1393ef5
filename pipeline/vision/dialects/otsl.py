"""OTSL, the table language of docling, PaddleOCR-VL and MinerU: a token per place of the grid, spans included.

Source: Lysak et al., "Optimized Table Tokenization for Table Structure Recognition", ICDAR 2023, with the header tokens
that docling added.
"""

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"<(/?)(fcel|ecel|lcel|ucel|xcel|nl|ched|rhed|srow|otsl)>", re.IGNORECASE)
_CAPTION: Final = re.compile(r"<caption>([^<]{0,2000})</caption>", re.IGNORECASE)
# So many of the cells' own tokens make a table of a text that has no <otsl> around it.
_ENOUGH: Final = 2
_ORIGINS: Final = frozenset({"fcel", "ecel", "ched", "rhed", "srow"})


class _Place(NamedTuple):
    """One place of the grid: the kind of its token and the text after it."""

    kind: str
    text: str


def has_otsl(text: str) -> bool:
    """Whether the text holds a table in OTSL."""
    return len(_TOKEN.findall(text, 0, 100_000)) >= _ENOUGH


def otsl_to_html(text: str) -> str:
    """The text with each table in OTSL replaced by an HTML table; text before and after stays.

    A table ends with ``</otsl>``, or with the last row's end.
    """
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text
    reader = _Reader()
    reader.parts.append(text[: tokens[0].start()])
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        content = text[token.end() : following.start() if following else len(text)]
        reader.read(token[2].lower(), content, closing=bool(token[1]), last=following is None)
    reader.finish()
    return "".join(reader.parts)


class _Reader:
    """Collects rows and the HTML that is made of them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._rows: list[list[_Place]] = [[]]
        self._caption = ""

    def read(self, kind: str, content: str, *, closing: bool, last: bool) -> None:
        if kind == "otsl":
            self.finish()
            found = None if closing else _CAPTION.search(content)
            self._caption = found[1] if found else ""
            self.parts.append(_CAPTION.sub("", content) if found else content)
        elif closing:
            if self._rows[-1]:
                place = self._rows[-1][-1]
                self._rows[-1][-1] = place._replace(text=f"{place.text} {content.strip()}".strip())
            else:
                self.parts.append(f"{content}\n")
        elif kind == "nl":
            self._rows.append([])
            if last:
                self.finish()
            if content.strip():
                self.parts.append(content)
        else:
            self._rows[-1].append(_Place(kind, content.strip()))

    def finish(self) -> None:
        self.parts.append(_rows_to_html(self._rows, self._caption))
        self._rows, self._caption = [[]], ""


def _rows_to_html(rows: list[list[_Place]], caption: str) -> str:
    """The rows as an HTML table whose cells span what the tokens say."""
    rows = [row for row in rows if row]
    if not rows:
        return ""
    parts = ["\n\n<table>", f"<caption>{caption}</caption>" if caption else ""]
    head = 0
    while head < len(rows) - 1 and _is_head(rows[head]):
        head += 1
    for index, row in enumerate(rows):
        if index == 0 and head:
            parts.append("<thead>")
        parts.append("<tr>")
        parts += [_cell(rows, index, column) for column in range(len(row))]
        parts.append("</tr>")
        if index + 1 == head:
            parts.append("</thead>")
    parts.append("</table>\n\n")
    return "".join(parts)


def _is_head(row: list[_Place]) -> bool:
    return any(place.kind == "ched" for place in row) and all(
        place.kind != "fcel" or not place.text for place in row[1:]
    )


def _cell(rows: list[list[_Place]], index: int, column: int) -> str:
    """The cell that begins at a place; nothing where another one covers it."""
    row = rows[index]
    kind, text = row[column]
    if kind not in _ORIGINS:
        # A continuation of nothing, or one with text of its own, is a cell.
        covered = column > 0 if kind == "lcel" else index > 0
        if covered and not text:
            return ""
    colspan = 1
    while column + colspan < len(row) and row[column + colspan] == _Place("lcel", ""):
        colspan += 1
    rowspan = 1
    while (
        index + rowspan < len(rows)
        and column < len(rows[index + rowspan])
        and rows[index + rowspan][column] == _Place("ucel", "")
    ):
        rowspan += 1
    tag = "th" if kind in {"ched", "rhed", "srow"} else "td"
    spans = (f' colspan="{colspan}"' if colspan > 1 else "") + (f' rowspan="{rowspan}"' if rowspan > 1 else "")
    return f"<{tag}{spans}>{text}</{tag}>"
