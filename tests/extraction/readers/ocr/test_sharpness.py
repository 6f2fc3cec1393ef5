"""Edges that were blurred are sharp again, jagged ones are round, and noise stays as it was."""

import numpy as np

from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.sharpness import sharpened, smoothed


def picture(pixels: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> Picture:
    height, width = pixels.shape
    return Picture(pixels=pixels.tobytes(), width=width, height=height, dpi=200)


def test_a_dot_between_digits_that_was_blurred_is_darker_and_paper_stays_white() -> None:
    page = np.full((200, 200), 255, np.uint8)
    page[99:102, 99:102] = 160
    page[100, 100] = 110

    after = np.frombuffer(sharpened(picture(page)).pixels, np.uint8).reshape(200, 200)

    assert after[100, 100] < 60
    assert (after[:90] == 255).all()


def test_noise_is_not_made_stronger() -> None:
    noise = np.random.default_rng(1).normal(200, 6, (200, 200)).astype(np.uint8)
    noisy = picture(noise)

    assert sharpened(noisy) is noisy


def test_only_edges_in_black_and_white_are_rounded() -> None:
    page = np.full((200, 200), 255, np.uint8)
    page[90:110, 40:160] = 0
    grey = page.copy()
    grey[88:90, 40:160] = grey[110:112, 40:160] = 128

    after = np.frombuffer(smoothed(picture(page)).pixels, np.uint8).reshape(200, 200)

    assert after[100, 100] == 0
    assert 0 < after[90, 100] < after[89, 100] < 255
    assert smoothed(picture(grey)).pixels == grey.tobytes()
