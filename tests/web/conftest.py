"""What is left behind is looked at by each helper: page and browser outlive a test, and start threads as they like."""

from collections.abc import Iterator

import pytest
from browser_hands import WAIT_MS
from playwright.sync_api import Browser, expect
from web_hands import browser


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """In place of the fixture for all tests."""
    return iter([None])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        opened.new_context().close()
        expect.set_options(timeout=WAIT_MS)
        yield opened
