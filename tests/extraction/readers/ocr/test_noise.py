"""Noisy scans."""

import numpy as np
import pytest
from ocr_hands import grey_to_picture
from scans import Grey, noisy

from pipeline.extraction.readers.ocr.noise import picture_to_noise, without_noise
from pipeline.extraction.readers.ocr.rulings import picture_to_lines


def page_with_shading() -> Grey:
    """Strokes on white, and on two thirds of the page on light grey."""
    page = np.full((600, 600), 255, np.uint8)
    page[200:] = 240
    for x in range(40, 560, 20):
        page[100:130, x : x + 5] = page[300:330, x : x + 5] = 0
    return page


def test_the_noise_is_that_of_the_scanner_whatever_is_printed() -> None:
    page = page_with_shading()

    assert picture_to_noise(grey_to_picture(page)) == 0
    assert picture_to_noise(grey_to_picture(noisy(page))) == pytest.approx(14, abs=1.5)


def test_noise_and_specks_go_and_strokes_stay() -> None:
    page = page_with_shading()

    picture = without_noise(grey_to_picture(noisy(page)))

    shown = np.frombuffer(picture.pixels, np.uint8).reshape(page.shape)
    assert picture.noisy
    assert shown[210:290, 20:580].std() < 4
    assert shown[210:290, 20:580].min() > 200, "no speck is left"
    assert (shown[105:125, 42::20][:, :26] < 128).all()


def test_a_thin_grey_rule_is_seen_in_spite_of_the_noise() -> None:
    page = page_with_shading()
    page[400:402, 50:550] = 90

    lines = picture_to_lines(without_noise(grey_to_picture(noisy(page))))

    assert [(round(line.box.x0, -1), round(line.box.x1, -1)) for line in lines] == [(50, 550)]


def test_a_page_without_noise_stays_as_it_is() -> None:
    picture = grey_to_picture(page_with_shading())

    assert without_noise(picture) is picture
