"""Print on shaded and dark grounds."""

import numpy as np
import pytest
from ocr_hands import grey_to_picture
from scans import Grey

from pipeline.extraction.readers.ocr.grounds import with_white_grounds


def page_with(ground: int, print_: int) -> Grey:
    page = np.full((400, 600), 255, np.uint8)
    page[101:159, 51:549] = ground  # not at the edges of cells
    for x in range(80, 520, 12):
        page[120:140, x : x + 4] = print_
    return page


@pytest.mark.parametrize(("ground", "print_"), [(0, 255), (165, 255), (90, 230), (213, 60), (170, 0)])
def test_print_on_ground_becomes_dark_print_on_white(ground: int, print_: int) -> None:
    picture = with_white_grounds(grey_to_picture(page_with(ground, print_)))

    shown = np.frombuffer(picture.pixels, np.uint8).reshape(400, 600)
    assert shown[110, 60] == 255
    assert shown[130, 81] < 100
    assert shown[20, 20] == 255
    assert np.array_equal(np.unique(shown[:118]), [255]), "nothing of the ground is left, not even its rim"


@pytest.mark.parametrize(("ground", "print_"), [(0, 255), (213, 60)])
def test_nothing_is_left_of_the_soft_edge_of_a_ground(ground: int, print_: int) -> None:
    page = page_with(ground, print_)
    page[100:160, 50:550][[0, -1]] = page[100:160, 50] = page[100:160, 549] = (ground + 255) // 2

    shown = np.frombuffer(with_white_grounds(grey_to_picture(page)).pixels, np.uint8).reshape(page.shape)

    assert np.array_equal(np.unique(shown[:118]), [255])
    assert np.array_equal(np.unique(shown[:, :70]), [255])


def test_a_dash_on_a_small_shaded_cell_stays_dark() -> None:
    page = np.full((400, 600), 255, np.uint8)
    page[101:130, 51:95] = 220
    page[115:117, 70:76] = 40

    shown = np.frombuffer(with_white_grounds(grey_to_picture(page)).pixels, np.uint8).reshape(page.shape)

    assert shown[115, 72] < 100
    assert shown[105, 60] == 255


def test_white_paper_and_photographs_stay_as_they_are() -> None:
    photograph = np.full((400, 600), 255, np.uint8)
    photograph[100:300, 100:500] = np.random.default_rng(1).integers(0, 256, (200, 400))

    for page in (page_with(255, 0), photograph):
        picture = grey_to_picture(page)
        assert with_white_grounds(picture) is picture
