"""WorkerPool: processes that can be killed at any time without harm to anything but the task they run.

The known pools share queues and locks between their workers, so that one death takes others along.  Here each worker
has a socket and a lifeline of its own, and one thread of the owner, the one that calls :meth:`WorkerPool.wait`, sees
everything: there is no lock and no thread in the pool, and no call waits for a worker.

It knows nothing of PDF.
"""

import itertools
import math
import select
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.pool_channel import Frame, Kind, OversizedError, bytes_to_value, value_to_bytes
from pipeline.pool_launcher import ForkServer, Launcher, Spawner
from pipeline.pool_member import Assignment, Ending, Member, State
from pipeline.pool_process import ProcessSettings, error_to_sentence
from pipeline.pool_terms import (
    Done,
    Expired,
    Failed,
    HasFileno,
    Lost,
    PoolEvent,
    PoolSettings,
    Progress,
    StartMethod,
    exit_code_to_words,
)

_MIB = 1024 * 1024
#: Workers that a task is sent to before its worker is said to be lost, where each died before it took the task up.
_TRIES = 5
#: Starts that fail in a row before the owner is told.
_FAILED_STARTS = 8
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0
_LEAVE_S = 5.0
#: After SIGKILL a process is gone in milliseconds, unless the kernel holds it (a dead network share).
_DEATH_S = 2.0


