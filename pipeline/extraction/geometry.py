"""Matrices, and the way from a PDF's own coordinates to the page as it is shown."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.extraction.model import BBox

#: How far (points) beside the page something may stand and still be on it.
EDGE = 0.5


class Matrix(NamedTuple):
    """An affine map as the PDF standard writes it: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, other: "Matrix") -> "Matrix":
        """The map that does this one first and the other one after it."""
        a, b, c, d, e, f = self
        p, q, r, s, t, u = other
        return Matrix(a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where the point goes."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, x0: float, y0: float, x1: float, y1: float) -> BBox:
        """The upright box around the rectangle's image."""
        if not self.b and not self.c:  # as nearly all
            left, right = self.a * x0 + self.e, self.a * x1 + self.e
            upper, lower = self.d * y0 + self.f, self.d * y1 + self.f
            return BBox(min(left, right), min(upper, lower), max(left, right), max(upper, lower))
        corners = (self.point(x0, y0), self.point(x0, y1), self.point(x1, y0), self.point(x1, y1))
        xs = [x for x, _ in corners]
        ys = [y for _, y in corners]
        return BBox(min(xs), min(ys), max(xs), max(ys))

    @property
    def scale(self) -> float:
        """By how much lengths grow, averaged over directions."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))


#: The map that changes nothing.
IDENTITY = Matrix(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PageFrame(NamedTuple):
    """How the page is shown: which part of the plane, and turned how.

    Attributes:
        matrix: From the PDF's user space to points from the shown page's top left.
        width: Of the page as shown.
        height: Of the page as shown.
    """

    matrix: Matrix
    width: float
    height: float


def visible_area_to_frame(left: float, bottom: float, right: float, top: float, quarter_turns: int) -> PageFrame:
    """The frame of a page.

    Args:
        left: Of the crop box, as all four in the PDF's user space.
        bottom: Of the crop box.
        right: Of the crop box.
        top: Of the crop box.
        quarter_turns: Of the page when shown, clockwise.
    """
    width, height = right - left, top - bottom
    match quarter_turns % 4:
        case 0:
            return PageFrame(Matrix(1, 0, 0, -1, -left, top), width, height)
        case 1:
            return PageFrame(Matrix(0, 1, 1, 0, -bottom, -left), height, width)
        case 2:
            return PageFrame(Matrix(-1, 0, 0, 1, right, -bottom), width, height)
        case _:
            return PageFrame(Matrix(0, -1, -1, 0, top, right), height, width)


def direction_to_angle(dx: float, dy: float) -> int:
    """Degrees, counter-clockwise from 0 to 359, of a direction on the page as shown (y grows downwards)."""
    return round(math.degrees(math.atan2(-dy, dx))) % 360


def boxes_to_box(boxes: Sequence[BBox]) -> BBox:
    """The box around all boxes (at least one)."""
    if len(boxes) == 1:
        return boxes[0]
    x0, top, x1, bottom = boxes[0]
    for left, upper, right, lower in boxes:
        x0 = left if left < x0 else x0  # noqa: FURB136 — a third of the time of min(), and this runs for every glyph
        top = upper if upper < top else top  # noqa: FURB136 — as above
        x1 = right if right > x1 else x1  # noqa: FURB136 — as above
        bottom = lower if lower > bottom else bottom  # noqa: FURB136 — as above
    return BBox(x0, top, x1, bottom)


def box_to_area(box: BBox) -> float:
    """In square points."""
    return (box.x1 - box.x0) * (box.bottom - box.top)


def boxes_to_common(first: BBox, second: BBox) -> BBox | None:
    """The part that two boxes share, None where they have none; lines count as boxes without width."""
    x0, top = max(first.x0, second.x0), max(first.top, second.top)
    x1, bottom = min(first.x1, second.x1), min(first.bottom, second.bottom)
    return BBox(x0, top, x1, bottom) if x0 <= x1 and top <= bottom else None


def is_middle_in(box: BBox, area: BBox) -> bool:
    """Whether a box's middle lies in the area, or very little beside it."""
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    return area.x0 - EDGE <= x <= area.x1 + EDGE and area.top - EDGE <= y <= area.bottom + EDGE
