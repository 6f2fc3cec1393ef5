"""Dashes that an engine did not see."""

import numpy as np
from ocr_hands import grey_to_picture, seen

from pipeline.extraction.readers.ocr.dashes import picture_to_dashes
from pipeline.extraction.readers.ocr.rulings import picture_to_lines


def test_dashes_alone_in_their_cells_are_found_and_other_strokes_are_not() -> None:
    page = np.full((600, 900), 255, np.uint8)
    page[114:117, 300:309] = 0  # a hyphen in the row of the words
    page[114:117, 500:526] = 0  # a dash
    page[114:117, 700:709] = page[114:117, 720:729] = 0  # a piece of a dashed line
    page[126:129, 600:609] = 0  # below the row
    page[300:303, 300:309] = 0  # in no row
    page[105:125, 400:403] = 0  # an upright stroke
    page[114:117, 0:9] = page[114:117, 885:894] = 0  # left of a border at the edges of the picture
    page[414:417, 300:309] = 0  # in the second row, and a mark on an axis beside it
    page[414:417, 500:509] = page[380:440, 509:512] = 0
    picture = grey_to_picture(page)
    words = [seen("Harbour", 100, 100, 200, 130), seen("1,204", 100, 400, 180, 430)]

    dashes = picture_to_dashes(picture, words, picture_to_lines(picture))

    assert [(dash.text, dash.box.x0, dash.line) for dash in dashes] == [
        ("-", 300, 100),
        ("\u2014", 500, 100),
        ("-", 300, 400),
    ]


def test_a_dash_that_was_read_is_not_found_again() -> None:
    page = np.full((200, 900), 255, np.uint8)
    page[114:117, 300:309] = 0
    words = [seen("Harbour", 100, 100, 200, 130), seen("-", 296, 108, 313, 122)]

    assert not picture_to_dashes(grey_to_picture(page), words, [])
    assert not picture_to_dashes(grey_to_picture(page), [words[0], seen("-", 298, 120, 311, 130)], [])
    assert not picture_to_dashes(grey_to_picture(page), words[1:], [])
