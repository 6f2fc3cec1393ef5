"""Makes pictures as sharp as engines want them.

Turning a page by a few degrees mixes each pixel with its neighbours: decimal points are lost, and signs of charts
misread, so that charts look like tables. The edges of letters in black and white are jagged. Measured with Tesseract,
relations of cells as mean of documents: 41 pages askew by 3 degrees .885 > .932; in black and white .878 > .892.
"""

from dataclasses import replace

from pipeline.extraction.readers.ocr.noise import LEAST, picture_to_noise
from pipeline.extraction.readers.ocr.picture import Picture

#: Noise of more than this share of what is filtered would come out too strong.
_MOST_NOISE = 0.5
#: Radius (pixels of the picture) and strength (per cent) of the unsharp mask; weaker and stronger ones read less.
_RADIUS, _STRENGTH = 1.5, 180
#: A picture in black and white has at most so many grey pixels for each black one; drawn pages have .5 and more.
_MOST_GREY = 0.1
_BLACK, _WHITE = bytes(range(16)), bytes(range(240, 256))
#: Radius of the blur that rounds its edges, in pixels.
_ROUND = 0.6


def sharpened(picture: Picture) -> Picture:
    """The picture with sharp edges; noisy ones as they are.

    Args:
        picture: Of a page that was turned.
    """
    if picture_to_noise(picture) > _MOST_NOISE * LEAST:
        return picture
    from PIL import Image, ImageFilter  # noqa: PLC0415 — a library that level pages do not need

    grey = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    mask = ImageFilter.UnsharpMask(radius=_RADIUS, percent=_STRENGTH, threshold=0)
    return replace(picture, pixels=grey.filter(mask).tobytes())


def smoothed(picture: Picture) -> Picture:
    """A picture in black and white with the edges of its letters rounded; others as they are.

    Args:
        picture: Of a page.
    """
    inked = picture.pixels.translate(None, _WHITE)
    grey = len(inked.translate(None, _BLACK))
    if grey > _MOST_GREY * (len(inked) - grey):
        return picture
    from PIL import Image, ImageFilter  # noqa: PLC0415 — a library that most pages do not need

    drawn = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    return replace(picture, pixels=drawn.filter(ImageFilter.GaussianBlur(_ROUND)).tobytes())
