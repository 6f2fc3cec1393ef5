"""The state of all hosts in the daemon: which are connected, which attempts each has, and their results.

Everything is called in the loop's thread.  A host is an engagement, known by its boot; what an earlier one still says
is for nobody, and so is what is said about an attempt that is over.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from pipeline.cluster.gateway_process import Gateway
from pipeline.cluster.host import Attempt, Host
from pipeline.cluster.host_task import HostTask, report_to_event, save_answer, task_to_work
from pipeline.cluster.messages import (
    LANES,
    ORDERS,
    PIECE_BYTES,
    Answer,
    Connect,
    Ended,
    Finished,
    ForHost,
    FromHost,
    GatewayBeat,
    GiveUp,
    Gone,
    Hint,
    Joined,
    Lane,
    Limit,
    Order,
    Piece,
    Presence,
    Told,
    Wanted,
    Withdraw,
    bytes_to_report,
)
from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.files.atomic import open_regular
from pipeline.log.log import logger
from pipeline.pool.interface import Expired, Failed, HasFileno, HostFacts, Lost, PoolEvent

# Seconds in which a host that could not do a task gets no other one.
_REST_S = 10.0
# Seconds after a task's time that its host, which lives, gets to say so.
_LATE_S = 10.0
# Seconds without a piece of a document after which its host is not waited for any more.
_FETCH_S = 60.0
# Seconds between two looks at the clocks of all hosts and attempts.
_LOOK_S = 0.1
_PRIVATE = 0o600


Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatLimits:
    """Seconds of silence: after which a host gets no new pages, and after which it is given up."""

    silent: float
    lost: float


class Hosts:
    """All hosts of a daemon, behind its gateway."""

    def __init__(self, gateway: Gateway, connect: Connect, *, beat: BeatLimits, clock: Clock = time.monotonic) -> None:
        """Start the gateway.

        Args:
            gateway: Its process.
            connect: What it is told first.
            beat: When a host is silent, and when it is lost.
            clock: Seconds of a steady clock.
        """
        self._gateway = gateway
        self._connect = connect
        self._beat = beat
        self._clock = clock
        self._hosts: dict[str, Host] = {}
        self._named: dict[str, list[Host]] = {}
        self._by_key: dict[str, tuple[Host, Attempt]] = {}
        self._numbers = count(1)
        self._hints: dict[str, tuple[str, int]] = {}
        self._events: dict[Lane, list[PoolEvent]] = {lane: [] for lane in LANES}
        self._refused: dict[str, str] = {}
        self._looked = self._clock()
        self._gateway_trouble = "the scheduler is being looked for"
        self._gateway.begin(connect)

    # What the pools ask.

    def usable(self, lane: Lane) -> Iterator[Host]:
        """The hosts that take a task now."""
        for host in self._hosts.values():
            if host.free(lane) and self._is_well(host):
                yield host

    def at(self, name: str) -> list[Host]:
        """The connected hosts of that name, busy or idle. It is one, except for a moment after a restart."""
        return [host for host in self._named.get(name, ()) if self._is_well(host)]

    @staticmethod
    def _is_well(host: Host) -> bool:
        return host.presence is not None and host.rest.expired and not host.silent

    @property
    def facts(self) -> tuple[HostFacts, ...]:
        """For people."""
        now = self._clock()
        known = [
            HostFacts(
                name=host.name,
                slots=host.slots("pages"),
                in_work=len(host.attempts),
                heard_s=round(now - host.heard, 1),
                state=self._words(host),
                release=host.presence.release if host.presence else "",
                clock_s=round(host.clock_s, 3),
                free_mib=host.presence.free_mib if host.presence else 0,
            )
            for host in self._hosts.values()
        ]
        names = {each.name for each in known}
        refused = [
            HostFacts(name=name, slots=0, in_work=0, heard_s=0.0, state=detail)
            for name, detail in self._refused.items()
            if name not in names
        ]
        return (*known, *refused)

    def _words(self, host: Host) -> str:
        if host.presence is None:
            return "starting"
        if host.silent:
            return "silent: it gets no pages"
        return "ready" if host.rest.expired else f"resting: {host.refusal}"

    @property
    def trouble(self) -> str:
        """Why there is no scheduler, as a sentence; empty where there is one."""
        return f"Cluster: {self._gateway_trouble}." if self._gateway_trouble else ""

    # What the pools order.

    def hinted_host(self, key: str, lane: Lane) -> Host | None:
        """The host that was told to prepare the task, if it takes it now."""
        boot, _ = self._hints.get(key, ("", 0))
        host = self._hosts.get(boot)
        return host if host is not None and host.free(lane) and self._is_well(host) else None

    def submit(self, host: Host, lane: Lane, key: str, task: HostTask, deadline: Deadline) -> None:
        """Send a task to a host that is usable."""
        boot, hinted = self._hints.pop(key, ("", 0))
        number = hinted if boot == host.boot else next(self._numbers)
        late = Deadline.after(max(_FETCH_S, deadline.remaining + _LATE_S))
        attempt = Attempt(number=number, key=key, lane=lane, task=task, late=late)
        host.begin(attempt)
        self._by_key[key] = (host, attempt)
        self._send(host, task_to_work(number, lane, task, deadline.remaining))

    def prepare(self, key: str, task: HostTask, *, next_key: str) -> None:
        """Pass a hint on to the host that has ``key``; see :class:`pipeline.pool.interface.Pool`."""
        found = self._by_key.get(key)
        if found is not None:
            host, attempt = found
            number = next(self._numbers)
            self._hints[next_key] = (host.boot, number)
            work = task_to_work(number, attempt.lane, task, 0.0)
            self._send(host, Hint(attempt=attempt.number, following=work))

    def limit(self, key: str, deadline: Deadline) -> None:
        """Set a new deadline for a task that a host has."""
        found = self._by_key.get(key)
        if found is not None:
            host, attempt = found
            attempt.late = Deadline.after(deadline.remaining + _LATE_S)
            self._send(host, Limit(attempt=attempt.number, remaining_s=deadline.remaining))

    def cancel(self, key: str) -> None:
        """Have a host kill the worker that has the task; its slot is free when the host says so."""
        found = self._by_key.get(key)
        if found is not None:
            host, attempt = found
            self._withdraw(host, attempt)
            self._events[attempt.lane].append(Lost(key=key, exit_code=None, cancelled=True))

    def _withdraw(self, host: Host, attempt: Attempt) -> None:
        self._by_key.pop(attempt.key or "", None)
        attempt.key = None
        attempt.late = Deadline.after(_LATE_S)
        self._send(host, Withdraw(attempt=attempt.number))

    def has(self, key: str) -> bool:
        """Whether a host has the task."""
        return key in self._by_key

    @staticmethod
    def _send(host: Host, order: Order) -> None:
        host.orders.append(ORDERS.encode(order))

    def flush(self) -> None:
        """Send what was ordered since the last time: one message a host and turn of the loop."""
        for host in self._hosts.values():
            if host.orders:
                self._gateway.tell(ForHost(boot=host.boot, orders=tuple(host.orders)))
                host.orders.clear()

    # What comes.

    def descriptors(self) -> list[int]:
        """Readable when :meth:`look` has something to do."""
        return self._gateway.descriptors()

    def events(self, lane: Lane) -> list[PoolEvent]:
        """What has happened to the tasks of a lane."""
        events, self._events[lane] = self._events[lane], []
        return events

    def look(self, deadline: Deadline, wake: Sequence[HasFileno | int]) -> None:
        """Send all pending orders, wait for a message of the gateway, and take everything that has come."""
        self.flush()
        try:
            for message in self._gateway.wait(deadline, wake):
                self._take(message)
        except PoolError as error:
            self._note_trouble(str(error))
        self._check_silence()
        self._check_gateway()
        for host in self._hosts.values():
            host.silent = self._clock() - host.heard > self._beat.silent
        self.flush()

    def _take(self, message: object) -> None:
        match message:
            case GatewayBeat():
                self._note_trouble(message.trouble)
            case Joined():
                self._refused.pop(message.name, None)
                self._welcome(Host(boot=message.boot, name=message.name, heard=self._clock()))
            case FromHost() if (host := self._hosts.get(message.boot)) is not None:
                host.heard = self._clock()
                for report in message.reports:
                    self._take_report(host, report)
            case Gone() if message.boot in self._hosts:
                self._lose(self._hosts[message.boot], message.detail)
            case Gone():
                if self._refused.get(message.name) != message.detail:
                    logger().warning("host_not_taken_on", host=message.name, detail=message.detail)
                self._refused[message.name] = message.detail
            case _:
                pass

    def _welcome(self, host: Host) -> None:
        self._hosts[host.boot] = host
        self._named.setdefault(host.name, []).append(host)

    def _note_trouble(self, trouble: str) -> None:
        if trouble and trouble != self._gateway_trouble:
            logger().warning("no_cluster", detail=trouble, advice="it is tried again")
        self._gateway_trouble = trouble

    def _take_report(self, host: Host, data: bytes) -> None:
        try:
            report = bytes_to_report(data)
        except (ValueError, TypeError, RecursionError):
            self._lose(host, "it says what makes no sense")
            self._gateway.tell(GiveUp(boot=host.boot))
            return
        match report:
            case Presence():
                if host.presence is None:
                    logger().info("host_joined", host=host.name, slots=report.slots)
                host.presence = report
                host.clock_s = report.clock - time.time()
            case Wanted():
                self._send_piece(host, report)
            case Answer() if report.attempt in host.attempts:
                save_answer(host.attempts[report.attempt].task, report)
            case Told() | Finished() | Ended() if report.attempt in host.attempts:
                self._take_about(host, host.attempts[report.attempt], report)
            case _:
                pass

    def _take_about(self, host: Host, attempt: Attempt, report: Told | Finished | Ended) -> None:
        if not isinstance(report, Told):
            host.end(attempt)
            self._by_key.pop(attempt.key or "", None)
        if attempt.key is None:
            return
        events = self._events[attempt.lane]
        try:
            event = report_to_event(attempt.key, attempt.task, report, host.name)
        except (ValueError, RecursionError):
            event = Failed(key=attempt.key, detail="the host sent something invalid")
            if isinstance(report, Told):
                self._withdraw(host, attempt)
        events.append(event)
        if isinstance(report, Ended) and report.how == "refused":
            host.refusal, host.rest = report.detail, Deadline.after(_REST_S)
            logger().warning("host_refuses", host=host.name, detail=report.detail)

    def _send_piece(self, host: Host, wanted: Wanted) -> None:
        concerned = [each for each in host.attempts.values() if each.task.sha256 == wanted.sha256]
        if not concerned:
            return
        for attempt in concerned:
            attempt.late = max(attempt.late, Deadline.after(_FETCH_S))
        path = concerned[0].task.path
        try:
            with open_regular(path) as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(wanted.offset)
                data = file.read(PIECE_BYTES)
        except OSError as error:
            for attempt in [each for each in concerned if each.key is not None]:
                detail = f"{path}: {error.strerror or error}"
                self._events[attempt.lane].append(Failed(key=attempt.key or "", detail=detail))
                self._withdraw(host, attempt)
            return
        self._send(host, Piece(sha256=wanted.sha256, offset=wanted.offset, size=size, data=data))

    def _check_silence(self) -> None:
        now = self._clock()
        if now - self._looked < _LOOK_S:
            return
        # Where this process itself was stopped, the silence is its own: what has come meanwhile is taken first.
        stalled, self._looked = now - self._looked > self._beat.silent, now
        for host in list(self._hosts.values()):
            if stalled:
                host.heard = max(host.heard, now - self._beat.silent)
            elif now - host.heard > self._beat.lost:
                self._lose(host, f"no word of it for {self._beat.lost:g} s")
                self._gateway.tell(GiveUp(boot=host.boot))
                continue
            for attempt in [each for each in host.attempts.values() if each.late.expired]:
                self._give_up(host, attempt)

    def _give_up(self, host: Host, attempt: Attempt) -> None:
        """Give up an attempt whose end its host should have reported long ago."""
        if attempt.key is None:  # even the order to kill it has brought nothing
            self._lose(host, "it does not end its workers")
            self._gateway.tell(GiveUp(boot=host.boot))
            return
        self._events[attempt.lane].append(Expired(key=attempt.key))
        self._withdraw(host, attempt)

    def _lose(self, host: Host, detail: str) -> None:
        """Give up a host and all that it has."""
        if self._hosts.pop(host.boot, None) is None:
            return
        self._named[host.name].remove(host)
        logger().warning("host_lost", host=host.name, detail=detail, pages=len(host.attempts))
        for attempt in host.attempts.values():
            if attempt.key is not None:
                why = f"the host {host.name} was lost: {detail}"
                self._events[attempt.lane].append(Lost(key=attempt.key, exit_code=None, host=why))
                del self._by_key[attempt.key]
        host.attempts.clear()

    def _check_gateway(self) -> None:
        """Where the gateway has died, its hosts are lost, and another one takes them on."""
        if self._gateway.died(after_s=self._beat.lost):
            for host in list(self._hosts.values()):
                self._lose(host, "the gateway to it was lost")
            self._note_trouble("the gateway is being started again")
        with suppress(PoolError):
            self._gateway.begin(self._connect)

    def close(self) -> None:
        """End the gateway, and with it everything that hosts do."""
        self._gateway.close()
