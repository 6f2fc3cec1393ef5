"""Turns a drawn page by a few degrees.

pdfium can turn pages itself, but its sines have eight bits: it turns pictures by steps of .22 degrees, so that the
lines of a levelled scan rise by up to three pixels across the page.
"""

import math

from PIL import Image

from pipeline.pictures.png import Pixels

_WHITE = 0xFF


def turn_pixels(pixels: Pixels, degrees: float) -> Pixels:
    """The picture turned clockwise about its middle: what comes to lie outside is lost, and corners become white.

    Args:
        pixels: The picture.
        degrees: Any angle.
    """
    width, height, stride = pixels.width, pixels.height, pixels.stride
    mode, white = ("L", _WHITE) if pixels.channels == 1 else ("RGB", (_WHITE, _WHITE, _WHITE))
    # Each row is followed by the byte before the next one.
    rows = b"".join((pixels.lines[1:], b"\0"))
    picture = Image.frombytes(mode, (width, height), rows, "raw", mode, stride, 1)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = width / 2, height / 2
    # From a place in the turned picture to that in the given one.
    way = (cos, sin, across - cos * across - sin * down, -sin, cos, down + sin * across - cos * down)
    turned = picture.transform((width, height), Image.Transform.AFFINE, way, Image.Resampling.BICUBIC, fillcolor=white)
    lines = b"\0" + turned.tobytes("raw", mode, stride)
    return Pixels(lines=memoryview(lines)[:-1], width=width, height=height, channels=pixels.channels)
