"""Pages that are turned by a few degrees."""

import numpy as np
import pytest

from pipeline.pictures.levelling import turn_pixels
from pipeline.pictures.png import Pixels


@pytest.mark.parametrize(("channels", "degrees"), [(1, 3.0), (3, -2.9), (1, 3.1)])
def test_a_line_that_rises_is_level_to_half_a_pixel_afterwards(channels: int, degrees: float) -> None:
    page = np.full((400, 901, channels), 255, np.uint8)
    across = np.arange(901)
    middle = 200 - (across - 450) * np.tan(np.radians(degrees))
    for x, y in zip(across, middle, strict=True):
        page[round(y) - 2 : round(y) + 3, x] = 0
    lines = np.pad(page.reshape(400, -1), ((0, 0), (1, 0))).tobytes()

    turned = turn_pixels(Pixels(lines=lines, width=901, height=400, channels=channels), degrees)

    rows = np.frombuffer(turned.lines, np.uint8).reshape(400, -1)
    assert not rows[:, 0].any()
    dark = 255.0 - rows[:, 1:].reshape(400, 901, channels)[..., 0]
    middles = (dark * np.arange(400)[:, None]).sum(0) / np.maximum(dark.sum(0), 1)
    assert middles[20:880] == pytest.approx(np.full(860, 200), abs=0.75)
    assert rows[0, 1:].min() == 255
