"""Recognises tables that are the drawing above the caption of a figure."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.model import BBox, Table, Word
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.table_text import TabularText
from pipeline.extraction.tables.verdict import is_open_table
from pipeline.extraction.text.captions_begin import FIGURE_CAPTION

#: In a table that stands as a figure at least this share of cells has text.
FILLED = 0.7
#: The caption begins at most so many type sizes below the drawing: other parts of it may be between.
REACH = 30.0
#: What follows a caption of one line is at most so many type sizes below it.
NEXT = 4.0
#: It begins where the caption does, up to this share of the type size.
FLUSH = 0.25
#: A short caption in the middle may end beside a part of the drawing, at most so many type sizes away.
BESIDE = 5.0
_BEGINNINGS = frozenset({"fig", "cha", "gra", "abb"})


def may_have_figures(words: Sequence[Word]) -> bool:
    """Whether a caption of a figure may be among the words: it costs less than to set the page's text into lines."""
    return any(
        first.text[:3].lower() in _BEGINNINGS and FIGURE_CAPTION.match(f"{first.text} {second.text}")
        for first, second in pairwise(words)
    )


class FigureCaptions:
    """The captions of a page's figures that stand below them."""

    def __init__(self, text: TabularText | None) -> None:
        """Look for them.

        Args:
            text: That of the page; None where it has no caption.
        """
        self._text = text
        self._captions = [] if text is None else list(_captions(text))

    def are_below(self, table: Table) -> bool:
        """Whether the table is the drawing of a figure, and no table that stands as one.

        The caption is below, without running text between, and cells are blank or hold heaps of words.
        """
        if self._text is None or self._text.has_title_above(table.box):
            return False
        filled = sum(1 for cell in table.cells if cell.lines)
        if filled >= FILLED * len(table.cells) and is_open_table(table):
            return False
        return any(_is_below(caption, table.box, self._text) for caption in self._captions)


def _captions(text: TabularText) -> list[Segment]:
    """The captions that stand below their figure: running text or nothing follows them, and no part of a drawing."""
    found = []
    for index, row in enumerate(text.rows):
        for segment in row:
            if id(segment) in text.captions and FIGURE_CAPTION.match(segment.text):
                below = _next(segment, text.rows[index + 1 :])
                ends = below is None or id(below) in text.prose | text.captions or _is_flush(segment, below)
                found += [segment] if ends or id(segment) in text.prose else []
    return found


def _is_flush(caption: Segment, below: Segment) -> bool:
    """Whether what is below goes on with the caption, or with the page's text."""
    return abs(below.box.x0 - caption.box.x0) <= FLUSH * caption.size


def _next(segment: Segment, rows: Sequence[Sequence[Segment]]) -> Segment | None:
    """The text directly below a caption, if it is near."""
    for row in rows:
        for other in row:
            if other.box.top - segment.box.bottom > NEXT * segment.size:
                return None
            if other.box.x0 < segment.box.x1 and other.box.x1 > segment.box.x0:
                return other
    return None


def _is_below(caption: Segment, box: BBox, text: TabularText) -> bool:
    gap = caption.box.top - box.bottom
    aside = max(caption.box.x0 - box.x1, box.x0 - caption.box.x1)
    if not -caption.size <= gap <= REACH * caption.size or aside > BESIDE * caption.size:
        return False
    between = text.inside(BBox(box.x0, box.bottom, box.x1, caption.box.top), 0.0)
    return not any(id(segment) in text.prose | text.captions for row in between for segment in row)
