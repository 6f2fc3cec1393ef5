"""By how many degrees a page is skewed, found from its lines of text.

Source of the method: W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", 1986: the
sums of ink along a direction differ most from each other in the direction of the text.
"""

import math
from itertools import pairwise

from pipeline.extraction.readers.ocr.picture import Picture

#: The largest skew, in degrees, that is looked for on either side.
MOST = 6.0
#: A page with less skew than this, in degrees, is left as it is.
LEAST = 0.2
#: A sufficient resolution, in pixels per inch.
DPI = 100.0
_COARSE, _FINE = 0.5, 0.05
#: The most that is left of a skew, in degrees, after the page was turned by what was found at that resolution.
_MOST_LEFT = 0.3
_STRIPS = 40
#: The rows must differ this many times as much as without turning; otherwise the page is left as it is.
_GAIN = 1.3


def picture_to_skew(picture: Picture) -> float:
    """Degrees, counter-clockwise, by which a page is skewed; 0 where nothing shows it.

    Args:
        picture: The page; its lines of text run roughly from left to right.
    """
    profiles = _picture_to_profiles(picture)
    if not any(map(any, profiles)):
        return 0.0
    level = _spread(profiles, picture, 0.0)
    best = max(_steps(-MOST, MOST, _COARSE), key=lambda angle: _spread(profiles, picture, angle))
    best = max(_steps(best - _COARSE, best + _COARSE, _FINE), key=lambda angle: _spread(profiles, picture, angle))
    return best if abs(best) >= LEAST and _spread(profiles, picture, best) >= _GAIN * level else 0.0


def picture_to_rest(picture: Picture) -> float:
    """Degrees, counter-clockwise, by which a page is still skewed after it was turned level.

    Args:
        picture: The page in the resolution in which it is read, where a smaller angle shows.
    """
    profiles = _picture_to_profiles(picture)
    # Of angles that are equally good the smallest.
    steps = sorted(_steps(-_MOST_LEFT, _MOST_LEFT, _FINE), key=abs)
    best = max(steps, key=lambda angle: _spread(profiles, picture, angle))
    return round(best, 2)


def _roughness(sums: list[int]) -> float:
    return sum((second - first) ** 2 for first, second in pairwise(sums)) / max(1, sum(sums))


def _steps(first: float, last: float, step: float) -> list[float]:
    return [first + step * index for index in range(round((last - first) / step) + 1)]


def _picture_to_profiles(picture: Picture) -> list[list[int]]:
    """For each of several vertical strips, from the left: the amount of ink in each of its rows."""
    ink, width = picture.ink, picture.width
    edges = [round(width * strip / _STRIPS) for strip in range(_STRIPS + 1)]
    starts = range(0, len(ink), width)
    return [[ink.count(1, start + left, start + right) for start in starts] for left, right in pairwise(edges)]


def _spread(profiles: list[list[int]], picture: Picture, angle: float) -> float:
    """How much neighbouring sums of ink along this direction differ."""
    slope = math.tan(math.radians(angle))
    strip = picture.width / _STRIPS
    most = math.ceil(abs(slope) * picture.width) + 1
    empty = [0] * most
    moved = []
    for index, profile in enumerate(profiles):
        # On a page that is turned counter-clockwise, the right side is too high.
        shift = round(slope * strip * (index + 0.5 - _STRIPS / 2))
        moved.append((empty + profile + empty)[most - shift : most - shift + len(profile)])
    sums = [sum(row) for row in zip(*moved, strict=True)]
    return _roughness(sums)
