"""The slots of a server: so many requests run, the others wait in line for as long as it takes."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.refusals import Refusal


@dataclass(slots=True, eq=False)
class Ticket:
    """A request that has a slot.

    Attributes:
        doom: Completed with an error when the server ends this request through no fault of its own.
        prompt_until: Point of the monotonic clock at which prompt processing is over.
    """

    doom: "asyncio.Future[Refusal]"
    prompt_until: float = 0.0

    async def sleep_until(self, moment: float) -> None:
        """Wait for a point of the monotonic clock.

        Raises:
            Refusal: The server has ended the request.
        """
        seconds = moment - time.monotonic()
        if seconds > 0:
            await asyncio.wait([self.doom], timeout=seconds if seconds < math.inf else None)
        else:
            await asyncio.sleep(0)
        self.check()

    def check(self) -> None:
        """Raise what ended the request, if something did."""
        if self.doom.done():
            raise self.doom.result()


class Slots:
    """So many places and a first-in, first-out line before them; to be used within one event loop only.

    Attributes:
        silent: Whether streams say nothing more, as after SIGTERM.
        reported_at: When any slot last reported something (a streamed token, a look at ``/slots``).
    """

    def __init__(self, count: int | None, changed: Callable[[], None]) -> None:
        self.count = count
        self.running: set[Ticket] = set()
        self.silent = False
        self.peak = 0
        self.reported_at = 0.0
        self._line: deque[asyncio.Future[None]] = deque()
        self._promised = 0
        self.changed = changed
        self._encoding_until = 0.0

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return sum(not place.done() for place in self._line)

    async def take(self) -> Ticket:
        """Wait for a slot and take it."""
        if self._line or self._full:
            await self._stand_in_line()
        ticket = Ticket(asyncio.get_running_loop().create_future())
        self.running.add(ticket)
        self.peak = max(self.peak, len(self.running))
        self.changed()
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Free the slot for the next in line."""
        self.running.discard(ticket)
        self._admit()
        self.changed()

    def doom_neighbours(self, ticket: Ticket, message: str) -> None:
        """End every running request but this one."""
        for other in self.running - {ticket}:
            if not other.doom.done():
                other.doom.set_result(Refusal(500, message, "server_error"))

    def begin_encoding(self, seconds: float) -> float:
        """Put a picture in the encoder's line; returns the point of the monotonic clock when it is done."""
        self._encoding_until = max(time.monotonic(), self._encoding_until) + seconds
        return self._encoding_until

    @property
    def encoding_until(self) -> float:
        """Until when no stream can go on, as a point of the monotonic clock."""
        return self._encoding_until

    async def quiet(self, seconds: float) -> None:
        """Wait until no slot has reported anything for so long, counted from now at the earliest."""
        since = time.monotonic()
        while (left := max(since, self.reported_at) + seconds - time.monotonic()) > 0:  # noqa: ASYNC110 (no event says that nothing happened)
            await asyncio.sleep(left)

    @property
    def _full(self) -> bool:
        return self.count is not None and len(self.running) + self._promised >= self.count

    async def _stand_in_line(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(place)
        self.changed()
        try:
            await place
        except asyncio.CancelledError:
            if place in self._line:
                self._line.remove(place)
            else:
                self._promised -= 1
                self._admit()
            self.changed()
            raise
        self._promised -= 1

    def _admit(self) -> None:
        while self._line and not self._full:
            place = self._line.popleft()
            if not place.done():
                self._promised += 1
                place.set_result(None)
