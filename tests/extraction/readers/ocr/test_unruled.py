"""Upright lines that an engine must not see."""

import numpy as np
from ocr_hands import grey_to_picture, seen

from pipeline.extraction.readers.ocr.rulings import picture_to_lines
from pipeline.extraction.readers.ocr.unruled import without_upright_lines, words_off_lines


def test_a_long_upright_line_goes_and_what_is_beside_it_or_crosses_it_stays() -> None:
    rest = np.full((400, 600), 255, np.uint8)
    rest[100:130, 80:84] = 0  # a stroke of a letter beside it
    rest[203:206, 60:560] = 0  # a level line
    page = rest.copy()
    page[50:350, 90:93] = 0
    picture = grey_to_picture(page)

    left = without_upright_lines(picture, picture_to_lines(picture))

    assert np.array_equal(np.frombuffer(left.pixels, np.uint8).reshape(page.shape), rest)


def test_a_short_stroke_stays() -> None:
    page = np.full((300, 300), 255, np.uint8)
    page[100:160, 90:93] = 0  # 22 points, as in a large letter
    picture = grey_to_picture(page)

    assert without_upright_lines(picture, picture_to_lines(picture)) is picture


def test_what_was_read_in_a_level_line_is_no_word_and_what_is_underlined_is() -> None:
    page = np.full((300, 600), 255, np.uint8)
    page[100:103, 50:550] = 0
    page[80:96, 60:64] = page[80:96, 70:74] = 0
    picture = grey_to_picture(page)
    words = [seen("II", 58, 78, 76, 104), seen("o", 300, 96, 320, 106)]

    assert words_off_lines(words, picture, picture_to_lines(picture)) == words[:1]
