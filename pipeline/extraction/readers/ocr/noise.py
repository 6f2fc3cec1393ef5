"""How noisy a scan is, and the scan without this noise."""

from dataclasses import replace

from pipeline.extraction.readers.ocr.picture import LEAST_PAPER, Picture

#: One of so many rows is used to measure noise.
_ROWS_APART = 40
#: Pixels so far apart, in a row, have noise of their own, and mostly the same shade without it.
_APART = 2
#: The median of the differences of two such pixels is so many standard deviations of the noise.
_MEDIAN = 0.954
#: The least noise that is worth a filter, as a standard deviation in shades: it also takes a little of fine print.
LEAST = 5.0
#: Side of the square of which a pixel gets the median.
_SQUARE = 3
#: This share of the noise is left of it then, and noise lies within so many standard deviations.
_LEFT, _REACH = 0.42, 2.5
_SHADES = 256


def picture_to_noise(picture: Picture) -> float:
    """The standard deviation of the noise, in shades.

    Edges of print are in less than half of the pairs of pixels that are compared, so that they do not count.

    Args:
        picture: Of a page.
    """
    step = picture.width * _ROWS_APART
    rows = [picture.pixels[start : start + picture.width] for start in range(0, len(picture.pixels), step)]
    differences = sorted(abs(one - other) for row in rows for one, other in zip(row, row[_APART:], strict=False))
    return differences[len(differences) // 2] / _MEDIAN if differences else 0.0


def without_noise(picture: Picture) -> Picture:
    """The picture without noise and specks, on white paper, where it is noisy; other pictures as they are.

    Args:
        picture: Of a page.
    """
    noise = picture_to_noise(picture)
    if noise < LEAST:
        return picture
    from PIL import Image, ImageFilter  # noqa: PLC0415 — a library that most pages do not need

    grey = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    filtered = grey.filter(ImageFilter.MedianFilter(_SQUARE))
    counts = filtered.histogram()
    paper = max(range(_SHADES), key=counts.__getitem__)
    white = paper - _REACH * _LEFT * noise if paper >= LEAST_PAPER else _SHADES - 1
    table = bytes(min(_SHADES - 1, round(shade * (_SHADES - 1) / white)) for shade in range(_SHADES))
    return replace(picture, pixels=filtered.tobytes().translate(table), noisy=True)
