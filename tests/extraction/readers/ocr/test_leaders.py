"""Rows of dots between a name and its number."""

import numpy as np
import pytest
from ocr_hands import grey_to_picture
from scans import Grey

from pipeline.extraction.readers.ocr.leaders import without_leaders


def page_with_dots(count: int, *, high: int = 4) -> Grey:
    page = np.full((100, 600), 255, np.uint8)
    page[30:60, 50:54] = page[30:60, 60:64] = 0  # strokes of letters, which end in the row of the dots
    for number in range(count):
        page[60 - high : 60, 80 + number * 10 : 84 + number * 10] = 0
    return page


@pytest.mark.parametrize("count", [4, 40])
def test_leaders_go_and_letters_beside_them_stay(count: int) -> None:
    found = without_leaders(grey_to_picture(page_with_dots(count)))

    assert found.pixels == page_with_dots(0).tobytes()


def test_an_ellipsis_and_a_row_of_strokes_stay() -> None:
    for page in (page_with_dots(3), page_with_dots(40, high=20)):
        picture = grey_to_picture(page)
        assert without_leaders(picture) is picture
