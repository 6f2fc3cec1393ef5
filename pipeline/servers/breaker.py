"""A circuit breaker: sends no pages to a server that fails again and again, except one from time to time."""

import math
from enum import Enum, auto

# Failures in a row, of the kind that concerns every page, until the server gets no pages.
_THRESHOLD = 3
# Seconds of the first pause; each further one is twice as long, up to the limit.
_FIRST_REST_S = 5.0
_LONGEST_REST_S = 60.0


class BreakerState(Enum):
    """Whether pages may go to the server."""

    #: Pages may be sent.
    CLOSED = auto()
    #: No page may be sent until the pause is over.
    OPEN = auto()
    #: One page may be sent, and its result decides.
    HALF_OPEN = auto()


class Breaker:
    """The breaker of one server; times are seconds of any steady clock."""

    def __init__(self) -> None:
        self.succeeded()
        self._trial = False

    @property
    def tripped(self) -> bool:
        """Whether the server has failed and has not answered since."""
        return self._open

    @property
    def keeps_failing(self) -> bool:
        """Whether the page after the first pause has failed, too: so neither chance nor one bad page is the cause."""
        return self._rests > 1

    def state(self, now: float) -> BreakerState:
        """Whether pages may be sent at the time ``now``."""
        if not self._open:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._rest_until else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether one more page may be sent."""
        state = self.state(now)
        return state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and not self._trial)

    def sent(self, now: float) -> None:
        """Note that a page was sent."""
        self._trial = self.state(now) is BreakerState.HALF_OPEN

    def succeeded(self) -> None:
        """Note an answer: all failures are forgotten."""
        self._failures = 0
        self._rests = 0
        self._rest_until = -math.inf
        self._open = False

    def returned(self) -> None:
        """Note that a page came back; another call says whether the server failed."""
        self._trial = False

    def failed(self, now: float) -> None:
        """Note a failure that concerns every page; pages that were sent before a pause do not make it longer."""
        state = self.state(now)
        self._failures += 1
        if state is BreakerState.HALF_OPEN or (state is BreakerState.CLOSED and self._failures >= _THRESHOLD):
            self._open = True
            self._trial = False
            self._rest_until = now + min(_LONGEST_REST_S, _FIRST_REST_S * 2**self._rests)
            self._rests += 1

    def refreshed(self, now: float) -> None:
        """Note that the server says it works: one page may be tried at once."""
        if self._open:
            self._rest_until = min(self._rest_until, now)
