"""Converts painted paths to rulings and fills, in the same way for both readers.

Lines are painted in many ways: as strokes, thin filled rectangles, outlines of rectangles, or rows of dots. Here each
becomes a :class:`Ruling`; the table finder joins rulings that continue each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.extraction.geometry import boxes_to_common
from pipeline.extraction.model import BBox, Colour, Fill, Ruling

#: A rectangle with a side of at most this length (points) is a line.
THIN = 3.0
#: It is also a line up to this length if the other side is at least LONG_SHARE times as long.
THIN_IF_LONG = 5.0
LONG_SHARE = 20.0
#: The ends of a horizontal or vertical stroke differ by at most this (points) across its direction.
SLANT = 0.75
#: Dots in a row with at most this distance (points) are a line if there are at least so many.
DOT_STEP = 6.0
DOT_COUNT = 5
#: A tick box is a square (its sides differ by at most this factor) with sides between these lengths in points.
MIN_BOX, MAX_BOX, SQUARE = 5.0, 18.0, 1.2
#: A tick box is filled only with white. Its mark is at least this large. A page with more such boxes is a drawing.
WHITE, LEAST_MARK, MAX_BOXES = 0.95, 1.5, 1_000
#: A page with more marks than this is a picture; further marks are ignored.
MAX_MARKS = 200_000

#: A piece of a path: its points on the page as shown, and whether it has only straight lines.
Subpath = tuple[list[tuple[float, float]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """How a path is painted; None where it is not stroked, or not filled.

    Attributes:
        stroke_width: In points of the page.
    """

    stroke_width: float | None
    stroke_colour: Colour | None
    filled: bool
    fill_colour: Colour | None


@dataclass(slots=True, kw_only=True)
class Marks:
    """Collects what the paths of a page show.

    Attributes:
        squares: Small squares drawn by their outline, which may be tick boxes.
        strokes: Boxes around small marks that are neither horizontal nor vertical: crosses, ticks.
        clip: The clip of the path that is being added.
    """

    rulings: list[Ruling] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    dots: list[tuple[float, float, float]] = field(default_factory=list)
    squares: list[BBox] = field(default_factory=list)
    strokes: list[BBox] = field(default_factory=list)
    clip: BBox | None = None

    @property
    def full(self) -> bool:
        """Whether the page has so many marks that it is a picture."""
        return len(self.rulings) + len(self.fills) + len(self.dots) >= MAX_MARKS

    def add_path(self, subpaths: Iterable[Subpath], paint: Paint, clip: BBox | None = None) -> None:
        """Add a painted path; what is outside the clip cannot be seen."""
        self.clip = clip
        for points, straight in subpaths:
            if paint.filled:
                self._add_filled(points, straight, paint)
            if paint.stroke_width is not None:
                self._add_stroked(points, paint.stroke_width, paint.stroke_colour)
            self._add_small(points, straight, paint)

    def add_box(self, box: BBox, colour: Colour | None) -> None:
        """Add a filled rectangle: as a line if it is thin, else as a fill."""
        if self.clip is not None:
            shown = boxes_to_common(box, self.clip)
            if shown is None:
                return
            box = shown
        width, height = box.x1 - box.x0, box.bottom - box.top
        thin, long = min(width, height), max(width, height)
        if long <= THIN and long < 2 * thin + 0.01:
            self.dots.append(((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2, long))
        elif thin <= THIN or (thin <= THIN_IF_LONG and long >= LONG_SHARE * thin):
            self.rulings.append(Ruling(box=_middle(box), width=thin, colour=colour))
        else:
            self.fills.append(Fill(box=box, colour=colour))

    def _add_small(self, points: list[tuple[float, float]], straight: bool, paint: Paint) -> None:  # noqa: FBT001 — as below
        """Keep a path that may be a tick box, or its mark."""
        xs, ys = zip(*points, strict=True)
        box = BBox(min(xs), min(ys), max(xs), max(ys))
        width, height = box.x1 - box.x0, box.bottom - box.top
        if not min(width, height) >= LEAST_MARK or max(width, height) > MAX_BOX or len(self.squares) > MAX_BOXES:
            return
        is_rectangle = straight and _points_to_rectangle(points) is not None
        if not is_rectangle:
            self.strokes.append(box)
        elif min(width, height) >= MIN_BOX and max(width, height) <= SQUARE * min(width, height):
            is_open = not paint.filled or (paint.fill_colour is not None and min(paint.fill_colour) > WHITE)
            if paint.stroke_width is not None and is_open:
                self.squares.append(box)

    def _add_filled(self, points: list[tuple[float, float]], straight: bool, paint: Paint) -> None:  # noqa: FBT001 — a private helper
        if straight and (box := _points_to_rectangle(points)) is not None:
            self.add_box(box, paint.fill_colour)

    def _add_stroked(self, points: list[tuple[float, float]], width: float, colour: Colour | None) -> None:
        half = width / 2
        for (xa, ya), (xb, yb) in pairwise(points):
            dx, dy = abs(xb - xa), abs(yb - ya)
            if dy <= SLANT and dy * 20 <= dx:
                y = (ya + yb) / 2
                self.add_box(BBox(min(xa, xb), y - half, max(xa, xb), y + half), colour)
            elif dx <= SLANT and dx * 20 <= dy:
                x = (xa + xb) / 2
                self.add_box(BBox(x - half, min(ya, yb), x + half, max(ya, yb)), colour)

    def all_rulings(self) -> tuple[Ruling, ...]:
        """All lines; rows of dots are joined."""
        return (*self.rulings, *dots_to_rulings(self.dots))


def _middle(box: BBox) -> BBox:
    x0, top, x1, bottom = box
    if x1 - x0 >= bottom - top:
        y = (top + bottom) / 2
        return BBox(x0, y, x1, y)
    x = (x0 + x1) / 2
    return BBox(x, top, x, bottom)


def _points_to_rectangle(points: Sequence[tuple[float, float]]) -> BBox | None:
    """The rectangle whose corners these points are; None for any other shape."""
    if not 4 <= len(points) <= 6:  # noqa: PLR2004 — four corners, perhaps closed twice
        return None
    xs, ys = zip(*points, strict=True)
    box = BBox(min(xs), min(ys), max(xs), max(ys))
    x0, top, x1, bottom = box
    for x, y in points:
        if (x - x0 > SLANT and x1 - x > SLANT) or (y - top > SLANT and bottom - y > SLANT):
            return None
    for (xa, ya), (xb, yb) in pairwise(points):
        if abs(xa - xb) > SLANT and abs(ya - yb) > SLANT:
            return None
    return box


def dots_to_rulings(dots: Sequence[tuple[float, float, float]]) -> list[Ruling]:
    """Lines for rows and columns of dots.

    Args:
        dots: Middle (x, y) and size of each dot, in points.
    """
    rows = _dots_to_runs([(y, x, size) for x, y, size in dots])
    used = {(x, y) for y, run in rows for x, _ in run}
    columns = _dots_to_runs([dot for dot in dots if (dot[0], dot[1]) not in used])
    rulings = [Ruling(box=BBox(run[0][0], y, run[-1][0], y), width=run[0][1]) for y, run in rows]
    rulings += [Ruling(box=BBox(x, run[0][0], x, run[-1][0]), width=run[0][1]) for x, run in columns]
    return rulings


def _dots_to_runs(dots: Sequence[tuple[float, float, float]]) -> list[tuple[float, list[tuple[float, float]]]]:
    """Runs of close dots along the second coordinate, with equal first coordinates (to half a point)."""
    tracks: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for dot in dots:
        tracks[round(dot[0] * 2)].append(dot)
    runs: list[tuple[float, list[tuple[float, float]]]] = []
    for track in tracks.values():
        run: list[tuple[float, float]] = []
        for _, along, size in sorted(track, key=lambda dot: dot[1]):
            if run and along - run[-1][0] > DOT_STEP:
                runs.append((track[0][0], run))
                run = []
            run.append((along, size))
        runs.append((track[0][0], run))
    return [(across, run) for across, run in runs if len(run) >= DOT_COUNT]
