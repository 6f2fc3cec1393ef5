"""Rows of a frame that do not belong to the table: its title above, its notes below."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.text.captions_begin import CAPTION

#: How notes begin.
NOTE = re.compile(
    r"^(?:sources?|notes?|key|legend|n\.?b\.?|quelle|anmerkung|remarques?|abbreviations?|exhibit reads)\s*[:.)]"
    r"|^(?:[*†‡§¶#]+|\(?[a-z0-9]\)?[ .)])\s*\w",
    re.IGNORECASE,
)
#: A full-width row with more words than this is a title or a note, and no heading within the table.
LONG = 8


def strip_frame(drafts: Sequence[Draft]) -> list[Draft]:
    """The rows without full-width rows at top and bottom that are titles and notes."""
    out = list(drafts)
    while (top := _full_row(out, first=True)) is not None and _is_title(top):
        out = [replace(d, row=d.row - top.rowspan) for d in out if d is not top and d.row >= top.row + top.rowspan]
    while (last := _full_row(out, first=False)) is not None and _is_note(last):
        out = [d for d in out if d is not last]
    return out


def strip_notes(drafts: Sequence[Draft], *, wide: bool = False) -> list[Draft]:
    """The rows without notes at the end: rows with one text each, from the first that begins like a note.

    Args:
        drafts: Of one table.
        wide: Whether the cell with that beginning must be as wide as the table.
    """
    texts: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.words:
            texts.setdefault(draft.row, []).append(draft)
    end = max((draft.row + draft.rowspan for draft in drafts), default=0)
    columns = max((draft.column + draft.colspan for draft in drafts), default=0)
    for row in sorted(texts, reverse=True):
        if len(texts[row]) > 1 or texts[row][0].rowspan > 1:
            break
        if _is_note(texts[row][0]) and (not wide or texts[row][0].colspan == columns):
            end = row
    return [draft for draft in drafts if draft.row < end]


def _full_row(drafts: Sequence[Draft], *, first: bool) -> Draft | None:
    """The first (last) row, if one cell fills it or is the only one with text."""
    if not drafts:
        return None
    columns = max(d.column + d.colspan for d in drafts)
    rows = max(d.row + d.rowspan for d in drafts)
    for d in drafts:
        if d.column == 0 and d.colspan == columns and (d.row == 0 if first else d.row + d.rowspan == rows):
            return d
    return None


def _text(draft: Draft) -> str:
    return " ".join(word.text for word in sorted(draft.words, key=lambda w: (round(w.box.bottom), w.box.x0)))


def _is_title(draft: Draft) -> bool:
    return not draft.words or CAPTION.match(_text(draft)) is not None or len(draft.words) > LONG


def _is_note(draft: Draft) -> bool:
    return not draft.words or NOTE.match(_text(draft)) is not None or len(draft.words) > LONG
