"""Finds the straight lines in a picture: borders and rules of tables."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.picture import INK, Picture

#: Lines are at least this long (points), longer than strokes of letters.
LEAST_ACROSS, LEAST_DOWN = 20.0, 14.0
#: Lines are at most this thick (points).
MOST_THICK = 4.0
#: Lines are at least this many times as long as thick.
LEAST_SLIM = 6.0
#: Lines rise by at most this share of their length: so much skew may be left.
MOST_SLANT = 0.006
#: Pieces of one line are at most this far apart along it (points): specks on a scan interrupt lines.
GAP = 3.0
#: A line with a larger share of its length within boxes of words is a stroke of these words.
MOST_IN_WORDS = 0.6
#: A picture with more pieces than this is a photograph or noise.
MOST_PIECES = 20_000
#: The characters that engines read where there are lines.
_BARS, _DASHES = "|[]!\u00a6", "_-\u2014\u2013=~"
#: A line belongs to the end of a word if it is this close (in word heights) and covers this share of the height.
_NEAR, _PASSES = 0.35, 0.8
#: A dark line along the edge of a scan is this close to the edge of the picture (points).
EDGE = 4.0


@dataclass(slots=True)
class _Piece:
    """Runs of ink in neighbouring rows, connected from row to row."""

    start: int
    end: int
    first: int
    last: int
    area: int
    weight: int
    runs: int = field(default=1)

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def thickness(self) -> float:
        return self.area / max(1, self.length)

    @property
    def is_straight(self) -> bool:
        """Whether it is level: a slanted line, or a curve, is thin but crosses many rows."""
        return self.last - self.first <= self.thickness + MOST_SLANT * self.length + 1

    @property
    def middle(self) -> float:
        return self.weight / max(1, self.area) + 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A line in a picture, in pixels; exactly horizontal or vertical.

    Attributes:
        box: The centre line; its extent across the line is 0.
        thickness: Thickness of the stroke.
    """

    box: BBox
    thickness: float


def picture_to_lines(picture: Picture) -> list[DrawnLine]:
    """The lines of an upright picture, including strokes of large letters.

    Args:
        picture: Of a page.
    """
    width, height, ink = picture.width, picture.height, picture.marks if picture.noisy else picture.ink
    level = _grid_to_pieces(ink, width, height, LEAST_ACROSS / picture.points, picture.points)
    turned = b"".join(ink[column::width] for column in range(width))
    upright = _grid_to_pieces(turned, height, width, LEAST_DOWN / picture.points, picture.points)
    lines = [_line(BBox(piece.start, piece.middle, piece.end, piece.middle), piece) for piece in level]
    lines += [_line(BBox(piece.middle, piece.start, piece.middle, piece.end), piece) for piece in upright]
    edge = EDGE / picture.points
    return [line for line in lines if not _is_at_edge(line.box, width, height, edge)]


def lines_to_rules(lines: Iterable[DrawnLine], words: Sequence[SeenWord]) -> list[DrawnLine]:
    """The lines without strokes of letters.

    Args:
        lines: From :func:`picture_to_lines`.
        words: Words that were read in the picture.
    """
    boxes = [word.box for word in words if word.text.strip(_BARS + _DASHES)]
    return [line for line in lines if not _is_stroke(line.box, boxes)]


def words_without_lines(words: Iterable[SeenWord], lines: Sequence[DrawnLine]) -> list[SeenWord]:
    """The words without characters that are really lines: a bar beside a number, a word made only of bars.

    Args:
        words: Words of the picture in which the lines were found.
        lines: From :func:`picture_to_lines`.
    """
    upright = [line.box for line in lines if line.box.x0 == line.box.x1]
    level = [line.box for line in lines if line.box.x0 != line.box.x1]
    kept = (_without_bars(word, upright) for word in words)
    return [word for word in kept if word is not None and not _is_dash_on(word, level)]


def _without_bars(word: SeenWord, upright: Iterable[BBox]) -> SeenWord | None:
    """A word without bars at its ends where a line is; None where nothing is left."""
    box, high = word.box, word.box.bottom - word.box.top
    passing = [line for line in upright if min(line.bottom, box.bottom) - max(line.top, box.top) > _PASSES * high]
    at_left = any(abs(line.x0 - box.x0) <= _NEAR * high for line in passing)
    at_right = any(abs(line.x0 - box.x1) <= _NEAR * high for line in passing)
    text = word.text
    if at_left and text[0] in _BARS:
        text, box = text[1:], box._replace(x0=box.x0 + (box.x1 - box.x0) / len(text))
    if at_right and text and text[-1] in _BARS:
        text, box = text[:-1], box._replace(x1=box.x1 - (box.x1 - box.x0) / len(text))
    return word._replace(text=text, box=box) if text else None