class WorkerPool:
    """A :class:`pipeline.pool_terms.Pool` of processes on this machine."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        process = ProcessSettings(
            handler=settings.handler,
            initialise=settings.initialise,
            memory_mib=settings.memory_mib,
            result_bytes=settings.result_mib * _MIB,
        )
        self._launcher: Launcher = (
            Spawner(process) if settings.start_method is StartMethod.SPAWN else ForkServer(process, settings.preload)
        )
        self._serials = itertools.count()
        self._members: list[Member] = []
        self._homeless: deque[Assignment] = deque()
        self._events: list[PoolEvent] = []
        self._failed_starts = 0
        self._failure = ""
        self._next_start = Deadline.after(0)
        self._closing = False
        self._fill()

    @property
    def idle(self) -> int:
        """Tasks that :meth:`submit` takes now."""
        if self._closing:
            return 0
        ready = sum(member.idle for member in self._members)
        busy = sum(member.assignment is not None and member.state is not State.DOOMED for member in self._members)
        return max(0, min(ready, self._settings.processes - busy) - len(self._homeless))

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the workers that are ready, idle or not."""
        return tuple(member.pid for member in self._members if member.state is State.READY and member.pid is not None)

    def worker_of(self, key: str) -> int | None:
        """Process id of the worker that has the task."""
        member = self._find(key)
        return None if member is None else member.pid

    def submit(self, key: str, task: object, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool_terms.Pool`; raises what the task's pickling raises, too."""
        if any(assignment.key == key for assignment in self._assignments()):
            raise ValueError(f"the task {key!r} is in work already")
        if not self.idle:
            raise PoolError("no worker is idle")
        self._assign(Assignment(key=key, body=value_to_bytes(task), deadline=deadline))

    def prepare(self, key: str, task: object, *, next_key: str) -> None:
        """As in :class:`pipeline.pool_terms.Pool`."""
        member = self._find(key)
        # Hints are not kept for a worker that has stopped reading.
        if member is not None and member.state is State.READY and not member.sending:
            member.hinted = next_key
            member.send(Frame(kind=Kind.HINT, body=value_to_bytes(task)))

    def limit(self, key: str, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool_terms.Pool`."""
        for assignment in self._assignments():
            if assignment.key == key:
                assignment.deadline = deadline

    def cancel(self, key: str) -> None:
        """As in :class:`pipeline.pool_terms.Pool`."""
        member = self._find(key)
        if member is not None and member.assignment is not None:
            member.assignment.ending = Ending.CANCELLED
            self._doom(member)
        for assignment in [each for each in self._homeless if each.key == key]:
            self._homeless.remove(assignment)
            self._events.append(Lost(key=key, exit_code=None, cancelled=True))

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int] = ()) -> list[PoolEvent]:
        """As in :class:`pipeline.pool_terms.Pool`."""
        idle = self.idle
        while not self._events and not self._failure:
            woken = self._turn(deadline, wake)
            if woken or self.idle > idle or deadline.expired:
                break
        events, self._events = self._events, []
        if self._failure and not events:
            failure, self._failure = self._failure, ""
            raise PoolError(f"worker processes cannot be started ({self._failed_starts} in a row): {failure}")
        return events

    def close(self, grace: Deadline) -> None:
        """As in :class:`pipeline.pool_terms.Pool`; the fork server ends as well, and a second call does nothing."""
        self._closing = True
        self._homeless.clear()
        for member in self._members:
            if member.state is State.READY:
                self._dismiss(member, grace)
            elif member.state is State.STARTING:
                self._doom(member)
        last = Deadline.after(grace.remaining + _DEATH_S)
        while self._members and not last.expired:
            self._turn(last, ())
        for member in self._members:
            member.bury()
        self._members.clear()
        self._launcher.close(Deadline.after(_DEATH_S))

    def _turn(self, deadline: Deadline, wake: Sequence[HasFileno | int]) -> bool:
        """Wait once, deal with what came; whether a wake object is readable."""
        # Whom a descriptor belongs to is noted before anything is closed: numbers are used again.
        actions: dict[int, Callable[[], object]] = {}
        poll = select.poll()
        for member in self._members:
            if member.socket is not None:
                actions[member.socket.fileno()] = partial(self._hear, member)
                poll.register(member.socket, select.POLLIN | (select.POLLOUT if member.sending else 0))
            if member.pidfd is not None:
                actions[member.pidfd] = partial(self._bury, member)
                poll.register(member.pidfd, select.POLLIN)
        births = self._launcher.fileno()
        if births is not None:
            poll.register(births, select.POLLIN)
        wakers = {each if isinstance(each, int) else each.fileno() for each in wake}
        for waker in wakers:
            poll.register(waker, select.POLLIN)
        remaining = min([deadline, *self._points()]).remaining
        ready = [fd for fd, _ in poll.poll(None if math.isinf(remaining) else math.ceil(remaining * 1000))]
        for fd in ready:
            actions.get(fd, bool)()
        self._welcome()
        self._enforce()
        self._rearrange()
        self._fill()
        return not wakers.isdisjoint(ready)

    def _points(self) -> Iterator[Deadline]:
        """Every time at which something is to be done unless something happens before."""
        for member in self._members:
            yield member.until
            if member.assignment is not None and member.state is not State.DOOMED:
                yield member.assignment.deadline
        for assignment in self._homeless:
            yield assignment.deadline
        if self._missing > 0:
            yield self._next_start

    def _assignments(self) -> Iterator[Assignment]:
        yield from self._homeless
        for member in self._members:
            if member.assignment is not None:
                yield member.assignment

    def _find(self, key: str) -> Member | None:
        for member in self._members:
            if member.assignment is not None and member.assignment.key == key:
                return member
        return None

    @property
    def _missing(self) -> int:
        if self._closing:
            return 0
        lasting = sum(not member.retiring and member.state in {State.STARTING, State.READY} for member in self._members)
        return self._settings.processes - lasting

    def _fill(self) -> None:
        if not self._next_start.expired:
            return
        for _ in range(self._missing):
            try:
                member = Member(
                    next(self._serials), Deadline.after(self._settings.start_s), self._settings.result_mib * _MIB
                )
            except OSError as error:
                self._note_failed_start(error_to_sentence(error))
                return
            try:
                self._launcher.launch(member.serial, *member.ends)
            except OSError as error:
                self._note_failed_start(error_to_sentence(error))
                member.bury()
                return
            finally:
                member.close_ends()
            self._members.append(member)

    def _note_failed_start(self, detail: str) -> None:
        self._failed_starts += 1
        pause = _FIRST_PAUSE_S * 2 ** min(self._failed_starts - 1, 16)
        self._next_start = Deadline.after(min(pause, _LONGEST_PAUSE_S))
        if self._failed_starts >= _FAILED_STARTS:
            self._failure = detail

    def _welcome(self) -> None:
        for birth in self._launcher.births():
            for member in [each for each in self._members if each.serial == birth.serial]:
                try:
                    if birth.pid is None:
                        raise ProcessLookupError(birth.detail)
                    member.born(birth.pid)
                except OSError as error:
                    self._note_failed_start(str(error))
                    self._members.remove(member)
                    member.bury()
                    continue
                if member.state is State.DOOMED:
                    member.kill()

    def _assign(self, assignment: Assignment) -> None:
        """To the worker that was told of it, else to one that awaits nothing else, else to any."""
        idle = [member for member in self._members if member.idle]
        best = min(idle, key=lambda each: (each.hinted != assignment.key, each.hinted is not None, each.retiring))
        for member in self._members:
            if member.hinted == assignment.key:
                member.hinted = None
        best.assign(assignment)

    def _hear(self, member: Member) -> bool:
        """Take what has come; whether there may be more."""
        member.flush()
        came = member.receive()
        try:
            for frame in member.frames():
                self._take(member, frame)
        except (OversizedError, ValueError) as error:
            if member.assignment is not None:
                self._end(member, Failed(key=member.assignment.key, detail=f"the worker made no sense: {error}"))
            member.close_socket()
        if member.socket is None and member.state is not State.DOOMED and member.pid is not None:
            self._doom(member)
        return came

    def _take(self, member: Member, frame: Frame) -> None:
        assignment = member.assignment
        if frame.kind is Kind.READY and member.state is State.STARTING:
            member.become(State.READY, Deadline.never())
            self._failed_starts = 0
            self._failure = ""
        elif frame.kind is Kind.BROKEN:
            member.detail = frame.body.decode(errors="replace")
        elif assignment is not None:
            self._take_about(member, assignment, frame)

    def _take_about(self, member: Member, assignment: Assignment, frame: Frame) -> None:
        key = assignment.key
        match frame.kind:
            case Kind.STARTED:
                assignment.started = True
            case Kind.PROGRESS | Kind.DONE:
                event = _frame_to_event(key, frame)
                if isinstance(event, Progress):
                    self._events.append(event)
                else:
                    self._end(member, event)
            case Kind.FAILED | Kind.FAILED_FOR_GOOD:
                self._end(member, Failed(key=key, detail=frame.body.decode(errors="replace")))
                if frame.kind is Kind.FAILED_FOR_GOOD and member.state is State.READY:
                    member.become(State.LEAVING, Deadline.after(_LEAVE_S))
            case _:
                raise ValueError(f"{frame.kind.name} is not for the pool")

    def _end(self, member: Member, event: PoolEvent) -> None:
        self._events.append(event)
        member.assignment = None
        member.tasks_done += 1

    def _doom(self, member: Member) -> None:
        member.kill()
        member.become(State.DOOMED, Deadline.after(_DEATH_S))

    def _dismiss(self, member: Member, grace: Deadline) -> None:
        member.send(Frame(kind=Kind.LEAVE))
        member.become(State.LEAVING, grace)

    def _bury(self, member: Member) -> None:
        """The process has ended: take what it had still sent, then see to the task that it had."""
        if member.pid is None:
            return
        while self._hear(member):
            pass
        member.bury()
        exit_code = self._launcher.reap(member.pid)
        self._members.remove(member)
        if member.state is State.STARTING:
            self._note_failed_start(member.detail or f"a worker {exit_code_to_words(exit_code)}")
        if member.assignment is not None:
            self._mourn(member.assignment, exit_code)

    def _mourn(self, assignment: Assignment, exit_code: int | None) -> None:
        key = assignment.key
        if assignment.ending is Ending.EXPIRED:
            self._events.append(Expired(key=key))
        elif assignment.ending is Ending.CANCELLED:
            self._events.append(Lost(key=key, exit_code=exit_code, cancelled=True))
        elif not assignment.started and assignment.tries < _TRIES and not self._closing:
            self._homeless.append(assignment)
        else:
            self._events.append(Lost(key=key, exit_code=exit_code))

    def _enforce(self) -> None:
        """Kill what is over its time."""
        for member in self._members:
            assignment = member.assignment
            if member.state is State.DOOMED:
                self._give_up_on(member)
            elif assignment is not None and assignment.deadline.expired:
                assignment.ending = Ending.EXPIRED
                self._doom(member)
            elif member.until.expired:
                if member.state is State.STARTING:
                    self._note_failed_start(f"a worker was not ready after {self._settings.start_s} s")
                if member.pid is None:
                    self._launcher.abandon()
                self._doom(member)
        for assignment in [each for each in self._homeless if each.deadline.expired]:
            self._homeless.remove(assignment)
            self._events.append(Expired(key=assignment.key))

    def _give_up_on(self, member: Member) -> None:
        """A killed process that the kernel holds is kept in mind to be reaped, but its task is free."""
        if member.until.expired:
            member.become(State.DOOMED, Deadline.never())
            if member.assignment is not None:
                self._mourn(member.assignment, None)
                member.assignment = None

    def _rearrange(self) -> None:
        """Give waiting tasks to idle workers; let a worn worker go when its successor is ready."""
        while self._homeless and any(member.idle for member in self._members):
            self._assign(self._homeless.popleft())
        if self._closing:
            return
        ready = [member for member in self._members if member.state is State.READY]
        worn = [member for member in ready if member.tasks_done >= self._settings.renew_after]
        if worn and not any(member.retiring for member in ready):
            worn[0].retiring = True
        for member in ready:
            if member.retiring and member.idle and len(ready) > self._settings.processes:
                self._dismiss(member, Deadline.after(_LEAVE_S))


def _frame_to_event(key: str, frame: Frame) -> Progress | Done | Failed:
    try:
        value = bytes_to_value(frame.body)
    except Exception as error:  # noqa: BLE001 — a worker may send anything; it is this task that failed
        return Failed(key=key, detail=f"the result cannot be read: {error_to_sentence(error)}")
    return Progress(key=key, value=value) if frame.kind is Kind.PROGRESS else Done(key=key, value=value)
