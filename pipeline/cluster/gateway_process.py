"""Runs the gateway in a process of its own: a pool of one worker with one task that never ends."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipeline.cluster.messages import FROM_GATEWAY, TO_GATEWAY, Connect
from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, Expired, Failed, HasFileno, Lost, PoolSettings, Progress, StartMethod
from pipeline.pool.pool import WorkerPool
from pipeline.sandbox.policy import Policy, policy_to_text, try_out

_KEY = "gateway"
# A page's record and the text of its picture are sent whole, several of them together.
_MESSAGE_MIB = 64
#: Ports of the hosts: each takes the first that is free.
HOST_PORTS = range(8788, 8788 + 64)


def gateway_settings(
    scheduler: str, scheduler_port: int, certificates: Sequence[Path], stderr: int | None
) -> PoolSettings:
    """Of the pool that holds the gateway.

    Args:
        scheduler: Its address.
        scheduler_port: Of that address.
        certificates: The files that the gateway reads; no others of the daemon's.
        stderr: Where it writes its log; None for this process's stderr.
    """
    sandbox, _ = try_out(
        Policy(readable=tuple(map(str, certificates)), ports=tuple(sorted({scheduler_port, *HOST_PORTS})))
    )
    return PoolSettings(
        processes=1,
        handler="pipeline.cluster.gateway:create",
        tasks=TO_GATEWAY,
        answers=FROM_GATEWAY,
        initialise="pipeline.cluster.gateway:enter",
        initialise_with=(policy_to_text(sandbox), scheduler),
        start_method=StartMethod.SPAWN,
        result_mib=_MESSAGE_MIB,
        stderr=stderr,
    )


class Gateway(Protocol):
    """The gateway as the daemon uses it; all methods are called from one thread."""

    def begin(self, connect: Connect) -> None:
        """Have it connect, if it is there and has not begun.

        Raises:
            PoolError: It cannot take the order.
        """

    def tell(self, message: object) -> None:
        """Send it a message; one that has died gets none."""

    def descriptors(self) -> list[int]:
        """Readable when :meth:`wait` has something to do."""

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int]) -> list[object]:
        """Wait for its messages; raises as :meth:`pipeline.pool.interface.Pool.wait` does."""

    def died(self, *, after_s: float) -> bool:
        """Whether it has died since the last call; one that has said nothing for so many seconds is killed."""

    def close(self) -> None:
        """End it."""


class GatewayProcess:
    """The gateway's process; it is started again when it dies."""

    def __init__(self, settings: PoolSettings) -> None:
        self._pool = WorkerPool(settings)
        self._begun = False
        self._died = False
        self._heard = time.monotonic()

    def begin(self, connect: Connect) -> None:
        """As in :class:`Gateway`."""
        if not self._begun and self._pool.idle:
            self._pool.submit(_KEY, connect, Deadline.never())
            self._begun = True
            self._heard = time.monotonic()

    def tell(self, message: object) -> None:
        """As in :class:`Gateway`."""
        self._pool.tell(_KEY, message)

    def descriptors(self) -> list[int]:
        """As in :class:`Gateway`."""
        return self._pool.descriptors()

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int]) -> list[object]:
        """As in :class:`Gateway`."""
        messages: list[object] = []
        for event in self._pool.wait(deadline, wake):
            match event:
                case Progress():
                    self._heard = time.monotonic()
                    messages.append(event.value)
                case Done() | Failed() | Lost() | Expired():
                    self._begun, self._died = False, True
        return messages

    def died(self, *, after_s: float) -> bool:
        """As in :class:`Gateway`."""
        if self._begun and time.monotonic() - self._heard > after_s:
            self._heard = time.monotonic()
            self._pool.cancel(_KEY)
        died, self._died = self._died, False
        return died

    def close(self) -> None:
        """As in :class:`Gateway`."""
        self._pool.close(Deadline.after(0))
