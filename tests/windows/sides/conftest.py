"""What holds for the tests that Windows' Python runs."""

import pytest


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> None:
    """In place of the check for all tests: the pool that these share has new workers after each that it loses."""
