"""OTSL, the table language of docling, PaddleOCR-VL and MinerU: one token per place of the grid, spans included.

Source: Lysak et al., "Optimized Table Tokenization for Table Structure Recognition", ICDAR 2023, with the header tokens
that docling added.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.markup.repairs import Repair
from pipeline.markup.table import table_to_html
from pipeline.table import Cell, Table
from pipeline.vision.dialects.dialect import Dialect, Reading

TOKEN_NAMES: Final = frozenset({"fcel", "ecel", "lcel", "ucel", "xcel", "nl", "ched", "rhed", "srow", "otsl"})
_TOKEN: Final = re.compile(rf"<\s{{0,2}}(/?)({'|'.join(sorted(TOKEN_NAMES))})\s{{0,3}}/?>", re.IGNORECASE)
_CAPTION: Final = re.compile(r"<caption>(.{0,2000}?)</caption>", re.IGNORECASE | re.DOTALL)
# At least so many cell tokens make a table of a text that has no <otsl> around it.
_ENOUGH: Final = 2
_LOOKED_AT: Final = 100_000
_ORIGINS: Final = frozenset({"fcel", "ecel", "ched", "rhed", "srow"})
_HEADERS: Final = frozenset({"ched", "rhed", "srow"})


class _Place(NamedTuple):
    """One place of the grid: the kind of its token, and the text after the token."""

    kind: str
    text: str


def has_otsl(text: str) -> bool:
    """Whether the text holds a table in OTSL."""
    return len(_TOKEN.findall(text, 0, _LOOKED_AT)) >= _ENOUGH


def otsl_to_html(text: str, reading: Reading) -> str:
    """The text with each OTSL table set aside as HTML; text before, between and after tables stays where it is.

    A table ends with ``</otsl>``, with the end of a row that no cell follows, or with an empty line in its last cell.
    """
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text
    reader = _Reader(reading)
    reader.parts.append(text[: tokens[0].start()])
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        content = text[token.end() : following.start() if following else len(text)]
        reader.read(token[2].lower(), content, closing=bool(token[1]), last=following is None)
    reader.finish()
    return "".join(reader.parts)


class _Reader:
    """Collects rows, and builds the text with place holders."""

    def __init__(self, reading: Reading) -> None:
        self.parts: list[str] = []
        self._reading = reading
        self._rows: list[list[_Place]] = [[]]
        self._caption = ""
        # Whether tokens are within <otsl>; None where the answer has no <otsl>.
        self._framed: bool | None = None

    def read(self, kind: str, content: str, *, closing: bool, last: bool) -> None:
        """Take a token and the text up to the next one."""
        content = _CAPTION.sub(self._keep_caption, content)
        if kind == "otsl":
            self._framed = not closing
            if closing:
                self.finish()
                self._note_stray(content, last=last)
            self.parts.append(content)
        elif closing:
            self._continue(content)
        elif kind == "nl":
            self._end_row(content, last=last)
        else:
            if self._framed is False or self._stands_behind_text():
                self._reading.repairs.add(Repair.BROKEN_TABLE)
            text, gap, rest = content.partition("\n") if last else (content, "", "")
            self._rows[-1].append(_Place(kind, text.strip()))
            if rest.strip():
                self.finish()
                self.parts.append(gap + rest)

    def _end_row(self, content: str, *, last: bool) -> None:
        is_stray = not any(self._rows) and any(self.parts[1:])  # a row's end without a row, behind a table
        self._rows.append([])
        if content.strip():
            self._note_stray(content, last=last)
            self.finish()
            self.parts.append(content)
        if is_stray:
            self._reading.repairs.add(Repair.BROKEN_TABLE)

    def _note_stray(self, content: str, *, last: bool) -> None:
        """Text on one line between two tokens of a table is a cell whose token is missing."""
        if content.strip() and "\n" not in content and not last and "<" not in content:
            self._reading.repairs.add(Repair.BROKEN_TABLE)

    def _stands_behind_text(self) -> bool:
        """Whether a table begins on a line of text: then the token of its first cell is missing."""
        return self._rows == [[]] and bool(self.parts) and self.parts[-1][-1:] not in {"", "\n", ">", " "}

    def _keep_caption(self, match: re.Match[str]) -> str:
        """A caption before the rows belongs to the table; one after them stays a line below it."""
        if any(self._rows):
            return f"\n\n{self._reading.aside.keep(f'<p>{match[1]}</p>')}\n\n"
        self._caption = match[1]
        return ""

    def _continue(self, content: str) -> None:
        """Text after a closing tag belongs to the cell that it closed."""
        if self._rows[-1]:
            place = self._rows[-1][-1]
            self._rows[-1][-1] = place._replace(text=f"{place.text} {content.strip()}".strip())
        else:
            self.parts.append(f"{content}\n")

    def finish(self) -> None:
        """End the table, if there is one."""
        rows = [row for row in self._rows if row]
        if rows:
            if len(self._rows) == 1 or len(set(map(len, rows))) > 1:
                # Each row has a token for every column, and one for the end of the row.
                self._reading.repairs.add(Repair.BROKEN_TABLE)
            table = otsl_rows_to_table(rows, self._caption)
            self.parts.append(self._reading.keep_block(table_to_html(table, lambda text: text)))
            self._caption = ""
        self._rows = [[]]


def otsl_rows_to_table(rows: list[list[_Place]], caption: str) -> Table:
    """The table whose cells span what the tokens say."""
    head = 0
    while head < len(rows) - 1 and _is_head(rows[head]):
        head += 1
    cells = tuple(cell for row in range(len(rows)) for cell in _row_to_cells(rows, row))
    return Table(cells=cells, header_rows=head, caption=caption)


def _is_head(row: list[_Place]) -> bool:
    return any(place.kind == "ched" for place in row) and all(
        place.kind != "fcel" or not place.text for place in row[1:]
    )


def _row_to_cells(rows: list[list[_Place]], row: int) -> Iterator[Cell]:
    covered = 0
    for column, place in enumerate(rows[row]):
        if column < covered or _is_covered(place, row, column):
            continue
        colspan = 1
        while column + colspan < len(rows[row]) and rows[row][column + colspan] == _Place("lcel", ""):
            colspan += 1
        covered = column + colspan
        yield Cell(
            row=row,
            column=column,
            text=place.text,
            rowspan=_rowspan(rows, row, column),
            colspan=colspan,
            header=place.kind in _HEADERS,
        )


def _is_covered(place: _Place, row: int, column: int) -> bool:
    """Whether another cell covers the place. A continuation of nothing, or one with its own text, is a cell itself."""
    if place.kind in _ORIGINS or place.text:
        return False
    return column > 0 if place.kind == "lcel" else row > 0


def _rowspan(rows: list[list[_Place]], row: int, column: int) -> int:
    rowspan = 1
    while (
        row + rowspan < len(rows)
        and column < len(rows[row + rowspan])
        and rows[row + rowspan][column] == _Place("ucel", "")
    ):
        rowspan += 1
    return rowspan


DIALECT: Final = Dialect(name="otsl", order=40, shows=has_otsl, to_markup=otsl_to_html)
