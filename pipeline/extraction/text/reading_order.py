"""Reading order: cuts a page into bands and columns until each piece is read from top to bottom.

The method is the recursive cut of Nagy and Seth (1984), but with whitespace through several rows instead of projection
gaps (after Breuel, 2002), so that a heading across the columns does not hide the gutter below it. Both sides of a
gutter are checked: bullets, numbers and labels beside their text are no columns.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.extraction.model import Table, Word
from pipeline.extraction.text.lines import word_to_baseline, word_to_size

#: What is ordered: whole tables, and single words.
Item = Word | Table

#: A gutter is at least this wide, in type sizes.
GUTTER = 0.9
#: There are at least so many lines on both sides of a gutter.
MIN_LINES = 3
#: These lines are at least this wide, in type sizes.
MIN_WIDTH = 5.0
#: These lines have at least so many words on average.
MIN_WORDS = 1.7
#: If this share of the lines continues after the gutter on the same baseline, it may separate labels from values.
ALIGNED = 0.8
#: It does not if at least this share of the left side's lines reaches the right edge of that side.
FILLED = 0.45
#: The share of an item's height that is ignored above and below when rows are separated, since lines may be close.
SHRINK = 0.2
#: A row under columns belongs to what is below if the space above is more than this many times the space below.
NEARER = 2.0
#: So many rows further, a gutter is followed to see whether a title lies across it.
AHEAD = 60
MAX_DEPTH = 8
#: In a band with more gutters than this only the widest are used; no page has so many columns of text.
MAX_GUTTERS = 16

_Interval = tuple[float, float]


@dataclass(slots=True)
class _Band:
    """Consecutive rows that have whitespace at the same places.

    Attributes:
        strips: The rows, from the top.
        cover: Sorted, disjoint intervals of x in which there are items.
    """

    strips: list[list[Item]]
    cover: list[_Interval]

    @property
    def items(self) -> list[Item]:
        """All items."""
        return [item for strip in self.strips for item in strip]


def items_to_regions(items: Sequence[Item]) -> list[list[Item]]:
    """The items in pieces, in reading order; each piece is read from top to bottom.

    Args:
        items: Upright words and tables of one page.
    """
    sizes = [word_to_size(item) for item in items if isinstance(item, Word)]
    return _cut(list(items), median(sizes) if sizes else 1.0, MAX_DEPTH)


def _cut(items: list[Item], em: float, depth: int) -> list[list[Item]]:
    if depth == 0 or len(items) <= 1:
        return [items] if items else []
    regions: list[list[Item]] = []
    plain: list[Item] = []
    for band in _items_to_bands(items, em):
        columns = _band_to_columns(band, em)
        if len(columns) == 1:
            plain += band.items
            continue
        if plain:
            regions.append(plain)
            plain = []
        for column in columns:
            regions += _cut(column, em, depth - 1)
    if plain:
        regions.append(plain)
    return regions


def _items_to_bands(items: Sequence[Item], em: float) -> Iterator[_Band]:
    """Rows, joined as long as some gutter runs through all of them, or no gutter through any."""
    band: _Band | None = None
    strips = list(_items_to_strips(items))
    for index, strip in enumerate(strips):
        cover = _intervals_to_cover(_strips_to_intervals([strip]))
        if band is None:
            band = _Band([strip], cover)
            continue
        joined = _intervals_to_cover([*band.cover, *cover])
        fits = bool(_gutters(joined, em)) or not (_gutters(band.cover, em) or _gutters(cover, em))
        if fits and _gutters(cover, em) and len(band.strips) < MIN_LINES:
            fits = not _is_across(band, strips[index : index + AHEAD], em)
        if fits:
            band.strips.append(strip)
            band.cover = joined
        else:
            lead = _take_lead(band, strip)
            yield band
            band = _Band([*lead, strip], _intervals_to_cover([*_strips_to_intervals(lead), *cover]))
    if band is not None:
        yield band


def _is_across(band: _Band, below: Sequence[Sequence[Item]], em: float) -> bool:
    """Whether the few rows of the band are a title across a gutter that runs through many rows below."""
    run: list[_Interval] = []
    count = 0
    for strip in below:
        joined = _intervals_to_cover([*run, *_strips_to_intervals([strip])])
        if not _gutters(joined, em):
            break
        run, count = joined, count + 1
    return count >= MIN_LINES and not _gutters(_intervals_to_cover([*band.cover, *run]), em)


def _take_lead(band: _Band, below: Sequence[Item]) -> list[list[Item]]:
    """The last rows of a band of columns that are in its first column and nearer to what is below the band.

    Otherwise a number above a title, or a title above a wider subtitle, would be the end of the first column.
    """
    count = len(band.strips)
    under = min(item.box.top for item in below)
    while count > 1:
        strip = band.strips[count - 1]
        top, bottom = min(item.box.top for item in strip), max(item.box.bottom for item in strip)
        above = max(item.box.bottom for item in band.strips[count - 2])
        if max(item.box.x1 for item in strip) > band.cover[0][1] or top - above <= NEARER * (under - bottom):
            break
        under, count = top, count - 1
    lead, band.strips = band.strips[count:], band.strips[:count]
    if lead:
        band.cover = _intervals_to_cover(_strips_to_intervals(band.strips))
    return lead


def _strips_to_intervals(strips: Sequence[Sequence[Item]]) -> list[_Interval]:
    return [(item.box.x0, item.box.x1) for strip in strips for item in strip]


def _items_to_strips(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items between two horizontal strips of whitespace across the region."""
    strip: list[Item] = []
    end = 0.0
    for item in sorted(items, key=lambda item: item.box.top):
        shrink = SHRINK * (item.box.bottom - item.box.top)
        if strip and item.box.top + shrink >= end:
            yield strip
            strip = []
        end = max(end, item.box.bottom - shrink) if strip else item.box.bottom - shrink
        strip.append(item)
    if strip:
        yield strip


