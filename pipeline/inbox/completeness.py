"""When a file in the inbox is complete: closed after writing, renamed in, or unchanged for a while."""

from dataclasses import dataclass

from pipeline.files.endings import Ending, ending_of
from pipeline.files.stamp import Stamp
from pipeline.host.files import is_written_to

# Seconds for which an unchanged file waits because some program still holds it open for writing.
HELD_OPEN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        settle: Without a change, after which a file counts as complete where no event says so.
        growing: Since the last change, for a file that has a beginning and no end; 0 not to wait for it.
    """

    settle: float
    growing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of a file that is not known to be complete.

    Attributes:
        stamp: Its state at the last look.
        since: When it was first seen in this state, in seconds of the monotonic clock.
        finished: An event has said that it was closed or renamed in.
    """

    stamp: Stamp
    since: float
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether a file is complete.

    Attributes:
        wait: Seconds after which to look again; 0.0 for one that is complete.
        held_open: Some program has it open for writing, but has not written for so long that it is taken nevertheless.
    """

    wait: float
    held_open: bool = False


def look_again(before: Sighting | None, stamp: Stamp, *, finished: bool, now: float) -> Sighting:
    """What is known of a file after another look at it."""
    if before is None or before.stamp != stamp:
        return Sighting(stamp=stamp, since=now, finished=finished)
    return Sighting(stamp=stamp, since=before.since, finished=before.finished or finished)


def readiness(handle: int, sighting: Sighting, patience: Patience, *, now: float, clock: float) -> Readiness:
    """Whether an open file is complete.

    Args:
        handle: Open for reading.
        sighting: Its state now.
        patience: How long to wait.
        now: Seconds of the monotonic clock.
        clock: Seconds since the epoch, for files that were there before the daemon started.

    Raises:
        OSError: The file cannot be read.
    """
    unchanged = now - sighting.since
    written_to = is_written_to(handle)
    held_open = bool(written_to)
    if held_open and unchanged < HELD_OPEN_S:
        return Readiness(wait=patience.settle)
    ending = ending_of(handle, sighting.stamp.size)
    if ending is Ending.MISSING:
        # The larger of two ages: the machine's clock may have been set, and our own counts only since this process
        # began.
        age = max(unchanged, clock - sighting.stamp.modified_ns / 1e9)
        wait = max(0.0, patience.growing - age, patience.settle - unchanged)
    elif ending is Ending.THERE and sighting.finished:
        wait = 0.0
    elif ending is Ending.THERE and written_to is False:
        # Complete, closed, and there before the daemon: the time since its last change has been long enough.
        age = clock - max(sighting.stamp.modified_ns, sighting.stamp.changed_ns) / 1e9
        wait = max(0.0, patience.settle - max(unchanged, age))
    else:
        wait = max(0.0, patience.settle - unchanged)
    return Readiness(wait=wait, held_open=held_open)
