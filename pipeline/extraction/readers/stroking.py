"""Bold by stroking: glyphs filled and outlined in one colour, used by programs where a font has no bold face."""

from pipeline.extraction.model import Colour

#: The text rendering modes that fill and stroke (ISO 32000-2, table 104).
FILL_AND_STROKE = frozenset({2, 6})
#: An outline thinner than this share of the type size cannot be seen.
LEAST = 0.01


def outline_is_bold(width: float, size: float, stroked: Colour | None, filled: Colour | None) -> bool:
    """Whether the outline makes the glyphs bolder.

    Args:
        width: Width of the line, in the units of its own space: pdfium does not say by how much the page scales it.
        size: Type size, in points.
        stroked: Colour of the outline.
        filled: Colour of the glyphs; with another colour than the outline's, the letters have a border.
    """
    return stroked == filled and width >= LEAST * size
