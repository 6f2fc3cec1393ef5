"""Pages with tables for tests, set in code, and tables as plain text to compare with."""

from collections.abc import Iterable, Sequence

from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Char, PageContent, Ruling, Table
from pipeline.extraction.model import Fill
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.words import chars_to_words

PROSE = [
    "The committee met in the spring and heard from those who",
    "had worked on the matter for some years, and it was said",
    "more than once that the figures would have to be checked",
    "again before anything was printed, since nobody could be",
    "certain of them any longer, least of all their authors.",
]


def across(y: float, x0: float, x1: float) -> Ruling:
    """A horizontal rule."""
    return Ruling(box=BBox(x0, y, x1, y), width=0.5)


def down(x: float, top: float, bottom: float) -> Ruling:
    """A vertical rule."""
    return Ruling(box=BBox(x, top, x, bottom), width=0.5)


def grid(xs: Sequence[float], ys: Sequence[float]) -> list[Ruling]:
    """All rules of a full grid."""
    return [across(y, xs[0], xs[-1]) for y in ys] + [down(x, ys[0], ys[-1]) for x in xs]


def rows_to_chars(
    rows: Iterable[Sequence[str]],
    xs: Sequence[float],
    baseline: float,
    *,
    leading: float = 15.0,
    size: float = 10.0,
) -> list[Char]:
    """Rows of cells, each flush left at its x; empty texts are blank cells."""
    return [
        char
        for index, row in enumerate(rows)
        for x, text in zip(xs, row, strict=True)
        for char in text_to_chars(text, x, baseline + index * leading, size=size)
    ]


def figures_to_chars(rows: Iterable[Sequence[str]], ends: Sequence[float], baseline: float) -> list[Char]:
    """Rows of cells, each flush right at its x."""
    return [
        char
        for index, row in enumerate(rows)
        for end, text in zip(ends, row, strict=True)
        for char in text_to_chars(text, end - 5.0 * len(text), baseline + index * 15.0)
    ]


def lines_at(texts: Sequence[tuple[str, float, float]]) -> list[Char]:
    """Each text at its place (x, baseline)."""
    return [char for text, x, baseline in texts for char in text_to_chars(text, x, baseline)]


def prose_to_chars(x: float, baseline: float, times: int = 1) -> list[Char]:
    """Paragraphs of running text, 285 points wide."""
    return lines_to_chars(PROSE * times, x, baseline)


def page(chars: Sequence[Char], rulings: Sequence[Ruling] = (), fills: Sequence[Fill] = ()) -> PageContent:
    """A page of 600 by 800 points."""
    return chars_to_content(chars, rulings=rulings, fills=fills)


def find(chars: Sequence[Char], rulings: Sequence[Ruling] = (), fills: Sequence[Fill] = ()) -> tuple[Table, ...]:
    """The tables of a page with these characters, rulings and fills."""
    content = page(chars, rulings, fills)
    return TableFinder(content=content, words=chars_to_words(content.chars)).find()


def table_to_rows(table: Table) -> list[list[str]]:
    """The text of each place of the grid; a cell over several places stands in its first, with its size behind it."""
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        text = "/".join(" ".join(word.text for word in line.words) for line in cell.lines)
        size = f" [{cell.rowspan}x{cell.colspan}]" if cell.rowspan > 1 or cell.colspan > 1 else ""
        rows[cell.row][cell.column] = text + size
    return rows
