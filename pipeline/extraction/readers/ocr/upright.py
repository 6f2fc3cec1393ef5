"""Finds how a page must be turned to be upright and level, without a vision model: by reading it.

Where more than half of the words are taller than wide, the page lies on its side. Where the mean confidence is low, it
may be upside down, and is read once more. All of 40 turned pages were right. Measured confidence: with Tesseract 75 to
96 for readable pages, 26 to 44 for pages upside down, graphs and handwriting; with RapidOCR from 98, and 64 to 77.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.extraction.geometry import is_middle_in
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import Engine, EngineName, SeenWord
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.recognition import LOW, Recognition, Sight, picture_to_sight, sight_to_recognition
from pipeline.extraction.readers.ocr.skew import DPI, picture_to_rest, picture_to_skew

#: Resolution for reading, in pixels per inch: lower ones lose small type, higher ones cost time.
READING_DPI = 200.0
#: If an engine's mean confidence is lower than this, the page is read once more, upside down.
UNSURE: dict[EngineName, float] = {"tesseract": 60.0, "rapidocr": 88.0}
#: On a page that lies on its side, a larger share of the words than this is taller than wide.
_TALL_SHARE = 0.5
#: Only words with at least so many letters are counted for this.
_TALL_LETTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """How a page must be turned to be upright.

    Attributes:
        turn: Degrees, clockwise: 0, 90, 180 or 270.
        skew: Further degrees, clockwise; a few.
    """

    turn: int = 0
    skew: float = 0.0


#: Draws the page with so many pixels per inch, turned in this way.
Draw = Callable[[float, Stance], Picture]
#: The same without coloured marks across its print, and where they were, in pixels; None where it has none.
DrawUncoloured = Callable[[float, Stance], tuple[Picture, Sequence[BBox]] | None]


def page_to_recognition(
    draw: Draw, engine: Engine, *, number: int, draw_uncoloured: DrawUncoloured | None = None
) -> tuple[Recognition, Stance]:
    """Read a page in any direction.

    Args:
        draw: Draws its picture.
        engine: Reads it.
        number: Number of the page, from 1.
        draw_uncoloured: Draws it without its coloured marks; None for pages without colours.

    Raises:
        ExtractionError: The engine fails.
    """
    stance, picture = _levelled(draw, 0)
    sight = picture_to_sight(picture, engine)
    if _lies_on_its_side(sight.words):
        stance, picture = _levelled(draw, 90)
        sight = picture_to_sight(picture, engine)
    if sight.confidence < UNSURE[engine.name]:
        other = Stance(turn=(stance.turn + 180) % 360, skew=stance.skew)
        sight_of_other = picture_to_sight(draw(READING_DPI, other), engine)
        if sight_of_other.confidence > sight.confidence:
            stance, sight = other, sight_of_other
    if draw_uncoloured is not None and (uncoloured := draw_uncoloured(READING_DPI, stance)):
        sight = _surer(sight, picture_to_sight(uncoloured[0], engine), uncoloured[1])
    return sight_to_recognition(sight, engine=engine.name, number=number), stance


def areas_to_recognition(
    draw: Draw, engine: Engine, areas: Sequence[BBox], *, number: int
) -> tuple[Recognition, Stance]:
    """Read parts of an upright page: the pictures on it, beside its own text.

    Args:
        draw: Draws its picture.
        engine: Reads it.
        areas: The parts, in points of the page as shown.
        number: Number of the page, from 1.

    Raises:
        ExtractionError: The engine fails.
    """
    stance = Stance()
    picture = draw(READING_DPI, stance)
    boxes = [BBox(*(side / picture.points for side in area)) for area in areas]
    sight = picture_to_sight(picture.only(boxes), engine)
    return sight_to_recognition(sight, engine=engine.name, number=number), stance


def _levelled(draw: Draw, turn: int) -> tuple[Stance, Picture]:
    """The page turned level, drawn for reading."""
    stance = Stance(turn=turn, skew=picture_to_skew(draw(DPI, Stance(turn=turn))))
    picture = draw(READING_DPI, stance)
    if stance.skew and (rest := picture_to_rest(picture)):
        stance = Stance(turn=turn, skew=stance.skew + rest)
        picture = draw(READING_DPI, stance)
    return stance, picture


def _surer(sight: Sight, uncoloured: Sight, boxes: Sequence[BBox]) -> Sight:
    """The one with more letters, in these boxes, of which the engine is sure: a mark may hide text, or be text."""
    return max((sight, uncoloured), key=lambda one: _sight_to_sure(one, boxes))


def _sight_to_sure(sight: Sight, boxes: Sequence[BBox]) -> int:
    sure = (word for word in sight.words if word.confidence >= LOW)
    return sum(len(word.text) for word in sure if any(is_middle_in(word.box, box) for box in boxes))


def _lies_on_its_side(seen: Sequence[SeenWord]) -> bool:
    words = [word.box for word in seen if len(word.text) >= _TALL_LETTERS]
    tall = sum(box.bottom - box.top > box.x1 - box.x0 for box in words)
    return tall > _TALL_SHARE * len(words)
