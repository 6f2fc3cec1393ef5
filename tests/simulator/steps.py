"""What a server does on a connection, as a script of steps.

Everything that happens once a request has its slot is a sequence of these; faults are other sequences, or changes to
one.  So each fault is a small pure generator that can be tested without a socket, and one player carries all out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Let this many seconds pass, counted from the end of the wait before (so that delays do not add up)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Do nothing for ever, or until the client leaves."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Abort the connection: the client's next read fails with ECONNRESET."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection although the response is not complete."""


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Send FIN but go on reading, as a server that has finished with a connection may."""


@dataclass(frozen=True, slots=True)
class Die:
    """End the whole server: reset every connection and close the port."""


@dataclass(frozen=True, slots=True)
class FailNeighbours:
    """Fail every other request that has a slot, as a full cache that all share does."""

    message: str


Step: TypeAlias = Send | Wait | Hang | Reset | Close | HalfClose | Die | FailNeighbours
Script: TypeAlias = Iterator[Step]


def cut_after(script: Iterable[Step], sends: int, *then: Step) -> Script:
    """The script up to and including its n-th write, and then these steps instead of the rest."""
    for step in script:
        if isinstance(step, Send):
            if sends == 0:
                break
            sends -= 1
        yield step
        if sends == 0 and isinstance(step, Send):
            break
    yield from then


def dripped(script: Iterable[Step], seconds: float) -> Script:
    """The script with every byte written by itself, with a pause after each; its own waits are left out."""
    for step in script:
        if isinstance(step, Send):
            for index in range(len(step.data)):
                yield Send(step.data[index : index + 1])
                yield Wait(seconds)
        elif not isinstance(step, Wait):
            yield step


def delayed(script: Iterable[Step], seconds: float) -> Script:
    """The script, later."""
    yield Wait(seconds)
    yield from script


def sent(script: Iterable[Step]) -> bytes:
    """All bytes that a script writes, for tests; it must end."""
    return b"".join(step.data for step in script if isinstance(step, Send))
