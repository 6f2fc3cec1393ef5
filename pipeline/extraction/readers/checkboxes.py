"""The boxes of a form that are ticked or not: signs that stand for what their appearance draws."""

from pipeline.extraction.geometry import Matrix
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char

TICKED, OPEN = "\u2612", "\u2610"
SIGNS = frozenset({TICKED, OPEN})
#: The state of a box that is not ticked.
OFF = "Off"
#: A sign is this share of its box, so that it keeps off the label and does not outgrow it ...
SHARE = 0.7
#: ... and at most so large (points).
LARGEST = 12.0
#: Its baseline is this share of its size below the middle of the box, where that of a label beside it is.
BELOW_MIDDLE = 0.38


def box_to_char(left: float, bottom: float, right: float, top: float, *, ticked: bool, matrix: Matrix) -> Char:
    """The sign in the middle of a box.

    Args:
        left: Of the box, as all four in the page's own coordinates.
        bottom: As above.
        right: As above.
        top: As above.
        ticked: Whether its appearance shows a mark.
        matrix: To the page as shown.
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