def _is_dash_on(word: SeenWord, level: Iterable[BBox]) -> bool:
    """Whether a word made only of dashes is a piece of a horizontal line."""
    if word.text.strip(_DASHES):
        return False
    box = word.box
    return any(
        box.top - 1 <= line.top <= box.bottom + 1 and line.x0 <= (box.x0 + box.x1) / 2 <= line.x1 for line in level
    )


def _line(box: BBox, piece: _Piece) -> DrawnLine:
    return DrawnLine(box=box, thickness=piece.thickness)


def _is_at_edge(box: BBox, width: int, height: int, edge: float) -> bool:
    return max(box.x1 - edge, box.bottom - edge) < 0 or (
        box.x1 <= edge or box.bottom <= edge or box.x0 >= width - edge or box.top >= height - edge
    )


def _is_stroke(line: BBox, words: Iterable[BBox]) -> bool:
    """Whether most of a line is within words, and not at their edges as an underline is."""
    length = max(line.x1 - line.x0, line.bottom - line.top)
    inside = 0.0
    for box in words:
        inset = 0.1 * (box.bottom - box.top)
        if line.x1 < box.x0 or line.x0 > box.x1 or line.bottom < box.top + inset or line.top > box.bottom - inset:
            continue
        across = min(line.x1, box.x1) - max(line.x0, box.x0)
        down = min(line.bottom, box.bottom) - max(line.top, box.top)
        inside += max(across, down)
    return inside > MOST_IN_WORDS * length


def _grid_to_pieces(ink: bytes, width: int, height: int, least: float, points: float) -> list[_Piece]:
    """The horizontal lines of a grid of ink.

    Args:
        ink: 1 or 0 for each place, row by row.
        width: Places of a row.
        height: Number of rows.
        least: Minimum length of a line.
        points: Size of one place in points.
    """
    # A line that is not quite horizontal continues in the next row, so each row also gets the ink of the one below.
    whole = int.from_bytes(ink, "big")
    thick = (whole | whole >> (8 * width)).to_bytes(len(ink), "big") if ink else ink
    run = re.compile(rb"%b{%d,}" % (INK, max(2, round(least / 2))))
    open_pieces: list[_Piece] = []
    done: list[_Piece] = []
    for row in range(height):
        runs = [found.span() for found in run.finditer(thick, row * width, (row + 1) * width)]
        if not runs and not open_pieces:
            continue
        spans = [(start - row * width, end - row * width) for start, end in runs]
        still_open = _grow(open_pieces, spans, row)
        done += [piece for piece in open_pieces if piece.last < row]
        open_pieces = still_open
        if len(done) > MOST_PIECES:
            return []
    pieces = [each for each in [*done, *open_pieces] if each.thickness - 1 <= MOST_THICK / points and each.is_straight]
    return [
        piece for piece in _joined(pieces, GAP / points) if piece.length >= max(least, LEAST_SLIM * piece.thickness)
    ]


def _grow(pieces: list[_Piece], spans: Iterable[tuple[int, int]], row: int) -> list[_Piece]:
    """The pieces that reach this row, and those that begin in it. A piece grows by the runs that touch it."""
    reached: list[_Piece] = []
    for start, end in spans:
        length = end - start
        piece = next((each for each in pieces if each.start < end and start < each.end), None)
        if piece is None:
            reached.append(_Piece(start, end, row, row, length, length * row))
            continue
        piece.start, piece.end, piece.last = min(start, piece.start), max(end, piece.end), row
        piece.area += length
        piece.weight += length * row
        if piece not in reached:
            reached.append(piece)
    return reached


def _joined(pieces: Sequence[_Piece], gap: float) -> Iterator[_Piece]:
    """The pieces, where consecutive pieces of one line are joined."""
    rest = sorted(pieces, key=lambda piece: piece.start)
    taken: set[int] = set()
    for index, piece in enumerate(rest):
        if index in taken:
            continue
        for other_index in range(index + 1, len(rest)):
            other = rest[other_index]
            if other.start > piece.end + gap:
                break
            reach = max(2.0, piece.thickness, other.thickness)
            if other_index not in taken and abs(other.middle - piece.middle) <= reach:
                taken.add(other_index)
                piece.end = max(piece.end, other.end)
                piece.area += other.area
                piece.weight += other.weight
        yield piece
