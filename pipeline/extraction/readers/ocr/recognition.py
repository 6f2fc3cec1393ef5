"""From the page's picture to a page for the rest of extraction: words with sizes, rulings, and confidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.geometry import is_middle_in
from pipeline.extraction.model import BBox, PageContent, Ruling
from pipeline.extraction.readers.ocr.curves import lines_without_charts
from pipeline.extraction.readers.ocr.dashes import picture_to_dashes
from pipeline.extraction.readers.ocr.engine import Engine, EngineName, SeenWord
from pipeline.extraction.readers.ocr.grounds import with_white_grounds
from pipeline.extraction.readers.ocr.leaders import without_leaders
from pipeline.extraction.readers.ocr.noise import without_noise
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine, lines_to_rules, picture_to_lines, words_without_lines
from pipeline.extraction.readers.ocr.sharpness import smoothed
from pipeline.extraction.readers.ocr.slanted import words_without_slanted
from pipeline.extraction.readers.ocr.type_sizes import seen_to_words
from pipeline.extraction.readers.ocr.unruled import without_upright_lines, words_off_lines

#: Words below this confidence are doubtful: they are marked, and a person should check them.
LOW = 60.0
#: Signs that can be alone on a page; other single signs with low confidence are specks of dirt.
_SIGNS = frozenset("-\u2013\u2014\u2212+\u00b1*%&\u2022\u2020\u2021=<>\u00d7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """The text of a picture.

    Attributes:
        content: In points of the picture, origin at its top left.
        confidence: Mean over the words, weighted by their letters, 0 to 100; 0 where there are no words.
        low: The texts of the doubtful words.
    """

    content: PageContent
    confidence: float
    low: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an engine has found in a picture, and the lines drawn in it.

    Attributes:
        words: In pixels of the picture.
        confidence: Mean over the words, weighted by their letters, 0 to 100; 0 where there are no words.
    """

    picture: Picture
    words: tuple[SeenWord, ...]
    lines: tuple[DrawnLine, ...]
    confidence: float


def picture_to_sight(picture: Picture, engine: Engine) -> Sight:
    """Read a picture.

    Args:
        picture: The picture of a page.
        engine: Reads it.

    Raises:
        ExtractionError: The engine fails.
    """
    picture = with_white_grounds(without_noise(picture).cleaned())
    lines = picture_to_lines(picture)
    picture = without_leaders(without_upright_lines(picture, lines))
    words = words_without_lines(filter(_is_word, engine.recognise(smoothed(picture))), lines)
    level = words_without_slanted(words_off_lines(words, picture, lines), picture)
    level += picture_to_dashes(picture, level, lines)
    # The confidence is that of all words: what is dropped may be most of a page in handwriting.
    return Sight(picture=picture, words=tuple(level), lines=tuple(lines), confidence=_words_to_confidence(words))


def sight_to_recognition(sight: Sight, *, engine: EngineName, number: int) -> Recognition:
    """Convert what was found for the rest of extraction.

    Args:
        sight: From an upright picture.
        engine: Name of the engine.
        number: Number of the page, from 1.
    """
    picture = sight.picture
    rules, charts = lines_without_charts(lines_to_rules(sight.lines, sight.words), sight.words, picture)
    # Engines read curves as letters of which they are not sure.
    seen = [
        word for word in sight.words if word.confidence >= LOW or not any(is_middle_in(word.box, box) for box in charts)
    ]
    words = seen_to_words(seen, picture, rules)
    doubted = [word.confidence < LOW for word in seen]
    points = picture.points
    content = PageContent(
        number=number,
        width=picture.width * points,
        height=picture.height * points,
        reader=engine,
        chars=(),
        rulings=tuple(_line_to_ruling(line, points) for line in rules),
        fills=(),
        words=tuple(words),
        doubts=tuple(word.box for word, doubt in zip(words, doubted, strict=True) if doubt),
    )
    return Recognition(
        content=content,
        confidence=sight.confidence,
        low=tuple(word.text for word, doubt in zip(seen, doubted, strict=True) if doubt),
    )


def _words_to_confidence(words: Sequence[SeenWord]) -> float:
    """The mean confidence of words, weighted by their lengths; 0 where there are none."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _is_word(word: SeenWord) -> bool:
    has_area = word.box.x1 > word.box.x0 and word.box.bottom > word.box.top
    is_noise = word.confidence < LOW and word.text not in _SIGNS and not any(map(str.isalnum, word.text))
    return bool(word.text.strip()) and has_area and not is_noise


def _line_to_ruling(line: DrawnLine, points: float) -> Ruling:
    return Ruling(box=BBox(*(side * points for side in line.box)), width=line.thickness * points)
