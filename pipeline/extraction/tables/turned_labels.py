"""Labels of several rows that are turned: their words stand in the cells of different rows."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.tables.cells import Draft, word_to_angle
from pipeline.extraction.tables.rules import SNAP, Edge

#: The middle of a label is at most this share of its rows' height from their middle.
OFF = 0.15


def with_turned_labels(drafts: Sequence[Draft], rules: Sequence[Edge]) -> list[Draft]:
    """The cells of a grid, with one cell for the rows between two rules that a turned label names.

    Args:
        drafts: Of a grid, turned words among theirs.
        rules: The horizontal ones.
    """
    columns = sorted({draft.column for draft in drafts if draft.colspan == 1 and _is_turned(draft)})
    out = list(drafts)
    for column in columns:
        x = next((draft.box.x0 + draft.box.x1) / 2 for draft in drafts if draft.column == column and draft.colspan == 1)
        across = sorted(rule.at for rule in rules if rule.start <= x <= rule.end)
        bands: dict[int, list[Draft]] = {}
        for draft in (draft for draft in drafts if draft.column <= column < draft.column + draft.colspan):
            bands.setdefault(bisect_left(across, (draft.box.top + draft.box.bottom) / 2 + SNAP / 2), []).append(draft)
        for band in bands.values():
            if _is_label(band):
                held = {id(draft) for draft in band}
                out = [*(draft for draft in out if id(draft) not in held), _join(band)]
    return out


def _is_turned(draft: Draft) -> bool:
    return bool(draft.words) and all(word_to_angle(word) for word in draft.words)


def _is_label(band: Sequence[Draft]) -> bool:
    """Whether several cells have nothing but one turned text, in their middle."""
    words = [word for draft in band for word in draft.words]
    if len(band) < 2 or not words or len({word_to_angle(word) for word in words} | {0}) > 2:  # noqa: PLR2004 — 0 and one more
        return False
    if any(draft.colspan > 1 or (draft.words and not _is_turned(draft)) for draft in band):
        return False
    box, whole = boxes_to_box([word.box for word in words]), boxes_to_box([draft.box for draft in band])
    off = abs(box.top + box.bottom - whole.top - whole.bottom) / 2
    return off <= OFF * (whole.bottom - whole.top)


def _join(band: Sequence[Draft]) -> Draft:
    first = min(band, key=lambda draft: draft.row)
    end = max(draft.row + draft.rowspan for draft in band)
    return replace(
        first,
        rowspan=end - first.row,
        words=tuple(word for draft in band for word in draft.words),
        box=boxes_to_box([draft.box for draft in band]),
    )