def _intervals_to_cover(intervals: Sequence[_Interval]) -> list[_Interval]:
    cover: list[_Interval] = []
    for start, end in sorted(intervals):
        if cover and start <= cover[-1][1]:
            cover[-1] = (cover[-1][0], max(cover[-1][1], end))
        else:
            cover.append((start, end))
    return cover


def _gutters(cover: Sequence[_Interval], em: float) -> list[_Interval]:
    """The gaps of a cover that are wide enough to be a gutter."""
    return [(left[1], right[0]) for left, right in pairwise(cover) if right[0] - left[1] >= GUTTER * em]


def _band_to_columns(band: _Band, em: float) -> list[list[Item]]:
    """The band's items, separated at every gutter with a column on both sides."""
    widest = sorted(_gutters(band.cover, em), key=lambda gap: gap[0] - gap[1])[:MAX_GUTTERS]
    cuts = sorted((start + end) / 2 for start, end in widest)
    while cuts:
        columns = _part(band.items, cuts)
        weak = next((index for index, column in enumerate(columns) if not _is_column(column, em)), None)
        if weak is not None:
            del cuts[min(weak, len(cuts) - 1)]
            continue
        labels = next((index for index in range(len(cuts)) if _is_labels(columns[index], columns[index + 1], em)), None)
        if labels is None:
            return columns
        del cuts[labels]
    return [band.items]


def _part(items: Sequence[Item], cuts: Sequence[float]) -> list[list[Item]]:
    columns: list[list[Item]] = [[] for _ in range(len(cuts) + 1)]
    for item in items:
        columns[bisect_right(cuts, item.box.x0)].append(item)
    return columns


def _is_column(items: Sequence[Item], em: float) -> bool:
    if any(isinstance(item, Table) for item in items):
        return True
    width = max(item.box.x1 for item in items) - min(item.box.x0 for item in items)
    lines = _items_to_baselines(items, em)
    return len(lines) >= MIN_LINES and width >= MIN_WIDTH * em and len(items) >= MIN_WORDS * len(lines)


def _is_labels(left: Sequence[Item], right: Sequence[Item], em: float) -> bool:
    """Whether the left side has labels for the right side, row by row."""
    starts, others = _items_to_baselines(left, em), _items_to_baselines(right, em)
    shared = sum(baseline in others or baseline + 1 in others or baseline - 1 in others for baseline in starts)
    if shared < ALIGNED * len(starts):
        return False
    edge = max(starts.values(), default=0.0)
    inner = min((item.box.x0 for item in left), default=0.0)
    filled = sum(end >= edge - 0.15 * (edge - inner) for end in starts.values())
    return filled < FILLED * len(starts)


def _items_to_baselines(items: Sequence[Item], em: float) -> dict[int, float]:
    """The ends of lines, by baseline in steps of a quarter of the type size."""
    step = max(0.5, em / 4)
    ends: dict[int, float] = {}
    for item in items:
        if isinstance(item, Word):
            baseline = round(word_to_baseline(item) / step)
            ends[baseline] = max(ends.get(baseline, item.box.x1), item.box.x1)
    return ends
