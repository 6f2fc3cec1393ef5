"""Charts among the lines of a picture."""

import numpy as np
from ocr_hands import grey_to_picture, seen
from scans import Grey

from pipeline.extraction.readers.ocr.curves import lines_without_charts
from pipeline.extraction.readers.ocr.rulings import picture_to_lines
from pipeline.extraction.readers.ocr.unruled import without_upright_lines


def framed(page: Grey, top: int) -> None:
    page[top : top + 3, 100:700] = page[top + 300 : top + 303, 100:700] = 0
    page[top : top + 303, 100:103] = page[top : top + 303, 697:700] = 0


def test_a_frame_with_a_curve_is_a_chart_and_one_with_rows_is_none() -> None:
    page = np.full((900, 800), 255, np.uint8)
    framed(page, 50)
    for x in range(110, 690):
        y = 200 + round(90 * np.sin(x / 70))
        page[y - 3 : y + 3, x] = 0
    framed(page, 500)
    page[600:603, 100:700] = page[700:703, 100:700] = 0
    page[540:560, 150:600] = 0  # a word that nothing has read
    page[620:690, 640:690] = 0  # a stamp
    picture = grey_to_picture(page)
    lines = picture_to_lines(picture)

    kept, charts = lines_without_charts(lines, [seen("Sum", 150, 540, 200, 560)], without_upright_lines(picture, lines))

    assert [(round(box.x0, -1), round(box.top, -1)) for box in charts] == [(100, 50)]
    assert kept == [line for line in lines if line.box.top > 400]
    assert len(kept) == 6


def test_a_page_without_lines_has_no_charts() -> None:
    page = np.full((300, 300), 255, np.uint8)

    assert lines_without_charts([], [], grey_to_picture(page)) == ([], [])
