"""Turns pages whose text lies on its side (a wide table on an upright page), so that it can be read."""

from collections import Counter
from dataclasses import replace
from operator import attrgetter

from pipeline.extraction.geometry import Matrix
from pipeline.extraction.model import Char, PageContent

#: A page is turned if at least this share of its letters is in one direction.
MAIN_SHARE = 0.6

_char_to_angle = attrgetter("angle")


def content_to_upright(content: PageContent) -> tuple[PageContent, int]:
    """The page turned so that most of its text is upright, and by how much.

    Args:
        content: Of one page.

    Returns:
        The content, and by how many degrees, clockwise, it was turned (0, 90, 180 or 270).
    """
    if not any(map(_char_to_angle, content.chars)):
        return content, 0
    angles = Counter(char.angle for char in content.chars if char.text != " ")
    angle, count = angles.most_common(1)[0]
    if angle not in {90, 180, 270} or count < MAIN_SHARE * angles.total():
        return content, 0
    return _turned(content, angle), angle


def _turned(content: PageContent, angle: int) -> PageContent:
    width, height = content.width, content.height
    matrix = {
        90: Matrix(0, 1, -1, 0, height, 0),
        180: Matrix(-1, 0, 0, -1, width, height),
        270: Matrix(0, -1, 1, 0, 0, width),
    }[angle]
    return replace(
        content,
        width=width if angle == 180 else height,  # noqa: PLR2004 — degrees
        height=height if angle == 180 else width,  # noqa: PLR2004 — as above
        chars=tuple(_char_to_turned(char, matrix, angle) for char in content.chars),
        rulings=tuple(replace(ruling, box=matrix.box(*ruling.box)) for ruling in content.rulings),
        fills=tuple(replace(fill, box=matrix.box(*fill.box)) for fill in content.fills),
        links=tuple(replace(link, box=matrix.box(*link.box)) for link in content.links),
        images=tuple(matrix.box(*box) for box in content.images),
        tagged=tuple(
            tuple(cell._replace(boxes=tuple(matrix.box(*box) for box in cell.boxes)) for cell in table)
            for table in content.tagged
        ),
    )


def _char_to_turned(char: Char, matrix: Matrix, angle: int) -> Char:
    turned = (char.angle - angle) % 360
    return char._replace(box=matrix.box(*char.box), angle=turned, upright=turned == 0)
