"""Whether a line continues the row above it: features of both lines as numbers, and a trained scorer for them."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import tanh
from statistics import median
from typing import NamedTuple

from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.text_lines import TextLine

#: The middles of two lines of one cell are at most this many type sizes apart.
FARTHEST = 1.9
#: A line had no room for one more word if less than this (in type sizes) would have been left.
ROOM = 0.3
#: A text that left room for so much (in type sizes) and one more word was not broken there.
ROOMY = 0.5
#: A table is a list if at least this share of its lines with several texts has them in the columns of the line above,
#: and if this share of these, and so many, left room in one of them.
ALIKE = 0.5
LISTED = 0.6
SUPPORT = 3
#: From this score on two lines are one row. To divide a row is a smaller error than to join two rows.
SURE = 0.5
#: Words and signs at the end of a line whose text continues, or at the beginning of its continuation.
_CONNECTORS = (",", "-", "/", "\u2013", "&", "(", "and", "of", "the", "for", "in", "to", "with", "or")
_OPENERS = ("(", "[", "&", "+", "/", "\u2013", "\u00b1")

#: The meaning of each number in :func:`lines_to_features`; lengths are in type sizes.
FEATURES = (
    "from the line above",
    "more than the least distance",
    "more than the usual distance",
    "more than to the next line",
    "more than the distance before",
    "has a label",
    "lacks the label that lines have",
    "columns with text",
    "columns with text above",
    "of these below text",
    "some below nothing",
    "some above nothing",
    "had no room above",
    "most room above",
    "small letters first",
    "reads on",
    "figures",
    "figures below figures",
    "letters above",
    "further left",
    "other weight",
    "cells filled in the table",
)


class Setting(NamedTuple):
    """Usual values in the body of a table.

    Attributes:
        ends: The right end of the text in each column.
        least: The distance of the nearest lines, middle to middle (a low quantile, not the minimum).
        usual: The median distance.
        keyed: The share of lines with text in the first column.
        filled: The share of places with text.
        pitch: The median distance of two lines of several cells each; 0 where there are none.
        listed: In a list, the column in which the lines begin that are rows if the line above has all of their columns.
    """

    ends: tuple[float, ...]
    least: float
    usual: float
    keyed: float
    filled: float
    pitch: float
    listed: int | None


class Weights(NamedTuple):
    """Weights of a network with one hidden layer; written by ``tests/benchmarks/train_continuation.py``.

    Attributes:
        hidden: For each hidden unit, the weight of each feature.
        bias: The bias of each hidden unit.
        out: The weight of each hidden unit.
        out_bias: The bias of the sum.
    """

    hidden: list[list[float]]
    bias: list[float]
    out: list[float]
    out_bias: float


@cache
def _weights() -> Weights:
    return Weights(**json.loads((files(__package__) / "continuation.json").read_text(encoding="utf-8")))


def cannot_go_on(above: TextLine, line: TextLine, columns: Columns, setting: Setting) -> bool:
    """Whether two lines are surely of two rows.

    They are if they are too far apart, or figures are below figures, or the table is a list and both have texts in the
    same columns. A figure in parentheses may be below the figure that it belongs to.
    """
    if line.middle - above.middle > FARTHEST * above.size:
        return True
    begins = columns.of(line.segments[0])[0]
    if begins == setting.listed and _are_alike(above, line, columns) and not _read_on(above, line, columns):
        return True
    upper = {columns.of(segment) for segment in above.segments if segment.numeric}
    figures = (segment for segment in line.segments if segment.numeric and not segment.text.startswith("("))
    return any(columns.of(segment) in upper for segment in figures)


def _are_alike(above: TextLine, line: TextLine, columns: Columns) -> bool:
    """Whether a line has several texts, and the line above one in each of their columns."""
    upper, lower = ({columns.of(segment) for segment in each.segments} for each in (above, line))
    return len(lower) > 1 and lower <= upper


def _has_words(line: TextLine) -> bool:
    """Whether a line has several texts and no figures."""
    return len(line.segments) > 1 and not any(segment.numeric for segment in line.segments)


def _shared(above: TextLine, line: TextLine, columns: Columns) -> list[tuple[Segment, Segment]]:
    """The texts of both lines in each column that both have, from the left."""
    upper = {columns.of(segment): segment for segment in above.segments}
    return [(upper[key], segment) for segment in line.segments if (key := columns.of(segment)) in upper]


def _read_on(above: TextLine, line: TextLine, columns: Columns) -> bool:
    """Whether the words show that a text of the line above continues."""
    (first, second), *_ = pairs = _shared(above, line, columns)
    return (first.text[0].isupper() and second.text[0].islower()) or any(_ends_open(one) for one, _ in pairs)


def _left_room(above: TextLine, line: TextLine, columns: Columns, ends: Sequence[float]) -> bool:
    """Whether a text of the line above had room for one more word."""
    return any(
        ends[columns.of(one)[1]] - one.box.x1 - _width(two) > ROOMY * one.size
        for one, two in _shared(above, line, columns)
    )


def goes_on(lines: Sequence[TextLine], index: int, columns: Columns, setting: Setting) -> bool:
    """Whether a line continues the one above it; the arguments are those of :func:`lines_to_features`."""
    features = lines_to_features(lines, index, columns, setting)
    if features is None or cannot_go_on(lines[index - 1], lines[index], columns, setting):
        return False
    weights = _weights()
    units = zip(weights.hidden, weights.bias, weights.out, strict=True)
    total = weights.out_bias
    for row, bias, out in units:
        total += out * tanh(bias + sum(w * x for w, x in zip(row, features, strict=True)))
    return total > SURE


def lines_to_setting(
    bands: Sequence[Sequence[TextLine]], columns: Columns, borders: Sequence[float] | None = None
) -> Setting:
    """The usual values in the body of a table.

    Args:
        bands: The lines between two rules each.
        columns: Of the table.
        borders: The right border of each column; where it is not given, the longest text ends there.
    """
    lines = [line for band in bands for line in band]
    ends = [0.0] * columns.count
    keyed = cells = 0
    for line in lines:
        spans = [columns.of(segment) for segment in line.segments]
        keyed += spans[0][0] == 0
        cells += len(spans)
        for segment, (first, last) in zip(line.segments, spans, strict=True):
            if first == last:
                ends[first] = max(ends[first], segment.box.x1)
    several = [b.middle - a.middle for a, b in pairwise(lines) if len(a.segments) > 1 and len(b.segments) > 1]
    steps = sorted(b.middle - a.middle for a, b in pairwise(lines)) or [0.0]
    return Setting(
        ends=tuple(ends),
        least=steps[len(steps) // 10],
        usual=median(steps),
        keyed=keyed / max(1, len(lines)),
        filled=cells / max(1, len(lines) * columns.count),
        pitch=median(several) if several else 0.0,
        listed=_listed_column(bands, columns, borders or ends),
    )


def _listed_column(bands: Sequence[Sequence[TextLine]], columns: Columns, ends: Sequence[float]) -> int | None:
    """See :attr:`Setting.listed`."""
    pairs = [(a, b) for band in bands for a, b in pairwise(band) if _has_words(a) and _has_words(b)]
    alike = [pair for pair in pairs if _are_alike(*pair, columns)]
    entries = sum(_left_room(*pair, columns, ends) and not _read_on(*pair, columns) for pair in alike)
    if len(alike) < ALIKE * len(pairs) or entries < max(SUPPORT, LISTED * len(alike)):
        return None
    [(column, _)] = Counter(columns.of(line.segments[0])[0] for _, line in alike).most_common(1)
    return column


def lines_to_features(
    lines: Sequence[TextLine], index: int, columns: Columns, setting: Setting
) -> tuple[float, ...] | None:
    """The features of a line and the one above it (see :data:`FEATURES`); None where they have no common column.

    Args:
        lines: Of the body.
        index: Of the lower line, from 1.
        columns: Of the table.
        setting: Of the body.
    """
    above, line = lines[index - 1], lines[index]
    upper = {columns.of(segment): segment for segment in above.segments}
    lower = {columns.of(segment): segment for segment in line.segments}
    shared = [(upper[key], lower[key], setting.ends[key[1]]) for key in lower if key in upper]
    if not shared:
        return None
    size = above.size
    step = line.middle - above.middle
    following = lines[index + 1].middle - line.middle if index + 1 < len(lines) else setting.usual
    before = above.middle - lines[index - 2].middle if index > 1 else setting.usual
    rooms = [(end - one.box.x1 - _width(two)) / size for one, two, end in shared]
    labelled = columns.of(line.segments[0])[0] == 0
    return (
        _within(step / size - 1.2, 1.0),
        _within((step - setting.least) / size, 1.0),
        _within((step - setting.usual) / size, 1.0),
        _within((step - following) / size, 1.0),
        _within((step - before) / size, 1.0),
        float(labelled),
        0.0 if labelled else setting.keyed,
        len(lower) / columns.count,
        len(upper) / columns.count,
        len(shared) / len(lower),
        float(len(shared) < len(lower)),
        float(len(shared) < len(upper)),
        sum(1 for room in rooms if room < ROOM) / len(rooms),
        _within(max(rooms) / 5, 1.0),
        sum(1 for _, two, _ in shared if two.text[0].islower()) / len(shared),
        sum(1 for one, two, _ in shared if _reads_on(one, two)) / len(shared),
        sum(1 for _, two, _ in shared if two.numeric) / len(shared),
        float(any(one.numeric and two.numeric for one, two, _ in shared)),
        _within(sum(len(one.text) for one, _, _ in shared) / len(shared) / 25, 1.0),
        float(any(one.box.x0 - two.box.x0 > 0.4 * size for one, two, _ in shared)),
        float(any(one.bold != two.bold for one, two, _ in shared)),
        setting.filled,
    )


def _width(segment: Segment) -> float:
    first = segment.words[0].box
    return first.x1 - first.x0


def _within(value: float, most: float) -> float:
    return max(-most, min(most, value))


def _reads_on(upper: Segment, lower: Segment) -> bool:
    return _ends_open(upper) or lower.text.startswith(_OPENERS)


def _ends_open(upper: Segment) -> bool:
    last = upper.words[-1].text
    return last.endswith(_CONNECTORS[:6]) or last in _CONNECTORS
