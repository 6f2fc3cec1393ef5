"""Leader dots from a label to its figure, or from a title to its page number; they are no text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Cell, Char, Line, Table, Word

#: An ellipsis has fewer dots than this, so these dots are a leader.
LEADER = 5
#: If other labels of a column have leaders, so many dots at a label's end are a leader, too; fewer may be text.
SHORT = 3
ELLIPSIS = "\u2026"
#: How many dots each character stands for.
_DOTS = {".": 1, "\u00b7": 1, "\u2024": 1, "\u2025": 2, ELLIPSIS: 3}


class _Glyph(NamedTuple):
    """A character, and which word of the line it belongs to."""

    word: int
    char: Char


class _Run(NamedTuple):
    """Consecutive glyphs of one line; ``dots`` is their number of dots, 0 for letters."""

    glyphs: tuple[_Glyph, ...]
    dots: int


def line_to_led(line: Line) -> Line:
    """The line with an ellipsis in the place of every leader: in a table of contents it separates title and page.

    Args:
        line: A line of running text.
    """
    if not _has_dots(line):
        return line
    runs = _line_to_runs(line)
    if all(run.dots < LEADER for run in runs):
        return line
    return _runs_to_line(line, [_run_to_ellipsis(run) if run.dots >= LEADER else run for run in runs])


def table_without_leaders(table: Table) -> Table:
    """The table without dots that lead from its labels to the next column.

    A cell that has only dots keeps them: they mean that there is no figure.
    """
    led = {cell.column for cell in table.cells if any(map(_ends_in_leader, cell.lines))}
    if not led:
        return table
    cells = (_cell_without_leaders(cell) if cell.column in led else cell for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _ends_in_leader(line: Line) -> bool:
    if not _has_dots(line):
        return False
    runs = _line_to_runs(line)
    return len(runs) > 1 and runs[-1].dots >= LEADER


def _has_dots(line: Line) -> bool:
    """Whether the line has leader dots; a quick check, since few lines have them."""
    text = "".join([word.text for word in line.words])
    return sum([count * text.count(sign) for sign, count in _DOTS.items()]) >= LEADER


def _cell_without_leaders(cell: Cell) -> Cell:
    lines = [_line_without_leader(line) for line in cell.lines]
    kept = tuple(line for line in lines if line is not None)
    return replace(cell, lines=kept) if kept else cell


def _line_without_leader(line: Line) -> Line | None:
    """The line without the dots at its end; None where nothing else is left."""
    runs = _line_to_runs(line)
    if runs[-1].dots < SHORT:
        return line
    return _runs_to_line(line, runs[:-1]) if len(runs) > 1 else None


def _line_to_runs(line: Line) -> list[_Run]:
    """Runs of letters and of dots, in order; words without characters count as letters."""
    if not all(word.chars for word in line.words):
        return [_Run((), 0)]
    glyphs = (_Glyph(index, char) for index, word in enumerate(line.words) for char in word.chars)
    runs = []
    for is_dots, group in groupby(glyphs, key=lambda glyph: glyph.char.text in _DOTS):
        run = tuple(group)
        runs.append(_Run(run, sum(_DOTS[glyph.char.text] for glyph in run) if is_dots else 0))
    return runs


def _run_to_ellipsis(run: _Run) -> _Run:
    """One ellipsis in the middle of the dots, with a gap on both sides."""
    first, last = run.glyphs[0].char, run.glyphs[-1].char
    quarter = (last.box.x1 - first.box.x0) / 4
    box = BBox(first.box.x0 + quarter, first.box.top, last.box.x1 - quarter, first.box.bottom)
    return _Run((_Glyph(-1, first._replace(text=ELLIPSIS, box=box)),), run.dots)


def _runs_to_line(line: Line, runs: Sequence[_Run]) -> Line:
    words = tuple(_runs_to_words(line, runs))
    return replace(line, words=words, box=boxes_to_box([word.box for word in words]))


def _runs_to_words(line: Line, runs: Sequence[_Run]) -> Iterator[Word]:
    """The words that remain of the line after this; complete words are unchanged."""
    glyphs = (glyph for run in runs for glyph in run.glyphs)
    for index, group in groupby(glyphs, key=lambda glyph: glyph.word):
        chars = tuple(glyph.char for glyph in group)
        if index >= 0 and len(chars) == len(line.words[index].chars):
            yield line.words[index]
            continue
        yield Word(
            text="".join(char.text for char in chars),
            box=boxes_to_box([char.box for char in chars]),
            chars=chars,
            size=max(char.size for char in chars),
        )
