"""Makes shaded grounds white, and light print on them dark: engines miss whole heads of tables otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.extraction.readers.ocr.parts import Part, grid_to_parts, picture_to_grid
from pipeline.extraction.readers.ocr.picture import INK, Picture

#: Ground is at most so light; what is lighter is paper.
_LIGHTEST = 240
_SHADES = 256
_WHITE = _SHADES - 1
#: Side of the cells of which ground is made (points), and the share of a cell's pixels that are no paper.
_CELL, _FULL = 1.44, 0.6
#: Ground is at least so wide and high (points).
_LEAST_WIDE, _LEAST_HIGH = 14.0, 7.0
#: So much of it has one shade, give or take so many; photographs have many.
_LEAST_EVEN, _EVEN = 0.5, 12
#: Print on it covers at most this share, and is so many shades lighter or darker.
_MOST_PRINT, _CONTRAST = 0.45, 48
#: The edge of ground is at most so many pixels wide.
_EDGE = 2
#: At least so much of a line of pixels within it is ground.
_LEAST_GROUND = 0.25


def with_white_grounds(picture: Picture) -> Picture:
    """The picture with dark print on white wherever print is on an even ground.

    Args:
        picture: Of a page, in any direction.
    """
    shaded = picture.pixels.translate(bytes(shade <= _LIGHTEST for shade in range(_SHADES)))
    grid = picture_to_grid(picture, shaded, _CELL, _FULL)
    side = grid.step * picture.points
    pixels: bytearray | None = None
    for part in grid_to_parts(grid.opened()):
        if part.box.x1 - part.box.x0 < _LEAST_WIDE / side or part.box.bottom - part.box.top < _LEAST_HIGH / side:
            continue
        ends = _part_to_ends(part)
        inside = b"".join(picture.pixels[start:end] for start, end in _ends_to_spans(ends, picture, grid.step))
        ground = max(range(_SHADES), key=[inside.count(bytes((shade,))) for shade in range(_SHADES)].__getitem__)
        around = _ends_to_spans(_with_cells_around(ends), picture, grid.step)
        # The border of a copy is noise, which goes on behind its last even pixel and would be read as letters.
        limit = min(ground + _CONTRAST, _LIGHTEST) if _is_border(part, picture, grid.step) else -1
        spans = [_trimmed(span, picture, ground, limit) for span in around]
        # Without the paper at the edges, which would pass for light print.
        table = _ground_to_table(b"".join(picture.pixels[start:end] for start, end in spans), ground)
        if table is not None:
            pixels = pixels or bytearray(picture.pixels)
            for start, end in spans:
                pixels[start:end] = pixels[start:end].translate(table)
            edge = bytes(_WHITE if shade > ground + _EVEN else shade for shade in range(_SHADES))
            for start, end in _spans_to_edges(spans, picture):
                pixels[start:end] = pixels[start:end].translate(edge)
    return picture if pixels is None else replace(picture, pixels=bytes(pixels))


def _ground_to_table(inside: bytes, ground: int) -> bytes | None:
    """The new shade of each shade on an even ground with print; None where this is not such ground."""
    counts = [inside.count(bytes((shade,))) for shade in range(_SHADES)]
    even = sum(counts[max(0, ground - _EVEN) : ground + _EVEN + 1])
    lighter, darker = sum(counts[ground + _CONTRAST :]), sum(counts[: max(0, ground - _CONTRAST)])
    if ground > _LIGHTEST or even < _LEAST_EVEN * len(inside) or max(lighter, darker) > _MOST_PRINT * len(inside):
        return None
    if lighter > darker:
        return bytes(min(_WHITE, (_WHITE - shade) * _WHITE // (_WHITE - ground)) for shade in range(_SHADES))
    if darker:
        return bytes(min(_WHITE, shade * _WHITE // max(1, ground - _EVEN)) for shade in range(_SHADES))
    return None


def _spans_to_edges(spans: Iterable[tuple[int, int]], picture: Picture) -> Iterator[tuple[int, int]]:
    """The pixels beside lines of ground: what is lighter than the ground there was mixed of ground and paper.

    Args:
        spans: The lines of ground, as slices of all pixels.
        picture: That they are of.
    """
    width = picture.width
    rows = {start // width: (start % width, start % width + end - start) for start, end in spans if start < end}
    for row, (left, right) in rows.items():
        first, last = row * width + max(0, left - _EDGE), row * width + min(width, right + _EDGE)
        yield first, row * width + left
        yield row * width + right, last
        for beside in range(row - _EDGE, row + _EDGE + 1):
            if beside not in rows and 0 <= beside < picture.height:
                yield first + (beside - row) * width, last + (beside - row) * width


def _is_border(part: Part, picture: Picture, step: int) -> bool:
    """Whether it reaches an edge of the picture."""
    box = part.box
    return (
        min(box.x0, box.top) <= 0 or (box.x1 + 1) * step >= picture.width or (box.bottom + 1) * step >= picture.height
    )


def _trimmed(span: tuple[int, int], picture: Picture, ground: int, limit: int) -> tuple[int, int]:
    """A line of pixels from where ground begins to where it ends; empty if little of it is ground, as at the edges.

    Args:
        span: The line, as a slice of all pixels.
        picture: That the line is of.
        ground: The shade of the ground.
        limit: What is next to it and not lighter than this is ground, too.
    """
    start, end = span
    line = picture.pixels[start:end]
    marks = line.translate(bytes(abs(shade - ground) <= _EVEN for shade in range(_SHADES)))
    if marks.count(INK) < _LEAST_GROUND * len(line):
        return start, start
    first, last = marks.find(INK), marks.rfind(INK)
    while first > 0 and line[first - 1] <= limit:
        first -= 1
    while last + 1 < len(line) and line[last + 1] <= limit:
        last += 1
    return start + first, start + last + 1


def _part_to_ends(part: Part) -> dict[int, tuple[int, int]]:
    """The first column of each row and the one after its last: print makes holes in ground."""
    ends: dict[int, tuple[int, int]] = {}
    for row, start, end in part.runs:
        left, right = ends.get(row, (start, end))
        ends[row] = min(left, start), max(right, end)
    return ends


def _with_cells_around(ends: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Its edge is in cells that are not full."""
    around = {row: (left - 1, right + 1) for row, (left, right) in ends.items()}
    for row, (left, right) in ends.items():
        for beside in (row - 1, row + 1):
            around.setdefault(beside, (left - 1, right + 1))
    return around


def _ends_to_spans(ends: dict[int, tuple[int, int]], picture: Picture, step: int) -> list[tuple[int, int]]:
    """The lines of pixels in these cells, as slices of all pixels."""
    width = picture.width
    return [
        (line * width + max(0, left * step), line * width + min(right * step, width))
        for row, (left, right) in ends.items()
        for line in range(max(0, row * step), min((row + 1) * step, picture.height))
    ]
