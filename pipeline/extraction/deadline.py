"""Deadlines as plain numbers, cheap enough to be looked at inside loops.

Their clock is the processor time of the thread, not that of the wall: a busy machine makes a page take longer, and cuts
nothing short that another machine reads to its end.
"""

import time

from pipeline.extraction.errors import DeadlineExceeded


def deadline_after(seconds: float) -> float:
    """The deadline after so many seconds of processor time of this thread, which is the one that must do the work."""
    return time.thread_time() + seconds


def expired(deadline: float | None) -> bool:
    """Whether ``deadline`` (seconds of ``time.thread_time()``; None for no limit) has passed."""
    return deadline is not None and time.thread_time() >= deadline


def check(deadline: float | None) -> None:
    """Do nothing before the deadline.

    Args:
        deadline: Seconds of ``time.thread_time()``; None for no limit.

    Raises:
        DeadlineExceeded: The deadline has passed.
    """
    if expired(deadline):
        raise DeadlineExceeded("The time for this page is over.")
