"""Counts the lines across the picture of a page: rules, shaded rows, lines to write on."""

from typing import Final

from pipeline.pictures.png import png_to_pixels

# From this part of the width on, dark pixels in a row are a line: letters and their strokes are far shorter.
_PART: Final = 16
# How much darker than the paper: a light tint, a grey rule, a black rule in a tinted box.
_DEPTHS: Final = (8, 96, 160)
# Darker paper, or less visible paper than this share: a photograph, a bad scan, a dark slide.
_DARKEST_PAPER: Final = 170
_LEAST_PAPER: Final = 0.5
# One of so many rows of pixels is used to find the paper's shade: no form has rows at this distance.
_SAMPLED: Final = 7
# From so many rows of pixels on a line is a shaded row.
_BAND: Final = 6


def png_to_lines(data: bytes) -> int | None:
    """How many rows the lines across the page can part: a table of n ruled rows has n + 1 of them.

    A shaded band counts twice, for itself and for the bright one below.

    Args:
        data: A PNG of 8 bits, grey or RGB, without row filters, as :mod:`pipeline.pictures.png` writes it.

    Returns:
        None where the picture has another format, or is too dark.
    """
    pixels = png_to_pixels(data)
    if pixels is None or not pixels.lines:
        return None
    rows = pixels.rows()
    sample = b"".join(rows[::_SAMPLED])
    paper = max(range(256), key=lambda shade: sample.count(bytes([shade])))
    around = bytes(abs(value - paper) <= _DEPTHS[0] for value in range(256))
    if paper < _DARKEST_PAPER or sample.translate(around).count(1) < len(sample) * _LEAST_PAPER:
        return None
    return max(_lines_below(rows, paper - depth) for depth in _DEPTHS)


def _lines_below(rows: list[bytes], shade: int) -> int:
    """Lines that are darker than this shade."""
    table = bytes(value < shade for value in range(256))
    run = b"\1" * max(1, len(rows[0]) // _PART)
    lines = thick = 0
    for row in rows:
        thick = thick + 1 if run in row.translate(table) else 0
        lines += thick in {1, _BAND}
    return lines
