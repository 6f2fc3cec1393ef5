"""The text of a page for the search for tables: lines of segments, with running text and captions marked."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.console import rows_to_console
from pipeline.extraction.tables.prose import segments_to_prose
from pipeline.extraction.tables.segments import Segment, is_rule, row_to_segments, units_to_segment, words_to_rows
from pipeline.extraction.text.captions_begin import CAPTION, TABLE_CAPTION

#: A line of a cell begins at most so many type sizes from the left end and the foot of the line above.
FLUSH = 0.5
#: At most so many captions of tables are beside each other.
SEVERAL = 3
#: A table begins at most this many type sizes below the beginning of its caption.
TITLE = 6.0
#: In a justified line, the blank after a sentence may be this wide (in type sizes), if the others are at least so wide:
#: TeX stretches blanks after full stops three times as far.
AFTER_SENTENCE = 1.6
STRETCHED = 0.33


@dataclass(frozen=True, slots=True)
class TabularText:
    """Lines of a page.

    Attributes:
        rows: The segments of each line, from top to bottom.
        middles: The y of each line's middle.
        prose: The ids of the segments that are running text, or belong to a console session.
        captions: The ids of the segments that begin the caption of a table or figure.
        titles: Those that begin the caption of a table.
    """

    rows: tuple[tuple[Segment, ...], ...]
    middles: tuple[float, ...]
    prose: frozenset[int]
    captions: frozenset[int]
    titles: tuple[Segment, ...]

    def inside(self, box: BBox, reach: float) -> list[list[Segment]]:
        """The lines between top and bottom of the box; without segments whose middle is outside by ``reach``."""
        rows = []
        for row in self.rows[bisect_left(self.middles, box.top) : bisect_left(self.middles, box.bottom)]:
            inside = [s for s in row if box.x0 - reach <= (s.box.x0 + s.box.x1) / 2 <= box.x1 + reach]
            if inside:
                rows.append(inside)
        return rows

    def has_title_above(self, box: BBox) -> bool:
        """Whether the caption of a table begins directly above the box."""
        return any(
            title.box.x0 < box.x1 and title.box.x1 > box.x0 and 0 <= box.top - title.box.top <= TITLE * title.size
            for title in self.titles
        )


def words_to_page_text(words: Iterable[Word]) -> TabularText:
    """The lines, running text and captions of these words; rules made of characters are left out."""
    rows = [
        _with_sentences(row_to_segments(row))
        for row in words_to_rows([word for word in words if not is_rule(word.text)])
    ]
    rows.sort(key=_middle)
    captions = [
        segment
        for above, row in pairwise([(), *rows])
        for segment in row
        if CAPTION.match(segment.text) and not _is_in_cell(segment, row, above)
    ]
    return TabularText(
        rows=tuple(rows),
        middles=tuple(_middle(row) for row in rows),
        prose=frozenset(segments_to_prose(rows) | rows_to_console(rows)),
        captions=frozenset(id(segment) for segment in captions),
        titles=tuple(segment for segment in captions if TABLE_CAPTION.match(segment.text)),
    )


def _with_sentences(row: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments of a line; those that a stretched blank after a sentence parts are one."""
    joined = list(row[:1])
    for segment in row[1:]:
        if _goes_on_after_sentence(joined[-1], segment):
            joined[-1] = units_to_segment([joined[-1], segment])
        else:
            joined.append(segment)
    return tuple(joined)


def _goes_on_after_sentence(left: Segment, right: Segment) -> bool:
    first, last = right.words[0], left.words[-1]
    if len(left.words) == 1 == len(right.words) or not (last.text[-1] in ".?!" and last.text[-2:-1].islower()):
        return False
    blanks = [b.box.x0 - a.box.x1 for segment in (left, right) for a, b in pairwise(segment.words)]
    blank = first.box.x0 - last.box.x1
    stretched = min(blanks) >= STRETCHED * left.size
    return stretched and blank <= AFTER_SENTENCE * left.size and first.text[0].isupper() and left.size == right.size


def _is_in_cell(segment: Segment, row: Sequence[Segment], above: Sequence[Segment]) -> bool:
    """Whether a line belongs to a cell ("Box 59" of an address): among others, or directly below one and flush."""
    if len(row) > SEVERAL and segment is not row[0]:
        return True
    return len(row) == 1 and any(
        abs(other.box.x0 - segment.box.x0) < FLUSH * segment.size
        and segment.box.top - other.box.bottom < FLUSH * segment.size
        for other in above[1:-1]
    )


def _middle(row: Sequence[Segment]) -> float:
    largest = max(row, key=lambda segment: segment.size).box
    return (largest.top + largest.bottom) / 2
