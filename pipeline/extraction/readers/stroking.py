"""Bold by stroking: glyphs filled and outlined in one colour, as programs do where a font has no bold face."""

from pipeline.extraction.model import Colour

#: The text rendering modes that fill and stroke (ISO 32000-2, table 104).
FILL_AND_STROKE = frozenset({2, 6})
#: An outline of less than this share of the type size is not seen.
LEAST = 0.01


def outline_is_bold(width: float, size: float, stroked: Colour | None, filled: Colour | None) -> bool:
    """Whether the outline makes the glyphs bolder.

    Args:
        width: Of the line, in the units of its own space: pdfium does not tell by how much the page scales it.
        size: Of the type, in points.
        stroked: The outline's colour.
        filled: The glyphs' own; another one than the outline's makes letters with a border.
    """
    return stroked == filled and width >= LEAST * size
