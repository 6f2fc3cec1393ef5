"""Time limits as points on the monotonic clock, passed from caller to callee."""

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A point on the monotonic clock; changes of the wall clock do not move it.

    Attributes:
        at: Seconds of ``time.monotonic()``; infinite for no limit.  All processes of one machine share the clock, but
            several machines do not: send :meth:`remaining` to another machine instead.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline ``seconds`` from now."""
        return cls(time.monotonic() + seconds)

    @classmethod
    def never(cls) -> "Deadline":
        """A deadline that is never reached."""
        return cls(math.inf)

    @property
    def remaining(self) -> float:
        """Seconds left; 0.0 when the deadline has passed."""
        return max(0.0, self.at - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.at

    def sooner(self, other: "Deadline") -> "Deadline":
        """The earlier one of the two."""
        return min(self, other)
