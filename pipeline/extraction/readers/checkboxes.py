"""Tick boxes of forms: a sign for each, by whether its appearance draws a mark."""

from pipeline.extraction.geometry import Matrix
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char

TICKED, OPEN = "\u2612", "\u2610"
SIGNS = frozenset({TICKED, OPEN})
#: The state of a box that is not ticked.
OFF = "Off"
#: A sign is this share of its box, so that it does not touch the label.
SHARE = 0.7
#: A sign is at most so large (points).
LARGEST = 12.0
#: Its baseline is this share of its size below the middle of the box, as the baseline of a label beside it.
BELOW_MIDDLE = 0.38


def box_to_char(left: float, bottom: float, right: float, top: float, *, ticked: bool, matrix: Matrix) -> Char:
    """The sign for a box, placed in its middle.

    Args:
        left: Left side of the box; all four sides are in the page's own coordinates.
        bottom: As above.
        right: As above.
        top: As above.
        ticked: Whether its appearance shows a mark.
        matrix: From these coordinates to the page as shown.
    """
    box = matrix.box(left, bottom, right, top)
    size = min(SHARE * (box.x1 - box.x0), SHARE * (box.bottom - box.top), LARGEST)
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    foot = y + size * (BELOW_MIDDLE + DESCENT)
    return Char(
        text=TICKED if ticked else OPEN,
        box=BBox(x - size / 2, foot - size * (ASCENT + DESCENT), x + size / 2, foot),
        font="",
        size=size,
    )
