"""Rules that can be seen: none in the colour of the paper, and no remains of shading beside them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.extraction.model import BBox, Colour, Fill, Ruling
from pipeline.extraction.tables.rules import MAX_EDGES, SNAP

#: In the colour of paper, red, green and blue are each at least this.
PAPER = 0.97
#: Two colours look equal if red, green and blue each differ by at most this.
ALIKE = 0.02
#: A fill adjoins a rule if the distance is at most this (points).
ADJOINS = 1.5
#: And if it runs along at least this share of the rule.
ALONG = 0.8


def rulings_to_visible(rulings: Sequence[Ruling], fills: Sequence[Fill], images: Sequence[BBox]) -> list[Ruling]:
    """The rulings that differ from what is around them; all of them on a page that is a drawing.

    White rules on white paper cannot be seen. A rule in the colour of the shading that it continues is what remains
    of it between two cells: shading beside vertical rules, and above and below horizontal ones.

    Args:
        rulings: Of a page.
        fills: Of the page.
        images: The places of pictures; a white rule on a picture may be seen.
    """
    if max(len(rulings), len(fills)) > MAX_EDGES:
        return list(rulings)
    colours = {ruling.colour for ruling in rulings if ruling.colour is not None}
    shading = _Shading(fill for fill in fills if any(_are_alike(colour, fill.colour) for colour in colours))
    seen = [ruling for ruling in rulings if not shading.continues_as(ruling)]
    white = [ruling for ruling in seen if is_paper(ruling.colour)]
    if not white:
        return seen
    dark = [*(fill.box for fill in fills if not is_paper(fill.colour)), *images]
    shown = {_place(ruling) for ruling in white if any(_touch(ruling.box, box) for box in dark)}
    return [ruling for ruling in seen if not is_paper(ruling.colour) or _place(ruling) in shown]


def is_paper(colour: Colour | None) -> bool:
    """Whether the colour is known, and is that of white paper."""
    return colour is not None and min(colour) >= PAPER


def _are_alike(one: Colour, two: Colour | None) -> bool:
    if two is None:
        return False
    return abs(one[0] - two[0]) <= ALIKE and abs(one[1] - two[1]) <= ALIKE and abs(one[2] - two[2]) <= ALIKE


def _place(ruling: Ruling) -> tuple[bool, int]:
    """A key for the pieces of one rule: a white rule through bands of shading is visible in some pieces only."""
    at = ruling.box.top if ruling.horizontal else ruling.box.x0
    return ruling.horizontal, round(at / SNAP)


def _touch(box: BBox, other: BBox) -> bool:
    return (
        box.x0 <= other.x1 + ADJOINS
        and box.x1 >= other.x0 - ADJOINS
        and box.top <= other.bottom + ADJOINS
        and box.bottom >= other.top - ADJOINS
    )


class _Shading:
    """The sides of the fills, by colour and place."""

    def __init__(self, fills: Iterable[Fill]) -> None:
        self._sides: dict[tuple[str, int], list[tuple[float, float, float, Colour]]] = defaultdict(list)
        self._colours: set[Colour] = set()
        for fill in fills:
            if fill.colour is not None:
                self._colours.add(fill.colour)
                x0, top, x1, bottom = fill.box
                sides = (
                    ("left", x0, top, bottom),
                    ("right", x1, top, bottom),
                    ("top", top, x0, x1),
                    ("bottom", bottom, x0, x1),
                )
                for side, at, start, end in sides:
                    self._sides[side, round(at)].append((at, start, end, fill.colour))

    def continues_as(self, ruling: Ruling) -> bool:
        """Whether the ruling is what remains of shading."""
        x0, top, x1, bottom = ruling.box
        if ruling.colour is None or not any(_are_alike(ruling.colour, colour) for colour in self._colours):
            return False
        if ruling.horizontal:
            along, at, sides = (x0, x1), top, ("top", "bottom")
        else:
            along, at, sides = (top, bottom), x0, ("left", "right")
        adjoining = [self._covers(side, (at, ruling.width), along, ruling.colour) for side in sides]
        return all(adjoining) if ruling.horizontal else any(adjoining)

    def _covers(self, side: str, line: tuple[float, float], along: tuple[float, float], colour: Colour) -> bool:
        """Whether sides of fills of that colour run along most of the line, given by its place and width."""
        at, width = line
        reach = width / 2 + ADJOINS
        length = 0.0
        for place in range(round(at - reach), round(at + reach) + 1):
            for where, start, end, other in self._sides.get((side, place), ()):
                if abs(where - at) <= reach and _are_alike(colour, other):
                    length += max(0.0, min(end, along[1]) - max(start, along[0]))
        return length >= ALONG * (along[1] - along[0])
