"""Pages as JSON that is no layout: heads and rows, records, or names with values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.markup.characters import text_to_clean, text_to_html
from pipeline.markup.grid import MAX_SPAN
from pipeline.markup.table import table_to_html
from pipeline.table import Cell, Table, rows_to_table
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.layout_json import has_layout
from pipeline.vision.dialects.loose_json import text_to_value, values_replaced

_HEADERS: Final = frozenset({"headers", "header", "columns", "head", "column_headers", "fields"})
_ROWS: Final = frozenset({"rows", "data", "body", "cells", "values", "items", "records", "entries"})
_CAPTIONS: Final = frozenset({"caption", "title", "name", "table_name", "table_title"})
_TITLES: Final = frozenset({"title", "heading", "document_title", "page_title", "section_title"})
# Names that only say what kind of text it is. Any other name is text of the page.
_PLAIN: Final = frozenset({
    "text", "content", "notes", "note", "footnote", "footnotes", "paragraph", "paragraphs", "description", "footer",
    "subtitle", "body", "header", "page_header", "page_footer", "introduction", "value", "lines", "sections", "section",
    "tables", "table", "document", "page", "pages", "elements", "blocks", "children", "caption", "figures", "figure",
    "markdown", "html", "natural_text", "transcription",
})  # fmt: skip
# Names of facts about the page that are not printed on it.
_SILENT: Final = frozenset(
    {"type", "id", "page_number", "language", "primary_language", "confidence", "category", "bbox"}
)
# Names of a cell's position (row first), of its spans, and of its text.
_PLACES: Final = (
    frozenset({"row", "row_index", "row_id", "start_row", "r"}),
    frozenset({"col", "column", "col_index", "column_index", "start_col", "c"}),
)
_SPANS: Final = (frozenset({"row_span", "rowspan"}), frozenset({"col_span", "colspan", "column_span"}))
_CELL_TEXTS: Final = frozenset({"text", "content", "value", "cell_text"})
_MOST_PLACES: Final = 1_000
# How JSON begins on a line of its own: an object or list, a list or object of these, and a member of an object.
_BEGINS: Final = re.compile(r"^[ \t]{0,9}[\[{]\s{0,99}[\[{\"']", re.MULTILINE)
_OBJECT: Final = re.compile(r"\[?\s{0,99}\{\s{0,99}[\"']")
_SIDE: Final = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,6})?")
_MEMBER: Final = re.compile(r"[\"']\s{0,9}:\s{0,9}[\"'\[{0-9]")
_LOOKED_AT: Final = 100_000
_PRINTED: Final = 60
_BROKEN: Final = "The answer is JSON that breaks off or lacks a mark, so that what it says cannot be told for sure."
_DOTS: Final = ("...", "\u2026")
_MAX_LEVELS: Final = 8
_MOST_COLUMNS: Final = 60


def has_json(text: str) -> bool:
    """Whether the text holds JSON that is no layout."""
    return not has_layout(text) and bool(_BEGINS.search(text))


def json_to_markup(text: str, reading: Reading) -> str:
    """The text with each JSON value set aside as HTML blocks; for broken JSON the fault is noted."""
    # Numbers stay as they are written: 18.50 is not 18.5 on a page.
    whole = text_to_value(text.strip(), str)
    whole = _lines_to_records(text) if whole is None else whole
    if whole is not None:
        found = _value_to_text(whole, reading)
        return text if found is None else found
    text = values_replaced(text, lambda value: _value_to_text(value, reading), str)
    if _is_broken(text.strip()) and not reading.page.has(text.strip()[:_PRINTED]):
        reading.fault = _BROKEN
    return text


def _lines_to_records(text: str) -> list[object] | None:
    """The records of a text that has one on each line; None where it is anything else."""
    fewest = 2
    lines = [line.strip().removesuffix(",") for line in text.splitlines() if line.strip()]
    if len(lines) < fewest or not all(line[0] == "{" and line[-1] == "}" for line in lines if line):
        return None
    records = [text_to_value(line, str) for line in lines]
    return records if all(isinstance(record, dict) for record in records) else None


def _value_to_text(value: object, reading: Reading) -> str | None:
    """The blocks of a value that describes a page; None for any other value."""
    tells = any(isinstance(item, dict) or (isinstance(item, list) and _is_grid(item)) for item in _walk(value, 0))
    if isinstance(value, list) and _are_places(value):
        return ""
    return "\n\n" + "\n\n".join(_value_to_blocks("", value, reading, 0)) + "\n\n" if tells else None


def _are_places(items: Sequence[object]) -> bool:
    """Whether a list contains only boxes: four numbers each, and no word."""
    rows = _rows(items)
    sides = 4
    return bool(rows) and all(len(row) == sides and all(map(_SIDE.fullmatch, row)) for row in rows)


def _is_broken(text: str) -> bool:
    """Whether a text that begins as JSON does not continue as JSON: it was cut, or a mark is missing."""
    return bool(_OBJECT.match(text)) and len(_MEMBER.findall(text, 0, _LOOKED_AT)) > 1


def _walk(value: object, level: int) -> Iterator[object]:
    yield value
    if level < _MAX_LEVELS and isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _walk(item, level + 1)


def _value_to_blocks(name: str, value: object, reading: Reading, level: int) -> Iterator[str]:
    """The blocks of any value; ``name`` is its key."""
    if level > _MAX_LEVELS or value is None:
        return
    if isinstance(value, list):
        yield from _list_to_blocks(name, value, reading, level)
    elif isinstance(value, dict):
        yield from _mapping_to_blocks(name, value, reading, level)
    elif (text := _scalar(value)) and name.lower() not in _SILENT:
        yield _text_to_block(name, text, reading)


def _text_to_block(name: str, text: str, reading: Reading) -> str:
    if name.lower() in _TITLES:
        return reading.keep_block(f"<h2>{text_to_html(text)}</h2>")
    if not name or name.lower() in _PLAIN:
        return reading.keep_block(reading.read(text))
    return reading.keep_block(f"<p>{text_to_html(f'{_spelled(name)}: {text}')}</p>")


def _list_to_blocks(name: str, items: Sequence[object], reading: Reading, level: int) -> Iterator[str]:
    if len(whole := [item for item in items if item not in _DOTS]) < len(items) and any(
        isinstance(item, list | dict) for item in whole
    ):
        reading.cut, items = True, whole  # the model has put dots in the place of rows
    if rows := _rows(items):
        yield _rows_to_block([], rows, "", reading)
    elif cells := _items_to_cells(items):
        yield reading.keep_block(table_to_html(Table(cells=cells), text_to_html))
    elif names := _record_names(items):
        records = [[_scalar(item.get(each)) for each in names] for item in items if isinstance(item, dict)]
        yield _rows_to_block([_spelled(each) for each in names], records, "", reading)
    else:
        if name and name.lower() not in _PLAIN | _SILENT | _ROWS:
            yield reading.keep_block(f"<p><strong>{text_to_html(_spelled(name))}</strong></p>")
        for item in items:
            yield from _value_to_blocks("" if isinstance(item, str) else name, item, reading, level + 1)


def _mapping_to_blocks(name: str, mapping: Mapping[str, object], reading: Reading, level: int) -> Iterator[str]:
    if columns := _columns(mapping):
        heads, texts = list(columns), [list(row) for row in zip(*columns.values(), strict=True)]
        yield _rows_to_block([_spelled(head) for head in heads], texts, "", reading)
        return
    headers, rows = _first(mapping, _HEADERS), _first(mapping, _ROWS)
    found = _table_of(mapping, headers, rows) if rows else None
    if found is None:
        if name and name.lower() not in _PLAIN | _SILENT:
            yield reading.keep_block(f"<p><strong>{text_to_html(_spelled(name))}</strong></p>")
        for key, value in mapping.items():
            yield from _value_to_blocks(key, value, reading, level + 1)
        return
    caption = _first(mapping, _CAPTIONS)
    yield _rows_to_block(*found, _scalar(mapping[caption]) if caption else "", reading)
    for key, value in mapping.items():
        if key not in {headers, rows, caption}:
            yield from _value_to_blocks(key, value, reading, level + 1)


def _table_of(mapping: Mapping[str, object], headers: str, rows: str) -> tuple[list[str], list[list[str]]] | None:
    """Heads and rows of a mapping that is a table."""
    heads, body = mapping.get(headers), mapping[rows]
    texts = _rows(body) if isinstance(body, list) else []
    if not texts:
        return None
    return [_scalar(head) for head in heads] if isinstance(heads, list) else [], texts


def _columns(mapping: Mapping[str, object]) -> dict[str, list[str]]:
    """The columns of a mapping from heads to lists of one length; empty where the mapping is something else."""
    fewest = 2
    columns = {key: value for key, value in mapping.items() if isinstance(value, list)}
    if len(columns) < fewest or len(columns) != len(mapping) or _PLAIN & {key.lower() for key in columns}:
        return {}
    if any(isinstance(item, list | dict) for column in columns.values() for item in column):
        return {}
    lengths = {len(column) for column in columns.values()}
    alike = len(lengths) == 1 and min(lengths) >= fewest
    return {key: [_scalar(item) for item in column] for key, column in columns.items()} if alike else {}


def _items_to_cells(items: Sequence[object]) -> tuple[Cell, ...]:
    """The cells of a list of mappings that have a position each; empty where the list is something else."""
    cells: list[Cell] = []
    for item in items:
        places = [_number(item, names) for names in _PLACES] if isinstance(item, dict) else [None, None]
        row, column = places[0], places[1]
        text = _first(item, _CELL_TEXTS) if isinstance(item, dict) else ""
        if row is None or column is None or not text or not isinstance(item, dict):
            return ()
        spans = [min(max(1, span or 1), MAX_SPAN) for span in (_number(item, names) for names in _SPANS)]
        cells.append(Cell(row=row, column=column, text=_scalar(item[text]), rowspan=spans[0], colspan=spans[1]))
    first = min((cell.row for cell in cells), default=0), min((cell.column for cell in cells), default=0)
    moved = [replace(cell, row=cell.row - first[0], column=cell.column - first[1]) for cell in cells]
    return tuple(sorted(moved, key=lambda cell: (cell.row, cell.column)))


def _number(mapping: Mapping[str, object], names: frozenset[str]) -> int | None:
    value = str(mapping.get(_first(mapping, names)))
    return int(value) if value.isascii() and value.isdecimal() and int(value[:6]) < _MOST_PLACES else None


def _is_grid(items: Sequence[object]) -> bool:
    fewest = 2
    return len(items) >= fewest and min(map(len, _rows(items)), default=0) >= fewest


def _first(mapping: Mapping[str, object], names: frozenset[str]) -> str:
    return next((key for key in mapping if key.lower() in names), "")


def _rows(items: Sequence[object]) -> list[list[str]]:
    """The items as rows of texts; empty where any item is something else.

    Dots among the rows are a row of their own: the model has left some out.
    """
    rows = [[item] if item in _DOTS else item for item in items if isinstance(item, list) or item in _DOTS]
    if (
        not items
        or all(item in _DOTS for item in items)
        or len(rows) != len(items)
        or any(isinstance(cell, list | dict) for row in rows for cell in row)
    ):
        return []
    return [[_scalar(cell) for cell in row] for row in rows]


def _record_names(items: Sequence[object]) -> list[str]:
    """The names in the items, in order, where the items are records of one kind; else empty."""
    records = [item for item in items if isinstance(item, dict)]
    fewest = 2
    if len(items) < fewest or len(records) != len(items):
        return []
    names = list(dict.fromkeys(key for record in records for key in record))
    if any(isinstance(value, list | dict) for record in records for value in record.values()):
        return []
    shared = sum(len(record) for record in records)
    return names if 1 < len(names) <= _MOST_COLUMNS and shared * 2 >= len(names) * len(records) else []


def _rows_to_block(heads: list[str], rows: list[list[str]], caption: str, reading: Reading) -> str:
    table = rows_to_table([heads, *rows] if heads else rows, header_rows=1 if heads else 0)
    html = table_to_html(table, text_to_html)
    if caption:
        html = html.replace("<table>", f"<table><caption>{text_to_html(caption)}</caption>", 1)
    return reading.keep_block(html)


def _scalar(value: object) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return text_to_clean(str(value))


def _spelled(name: str) -> str:
    """A key as a page would print it."""
    return name if " " in name or not name.islower() or len(name) == 1 else name.replace("_", " ").capitalize()


DIALECT: Final = Dialect(name="json_tables", order=11, shows=has_json, to_markup=json_to_markup)
