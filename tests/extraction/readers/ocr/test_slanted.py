"""Stamps and the like on a level page."""

import numpy as np
import pytest
from ocr_hands import grey_to_picture, seen
from PIL import Image, ImageDraw, ImageFont
from scans import Grey

from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.slanted import words_without_slanted

_LINES = (
    "The harbour of the town was built when",
    "the old bridge fell, and nobody who lived",
    "there went without it.",
)


def page_of_text() -> Grey:
    page = Image.new("L", (1000, 700), 255)
    for number, line in enumerate(_LINES):
        ImageDraw.Draw(page).text((60, 60 + 36 * number), line, font=ImageFont.load_default(28), fill=0)
    return np.asarray(page)


def stamped(page: Grey, degrees: float, x: int, y: int) -> Grey:
    stamp = Image.new("L", (360, 110), 255)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((4, 4, 355, 105), outline=90, width=6)
    draw.text((30, 20), "RECEIVED", font=ImageFont.load_default(60), fill=90)
    turned = np.asarray(stamp.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC))
    page = page.copy()
    height, width = turned.shape
    page[y : y + height, x : x + width] = np.minimum(page[y : y + height, x : x + width], turned)
    return page


def lines_of_text() -> list[SeenWord]:
    return [seen(line, 60, 64 + 36 * number, 600, 92 + 36 * number) for number, line in enumerate(_LINES)]


@pytest.mark.parametrize("degrees", [10, 35, -20])
def test_what_was_read_in_a_slanted_stamp_is_dropped_even_if_the_engine_is_sure(degrees: float) -> None:
    picture = grey_to_picture(stamped(page_of_text(), degrees, 400, 260))
    stamp = [seen("RECEI", 480, 330, 600, 420, confidence=90), seen("VED", 600, 330, 700, 420, confidence=50)]

    assert words_without_slanted([*lines_of_text(), *stamp], picture) == lines_of_text()


def test_level_print_stays_also_where_it_is_set_like_stairs() -> None:
    stairs = Image.new("L", (1000, 700), 255)
    words = []
    for number, word in enumerate(["Name", "Age", "Town", "Trade"]):
        x, y = 60 + 50 * number, 60 + 34 * number
        ImageDraw.Draw(stairs).text((x, y), word, font=ImageFont.load_default(26), fill=0)
        words.append(seen(word, x, y, x + 80, y + 30, confidence=20))
    level = [seen("RECEIVED", 430, 280, 730, 340, confidence=20)]

    assert words_without_slanted(words, grey_to_picture(np.asarray(stairs))) == words
    assert words_without_slanted(level, grey_to_picture(stamped(page_of_text(), 0, 400, 260))) == level


def test_what_was_read_in_a_stamp_across_text_is_dropped() -> None:
    picture = grey_to_picture(stamped(page_of_text(), 20, 300, 100))
    read = [seen("RE", 330, 180, 420, 240, confidence=70), seen("VED", 520, 160, 620, 215, confidence=20)]

    assert words_without_slanted([*lines_of_text(), *read], picture) == lines_of_text()


def test_a_word_of_which_the_engine_is_unsure_stays_where_nothing_is_slanted() -> None:
    words = [seen("town", 60, 64, 200, 90, confidence=20), seen("built", 300, 64, 400, 90, confidence=90)]

    assert words_without_slanted(words, grey_to_picture(page_of_text())) == words
