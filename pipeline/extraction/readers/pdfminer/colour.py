"""Converts colours of pdfminer.six to red, green and blue."""

from pipeline.extraction.model import Colour

#: Colour spaces whose single number is an amount of ink, so 1 is dark.
_INKS = frozenset({"Separation", "DeviceN"})
#: Colour spaces that cannot be converted without their tables.
_OPAQUE = frozenset({"Indexed", "Pattern", "Lab"})


def operands_to_colour(operands: object, space: str) -> Colour | None:
    """The colour for the operands of a colour operator; None where it is not known.

    Args:
        operands: A number or a tuple of numbers; anything else (a pattern's name) is unknown.
        space: Name of the colour space.
    """
    values = operands if isinstance(operands, tuple) else (operands,)
    numbers = [min(1.0, max(0.0, float(value))) for value in values if isinstance(value, int | float)]
    if space in _OPAQUE or len(numbers) != len(values):
        return None
    return _numbers_to_colour(numbers, is_ink=space in _INKS)


def _numbers_to_colour(numbers: list[float], *, is_ink: bool) -> Colour | None:
    match numbers:
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            return 1 - min(1, cyan + black), 1 - min(1, magenta + black), 1 - min(1, yellow + black)
        case [ink] if is_ink:
            return 1 - ink, 1 - ink, 1 - ink
        case [grey]:
            return grey, grey, grey
        case _:
            return None
