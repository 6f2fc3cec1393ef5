"""A page as grey pixels, with a threshold between ink and paper."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.extraction.model import BBox

#: One of so many rows is used to find this threshold.
_ROWS_APART = 4
_SHADES = 256
#: Ink is at least this many shades darker than paper; with less contrast, the page counts as empty.
_LEAST_CONTRAST = 24
INK = b"\1"
_WHITE = 255
#: Paper is at least this light; a page with a darker median is a photograph.
LEAST_PAPER = 150
#: The 30th percentile of normally distributed noise is so many standard deviations below the median.
_BELOW_MIDDLE = 0.524
#: Noise lies within so many standard deviations; with a larger deviation the page is not noisy, but shaded.
_NOISE_REACH, _MOST_NOISE = 2.5, 25.0

# What shines through paper keeps less than half of the contrast of ink; lighter than the upper limit is paper.
_FAINT = bytes(shade in range(140, 250) for shade in range(_SHADES))
#: The edges of letters reach so many pixels beyond the ink.
_EDGE = 2
#: Blurred letters have strokes thinner than this; at most such a share of what shines through is within thicker ones.
_STROKE, _MOST_SOLID = 12, 0.1
#: The least share of such pixels, compared with those of ink.
_LEAST_BLEEDING = 0.3


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A page as it was drawn or scanned, in any of the four directions.

    Attributes:
        pixels: Row by row from the top, one byte each: 0 is black, 255 white.
        width: In pixels.
        height: In pixels.
        dpi: Pixels per inch of the page as shown.
        noisy: Whether its paper was noisy before it was cleaned.
    """

    pixels: bytes
    width: int
    height: int
    dpi: float
    noisy: bool = False

    @property
    def points(self) -> float:
        """The size of one pixel in points."""
        return 72.0 / self.dpi

    @cached_property
    def ink(self) -> bytes:
        """For each pixel 1 where it is ink, 0 where it is paper."""
        limit = _rows_to_threshold(b"".join(self._some_rows()))
        return self.pixels.translate(bytes(shade < limit for shade in range(_SHADES)))

    @cached_property
    def marks(self) -> bytes:
        """For each pixel 1 where it differs from paper half as much as ink does: thin grey lines are no ink."""
        some = b"".join(self._some_rows())
        paper = _share_to_shade([some.count(bytes((shade,))) for shade in range(_SHADES)], 0.5)
        limit = (_rows_to_threshold(some) + paper) // 2
        return self.pixels.translate(bytes(shade < limit for shade in range(_SHADES)))

    def only(self, boxes: Iterable[BBox]) -> "Picture":
        """The picture where everything outside these boxes (in pixels) is white."""
        pixels = bytearray(b"\xff" * len(self.pixels))
        for box in boxes:
            left, right = max(0, int(box.x0)), min(self.width, round(box.x1))
            for row in range(max(0, int(box.top)), min(self.height, round(box.bottom))):
                start, end = row * self.width + left, row * self.width + right
                pixels[start:end] = self.pixels[start:end]
        return replace(self, pixels=bytes(pixels))

    def cleaned(self) -> "Picture":
        """The picture with white paper and without single dark pixels, which some engines take for ink."""
        some = b"".join(self._some_rows())
        white = _paper_to_white([some.count(bytes((shade,))) for shade in range(_SHADES)])
        if white == _WHITE:
            picture = replace(self, pixels=self.without_bleeding())
            return replace(picture, pixels=picture.without_specks())
        table = bytes(min(_WHITE, shade * _WHITE // white) for shade in range(_SHADES))
        lightened = replace(self, pixels=self.pixels.translate(table))
        return replace(self, pixels=lightened.without_specks(), noisy=True)

    def without_bleeding(self) -> bytes:
        """The pixels without what shines through from the back of the sheet.

        That is faint, thin like letters, and there is much of it. Faint pixels beside ink are the edges of letters, a
        few others may be grey type, and faint areas are shaded cells or photographs.
        """
        ink, row = int.from_bytes(self.ink, "big"), 8 * self.width
        faint = int.from_bytes(self.pixels.translate(_FAINT), "big")
        edge = ink
        for _ in range(_EDGE):
            edge |= edge << 8 | edge >> 8
            edge |= edge << row | edge >> row
        away = faint & ~edge
        inner = away
        for _ in range(_STROKE // 2):
            inner &= inner << 8 & inner >> 8
            inner &= inner << row & inner >> row
        total = away.bit_count()
        if total < _LEAST_BLEEDING * ink.bit_count() or inner.bit_count() > _MOST_SOLID * total:
            return self.pixels
        return (int.from_bytes(self.pixels, "big") | away * _WHITE).to_bytes(len(self.pixels), "big")

    def without_specks(self) -> bytes:
        """The pixels without those of ink whose eight neighbours are all paper; rows are joined at left and right."""
        whole, row = int.from_bytes(self.ink, "big"), 8 * self.width
        beside = whole | whole << 8 | whole >> 8
        around = beside << row | beside >> row | whole << 8 | whole >> 8
        specks = whole & ~around
        if not specks:
            return self.pixels
        return (int.from_bytes(self.pixels, "big") | specks * _WHITE).to_bytes(len(self.pixels), "big")

    def _some_rows(self) -> list[bytes]:
        step = self.width * _ROWS_APART
        return [self.pixels[start : start + self.width] for start in range(0, len(self.pixels), step)]


def _paper_to_white(counts: list[int]) -> int:
    """The shade from which everything is paper: the median shade, minus the noise.

    Args:
        counts: Number of pixels of each shade.
    """
    paper = _share_to_shade(counts, 0.5)
    noise = (paper - _share_to_shade(counts, 0.3)) / _BELOW_MIDDLE
    return round(paper - _NOISE_REACH * noise) if paper >= LEAST_PAPER and 1 < noise <= _MOST_NOISE else _WHITE


def _share_to_shade(counts: list[int], share: float) -> int:
    """The shade below which this share of the pixels lies."""
    left = share * sum(counts)
    for shade, count in enumerate(counts):
        left -= count
        if left <= 0:
            return shade
    return _WHITE


def _rows_to_threshold(pixels: bytes) -> int:
    """The first shade that is paper; 0 where the whole page has one shade.

    Source of the method: N. Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    counts = [pixels.count(bytes((shade,))) for shade in range(_SHADES)]
    total, sum_all = len(pixels), sum(shade * count for shade, count in enumerate(counts))
    best, limit, contrast = 0.0, 0, 0.0
    below = sum_below = 0
    for shade, count in enumerate(counts):
        below += count
        sum_below += shade * count
        if not below or below == total:
            continue
        dark, light = sum_below / below, (sum_all - sum_below) / (total - below)
        spread = below * (total - below) * (light - dark) ** 2
        if spread > best:
            best, limit, contrast = spread, shade + 1, light - dark
    return limit if contrast >= _LEAST_CONTRAST else 0
