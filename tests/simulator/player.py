"""Carries out scripts on a connection."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from simulator.connection import Connection
from simulator.dialects.base import Dialect, Reply
from simulator.errors import AT_WORK
from simulator.journal import Record
from simulator.nonsense import NONSENSE
from simulator.refusals import Refusal
from simulator.scenes import Scene, answer_script, reply_to_bytes
from simulator.silences import SILENCES
from simulator.slots import Slots, Ticket
from simulator.steps import Close, Die, FailNeighbours, HalfClose, Hang, Reset, Script, Send, Wait
from simulator.wire import LAST_CHUNK


class Player:
    """Answers one request."""

    def __init__(self, connection: Connection, record: Record, slots: Slots, on_death: Callable[[], None]) -> None:
        self.connection = connection
        self._record = record
        self._slots = slots
        self._on_death = on_death
        self._closing = False
        connection.on_write = self._written

    def reply(self, dialect: Dialect, reply: Reply, *, last: bool) -> None:
        """Write a whole response."""
        self._record.status = reply.status
        self.connection.write(reply_to_bytes(dialect, reply, last=last))
        if last:
            self.connection.close()

    def refuse(self, dialect: Dialect, refusal: Refusal, *, last: bool) -> None:
        """Write an error: as a response, or as an event where the stream has begun."""
        if self._record.first_byte is None:
            self.reply(dialect, dialect.refused(refusal), last=last)
        else:
            self.connection.write(dialect.late_error(refusal) + LAST_CHUNK)

    async def perform(self, scene: Scene, ticket: Ticket, *, encode: float) -> None:
        """Carry out what the rule says, else the good answer.

        Raises:
            Refusal: The model fails at work.
        """
        if encode:
            await ticket.sleep_until(self._slots.begin_encoding(encode))
        ticket.prompt_until = time.monotonic() + scene.first
        scene = replace(scene, draft=replace(scene.draft, seconds=scene.first + scene.rest))
        await self._play(scene_to_script(scene), ticket, streams=scene.ask.stream)
        if scene.last:
            self.connection.close()

    async def _play(self, script: Script, ticket: Ticket, *, streams: bool) -> None:
        at = time.monotonic()
        for step in script:
            match step:
                case Wait(seconds):
                    at += seconds
                    await ticket.sleep_until(at)
                    at = await self._stand_still(ticket, at)
                case Send(data):
                    await self._send(data, ticket, streams=streams)
                case Hang():
                    await ticket.sleep_until(math.inf)
                case Reset() | Close() | Die():
                    self._end(step)
                    return
                case _:
                    self._disturb(step, ticket)

    async def _send(self, data: bytes, ticket: Ticket, *, streams: bool) -> None:
        if streams and self._slots.silent:
            await ticket.sleep_until(math.inf)
        self._record.status = 200
        self.connection.write(data)
        if streams:
            self._slots.reported_at = time.monotonic()

    def _disturb(self, step: HalfClose | FailNeighbours, ticket: Ticket) -> None:
        match step:
            case HalfClose():
                self.connection.half_close()
            case FailNeighbours(message):
                self._slots.doom_neighbours(ticket, message)

    def _end(self, step: Reset | Close | Die) -> None:
        match step:
            case Reset():
                self.connection.reset()
            case Close():
                self.connection.close()
            case Die():
                self._on_death()

    async def _stand_still(self, ticket: Ticket, at: float) -> float:
        """Wait while another's picture is being encoded; everything later moves by as much."""
        while (until := self._slots.encoding_until) > time.monotonic():
            at += until - time.monotonic()
            await ticket.sleep_until(until)
        return at

    def _written(self, length: int) -> None:
        if self._record.first_byte is None:
            self._record.first_byte = time.monotonic()
            self._slots.changed()
        self._record.sent += length


def scene_to_script(scene: Scene) -> Script:
    """What happens to a request that has its slot.

    Raises:
        Refusal: While the script runs: the model fails at work.
    """
    fault = None if scene.rule is None else scene.rule.fault
    if scene.rule is None or fault is None:
        return answer_script(scene)
    if fault in AT_WORK:
        return _failing(scene, AT_WORK[fault](scene.dialect, scene.rule))
    return (SILENCES | NONSENSE)[fault](scene)


def _failing(scene: Scene, refusal: Refusal) -> Script:
    yield Wait(scene.first)
    raise refusal
