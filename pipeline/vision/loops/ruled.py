"""How many lines go across the picture of a page: rules, shaded rows, lines to write on."""

import struct
import zlib
from typing import Final

_HEAD: Final = struct.Struct(">8sI4sIIBBBBB")
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3}
# Part of the width from which a stretch of shade is a line: letters and their strokes are far shorter.
_PART: Final = 16
# So much darker than the paper: a faint tint, a grey rule, a black one in a tinted box.
_DEPTHS: Final = (8, 96, 160)
# Paper that is darker, or of which less than this share is in sight: a photograph, a bad scan, a slide in the dark.
_DARKEST_PAPER: Final = 170
_LEAST_PAPER: Final = 0.5
# One in so many rows of pixels is looked at for the paper: a number that no form's rows are apart.
_SAMPLED: Final = 7
# Rows of pixels from which a line is a shaded row.
_BAND: Final = 6


def png_to_lines(data: bytes) -> int | None:
    """How many rows the lines across the page can part: a table of n ruled rows has n + 1 of them.

    A band of shade counts twice, for itself and for the bright one below.

    Args:
        data: A PNG of 8 bits, grey or RGB, without row filters, as :mod:`pipeline.pictures.render` writes it.

    Returns:
        None where the picture is another one, or too dark to tell.
    """
    rows = _png_to_rows(data)
    if not rows:
        return None
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


def _png_to_rows(data: bytes) -> list[bytes]:
    """The rows of pixels, of a coloured picture its green; empty where the file is another kind of PNG, or none."""
    if len(data) < _HEAD.size:
        return []
    signature, _, _, width, height, depth, kind, *ways = _HEAD.unpack_from(data)
    at = data.find(b"IDAT")
    if signature != _SIGNATURE or depth != 8 or kind not in _CHANNELS or any(ways) or at < 0:  # noqa: PLR2004 — bits
        return []
    step = 1 + width * _CHANNELS[kind]
    try:
        body = zlib.decompressobj().decompress(data[at + 4 :], step * height)
    except zlib.error:
        return []
    if len(body) != step * height or any(body[::step]):
        return []
    return [
        body[start + 1 : start + step][_CHANNELS[kind] // 2 :: _CHANNELS[kind]] for start in range(0, len(body), step)
    ]
