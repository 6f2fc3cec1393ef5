"""Keeps pages away from a server that fails again and again, and lets one try from time to time."""

import math
from enum import Enum, auto

# Failures in a row, of the kind that concerns every page, until the server is left alone.
_THRESHOLD = 3
# Seconds of the first rest; each further one is twice as long, up to the limit.
_FIRST_REST_S = 5.0
_LONGEST_REST_S = 60.0


class BreakerState(Enum):
    """Whether pages may go to the server."""

    #: Pages go.
    CLOSED = auto()
    #: No page goes until the rest is over.
    OPEN = auto()
    #: One page goes, and its fate decides.
    HALF_OPEN = auto()


class Breaker:
    """A circuit breaker; times are seconds of any steady clock."""

    def __init__(self) -> None:
        self.succeeded()
        self._trial = False

    @property
    def tripped(self) -> bool:
        """Whether the server has failed and not answered since."""
        return self._open

    @property
    def keeps_failing(self) -> bool:
        """Whether the trial after the first rest has failed, too: it was not chance, nor one page's doing."""
        return self._rests > 1

    def state(self, now: float) -> BreakerState:
        """Whether pages may go at the time ``now``."""
        if not self._open:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._rest_until else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether one more page may go."""
        state = self.state(now)
        return state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and not self._trial)

    def sent(self, now: float) -> None:
        """A page has gone."""
        self._trial = self.state(now) is BreakerState.HALF_OPEN

    def succeeded(self) -> None:
        """An answer came: as good as new."""
        self._failures = 0
        self._rests = 0
        self._rest_until = -math.inf
        self._open = False

    def returned(self) -> None:
        """A page came back; whether it says anything about the server is told apart."""
        self._trial = False

    def failed(self, now: float) -> None:
        """A page failed in a way that concerns every page; what was sent before the rest does not prolong it."""
        state = self.state(now)
        self._failures += 1
        if state is BreakerState.HALF_OPEN or (state is BreakerState.CLOSED and self._failures >= _THRESHOLD):
            self._open = True
            self._trial = False
            self._rest_until = now + min(_LONGEST_REST_S, _FIRST_REST_S * 2**self._rests)
            self._rests += 1

    def refreshed(self, now: float) -> None:
        """The server has said that it is well: one page may be tried at once."""
        if self._open:
            self._rest_until = min(self._rest_until, now)
