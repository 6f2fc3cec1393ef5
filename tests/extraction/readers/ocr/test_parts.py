"""Connected parts of a picture."""

import numpy as np
from ocr_hands import grey_to_picture

from pipeline.extraction import BBox
from pipeline.extraction.readers.ocr.parts import grid_to_parts, picture_to_grid


def test_marks_that_touch_or_are_near_are_one_part() -> None:
    page = np.full((90, 200), 255, np.uint8)
    page[10:20, 10:20] = page[20:30, 20:30] = 0  # they touch at a corner
    page[10:20, 60:70] = 0  # three cells further on
    page[70:80, 10:190] = 0
    picture = grey_to_picture(page, dpi=72)
    grid = picture_to_grid(picture, picture.ink, 10)

    apart, near = grid_to_parts(grid), grid_to_parts(grid, across=2)

    assert sorted(part.box for part in apart) == [BBox(1, 1, 3, 3), BBox(1, 7, 19, 8), BBox(6, 1, 7, 2)]
    assert sorted(part.box for part in near) == [BBox(1, 1, 7, 3), BBox(1, 7, 19, 8)]
    assert sum(end - start for part in near for _, start, end in part.runs) == 21


def test_a_cell_is_marked_by_its_share_of_marked_pixels() -> None:
    page = np.full((8, 12), 255, np.uint8)
    page[0:4, 0:2] = 0
    page[0:4, 4:7] = 0
    picture = grey_to_picture(page, dpi=72)

    assert picture_to_grid(picture, picture.ink, 4).rows == (b"\1\1\0", b"\0\0\0")
    assert picture_to_grid(picture, picture.ink, 4, 0.6).rows == (b"\0\1\0", b"\0\0\0")


def test_noise_has_no_parts() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (600, 600)).astype(np.uint8)
    picture = grey_to_picture(noise, dpi=72)

    assert grid_to_parts(picture_to_grid(picture, picture.ink, 1)) == []
