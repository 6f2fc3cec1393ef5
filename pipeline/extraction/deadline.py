"""Deadlines as plain numbers of the monotonic clock, cheap enough to be looked at inside loops."""

import time

from pipeline.extraction.errors import DeadlineExceeded


def expired(deadline: float | None) -> bool:
    """Whether ``deadline`` (seconds of ``time.monotonic()``; None for no limit) has passed."""
    return deadline is not None and time.monotonic() >= deadline


def check(deadline: float | None) -> None:
    """Do nothing before the deadline.

    Args:
        deadline: Seconds of ``time.monotonic()``; None for no limit.

    Raises:
        DeadlineExceeded: The deadline has passed.
    """
    if deadline is not None and time.monotonic() >= deadline:
        raise DeadlineExceeded("The time for this page is over.")
