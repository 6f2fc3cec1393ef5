"""Separates figures of neighbouring columns that stand close together, or run into each other: ``1,270-10.79``."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.extraction.model import Word
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.segments import Segment, is_number, row_to_units, words_to_segment
from pipeline.extraction.tables.text_lines import TextLine
from pipeline.extraction.text.words import chars_to_word

#: The sign of a second figure within a word.
_SIGN = re.compile(r"(?<=[\d%)])[-\u2212+](?=[\d.])")
_SIGNS = frozenset("-\u2212+")


def lines_to_single_figures(lines: Sequence[TextLine], columns: Columns) -> list[TextLine]:
    """The lines of a body, where figures in one text that are each over a column of their own are separated.

    A word is divided before a sign only if other figures of the second column have one.

    Args:
        lines: Of the body.
        columns: Of the table.
    """
    signed = {
        columns.of(segment)[0]
        for line in lines
        for segment in line.segments
        if segment.numeric and segment.words[0].text[0] in _SIGNS
    }
    return [
        replace(line, segments=tuple(part for segment in line.segments for part in _to_parts(segment, columns, signed)))
        for line in lines
    ]


def _to_parts(segment: Segment, columns: Columns, signed: set[int]) -> Sequence[Segment]:
    first, last = columns.of(segment)
    if first == last or not segment.numeric:
        return [segment]
    words = [part for word in segment.words for part in _word_to_figures(word, columns, signed)]
    units = row_to_units(words)
    places = [_middle_column(unit, columns) for unit in units]
    alone = places == list(range(first, last + 1)) and all(unit.numeric for unit in units)
    return units if alone else [segment]


def _word_to_figures(word: Word, columns: Columns, signed: Iterable[int]) -> Iterator[Word]:
    """The word, or two figures, the second one with a sign, over two columns."""
    sign = _SIGN.search(word.text)
    if sign and len(word.chars) == len(word.text):
        parts = chars_to_word(word.chars[: sign.start()]), chars_to_word(word.chars[sign.start() :])
        left, right = (_middle_column(words_to_segment([part]), columns) for part in parts)
        if right == left + 1 and right in signed and all(is_number(part.text) for part in parts):
            yield from parts
            return
    yield word


def _middle_column(segment: Segment, columns: Columns) -> int:
    """The column that the middle of a text is in."""
    return columns.at((segment.box.x0 + segment.box.x1) / 2)
