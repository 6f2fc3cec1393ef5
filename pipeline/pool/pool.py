"""WorkerPool: processes that can be killed at any time without harm to anything but the task they run.

Other pools share queues and locks between their workers, so that the death of one can stop the others. Here each worker
has its own socket and lifeline, and one thread of the owner, the one that calls :meth:`WorkerPool.wait`, does
everything: the pool has no lock and no thread, and no call waits for a worker.

It knows nothing of PDF.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from operator import attrgetter

from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.host.polling import Poll
from pipeline.pool.channel import Frame, Kind, OversizedError
from pipeline.pool.interface import (
    LOCAL,
    Done,
    Expired,
    Failed,
    HasFileno,
    HostFacts,
    Lost,
    PoolEvent,
    PoolSettings,
    Progress,
)
from pipeline.pool.member import Assignment, Member, ProcessEnd, State
from pipeline.pool.process import error_to_sentence
from pipeline.pool.staff import DEATH_S, Staff

#: To how many workers a task is sent, if each dies before it begins with it; then the task is lost.
_TRIES = 5


class WorkerPool:
    """A :class:`Pool` of processes on this machine."""

    def __init__(self, settings: PoolSettings) -> None:
        self._processes = settings.processes
        self._tasks = settings.tasks
        self._answers = settings.answers
        self._staff = Staff(settings)
        self._unplaced: deque[Assignment] = deque()
        self._events: list[PoolEvent] = []
        self._poll = Poll()
        self._closing = False
        self._staff.fill()

    @property
    def idle(self) -> int:
        """Number of tasks that :meth:`submit` takes now."""
        if self._closing:
            return 0
        ready = sum(member.idle for member in self._staff.members)
        busy = sum(member.assignment is not None and member.state is not State.KILLED for member in self._staff.members)
        return max(0, min(ready, self._processes - busy) - len(self._unplaced))

    def idle_at(self, place: str) -> int:
        """As in :class:`pipeline.pool.interface.Pool`."""
        return self.idle if place == LOCAL else 0

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """None."""
        return ()

    @property
    def trouble(self) -> str:
        """None."""
        return ""

    def submit(self, key: str, task: object, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`; also raises TypeError for a task that cannot be sent."""
        if any(assignment.key == key for assignment in self._assignments()):
            raise ValueError(f"the task {key!r} is in work already")
        if not self.idle:
            raise PoolError("no worker is idle")
        self._assign(Assignment(key=key, body=self._tasks.encode(task), deadline=deadline))

    def prepare(self, key: str, task: object, *, next_key: str) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        member = self._find(key)
        # No hint for a worker that has stopped reading: it would only be kept.
        if member is not None and member.state is State.READY and not member.sending:
            member.hinted = next_key
            member.send(Frame(kind=Kind.HINT, body=self._tasks.encode(task)))

    def tell(self, key: str, value: object) -> None:
        """Send a running task something that it must get, in order; its handler is a Listener."""
        member = self._find(key)
        if member is not None and member.state is State.READY:
            member.send(Frame(kind=Kind.WORD, body=self._tasks.encode(value)))

    def limit(self, key: str, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        for assignment in self._assignments():
            if assignment.key == key:
                assignment.deadline = deadline

    def cancel(self, key: str) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        member = self._find(key)
        if member is not None and member.assignment is not None:
            member.assignment.ending = member.assignment.ending or ProcessEnd.CANCELLED
            self._staff.kill(member)
        for assignment in [each for each in self._unplaced if each.key == key]:
            self._unplaced.remove(assignment)
            self._events.append(Lost(key=key, exit_code=None, cancelled=True))

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int] = ()) -> list[PoolEvent]:
        """As in :class:`pipeline.pool.interface.Pool`."""
        idle = self.idle
        while not self._events and not self._staff.failure:
            woken = self._turn(deadline, wake)
            if woken or self.idle > idle or deadline.expired:
                break
        events, self._events = self._events, []
        if self._staff.failure and not events:
            failure, self._staff.failure = self._staff.failure, ""
            raise PoolError(f"worker processes cannot be started ({self._staff.failed_starts} in a row): {failure}")
        return events

    def descriptors(self) -> list[int]:
        """Readable when :meth:`wait` has something to do, for who waits for another pool as well."""
        births = self._staff.fileno()
        found = [member.socket.fileno() for member in self._staff.members if member.socket is not None]
        found += [member.process.fileno() for member in self._staff.members if member.process is not None]
        return [*found, *([births] if births is not None else [])]

    def close(self, grace: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`; the fork server ends as well, and a second call does nothing."""
        self._closing = True
        self._unplaced.clear()
        self._staff.start_closing(grace)
        last = Deadline.after(grace.remaining + DEATH_S)
        while self._staff.members and not last.expired:
            self._turn(last, ())
        self._staff.close()

    def _turn(self, deadline: Deadline, wake: Sequence[HasFileno | int]) -> bool:
        """Wait once and handle what came; returns whether a wake object is readable."""
        # The owner of each descriptor is looked up before anything is closed, since numbers are used again.
        sockets = {member.socket.fileno(): member for member in self._staff.members if member.socket is not None}
        processes = {member.process.fileno(): member for member in self._staff.members if member.process is not None}
        writers = [number for number, member in sockets.items() if member.sending]
        births = self._staff.fileno()
        wakers = {each if isinstance(each, int) else each.fileno() for each in wake}
        readers = [*sockets, *processes, *wakers, *([births] if births is not None else [])]
        sooner = min([deadline, *self._points()], key=attrgetter("at"))
        ready = self._poll.wait(readers, writers, sooner.remaining)
        for number in ready:
            if (member := sockets.get(number)) is not None:
                self._hear(member)
            elif (member := processes.get(number)) is not None:
                self._reap(member)
        if births in ready or any(member.process is None for member in self._staff.members):
            self._staff.note_births()
        self._enforce()
        self._staff.enforce()
        self._place()
        self._staff.renew()
        self._staff.fill()
        return not wakers.isdisjoint(ready)

    def _points(self) -> Iterator[Deadline]:
        """Every time at which something must be done if nothing happens before."""
        yield from self._staff.points()
        for member in self._staff.members:
            if member.assignment is not None and member.state is not State.KILLED:
                yield member.assignment.deadline
        for assignment in self._unplaced:
            yield assignment.deadline

    def _assignments(self) -> Iterator[Assignment]:
        yield from self._unplaced
        for member in self._staff.members:
            if member.assignment is not None:
                yield member.assignment

    def _find(self, key: str) -> Member | None:
        for member in self._staff.members:
            if member.assignment is not None and member.assignment.key == key:
                return member
        return None

    def _assign(self, assignment: Assignment) -> None:
        """Give it to the worker that prepared it, else to one that prepared nothing, else to any."""
        idle = [member for member in self._staff.members if member.idle]
        best = min(idle, key=lambda each: (each.hinted != assignment.key, each.hinted is not None, each.retiring))
        for member in self._staff.members:
            if member.hinted == assignment.key:
                member.hinted = None
        best.assign(assignment)

    def _hear(self, member: Member) -> bool:
        """Receive what has come; returns whether there may be more."""
        member.flush()
        came = member.receive()
        try:
            for frame in member.frames():
                self._take(member, frame)
        except (OversizedError, ValueError, RecursionError) as error:
            if member.assignment is not None:
                detail = f"the worker sent something invalid: {error_to_sentence(error)}"
                self._end(member, Failed(key=member.assignment.key, detail=detail))
            member.close_socket()
        if member.socket is None and member.state is not State.KILLED:
            self._staff.kill(member)
        return came

    def _take(self, member: Member, frame: Frame) -> None:
        assignment = member.assignment
        if frame.kind is Kind.READY:
            self._staff.mark_ready(member)
        elif frame.kind is Kind.BROKEN:
            member.detail = frame.body.decode(errors="replace")
        elif assignment is not None:
            self._take_about(member, assignment, frame)

    def _take_about(self, member: Member, assignment: Assignment, frame: Frame) -> None:
        key = assignment.key
        match frame.kind:
            case Kind.STARTED:
                assignment.started = True
            case Kind.PROGRESS:
                self._events.append(Progress(key=key, value=self._answers.decode(frame.body)))
            case Kind.DONE:
                self._end(member, Done(key=key, value=self._answers.decode(frame.body)))
            case Kind.FAILED | Kind.FAILED_FOR_GOOD:
                self._end(member, Failed(key=key, detail=frame.body.decode(errors="replace")))
                if frame.kind is Kind.FAILED_FOR_GOOD and member.state is State.READY:
                    self._staff.let_leave(member)
            case _:
                raise ValueError(f"{frame.kind.name} is not for the pool")

    def _end(self, member: Member, event: PoolEvent) -> None:
        self._events.append(event)
        member.assignment = None
        member.tasks_done += 1

    def _reap(self, member: Member) -> None:
        """Handle the end of a process: first receive what it sent before, then decide about its task."""
        member.kill()  # also what it has started: such a process could hold its socket and go on sending
        while self._hear(member):
            pass
        exit_code = self._staff.reap(member)
        if member.assignment is not None:
            self._report_loss(member.assignment, exit_code)

    def _report_loss(self, assignment: Assignment, exit_code: int | None) -> None:
        key = assignment.key
        if assignment.ending is ProcessEnd.EXPIRED:
            self._events.append(Expired(key=key))
        elif assignment.ending is ProcessEnd.CANCELLED:
            self._events.append(Lost(key=key, exit_code=exit_code, cancelled=True))
        elif not assignment.started and assignment.tries < _TRIES and not self._closing:
            self._unplaced.append(assignment)
        else:
            self._events.append(Lost(key=key, exit_code=exit_code))

    def _enforce(self) -> None:
        """Kill the workers whose time is over."""
        for member in self._staff.members:
            assignment = member.assignment
            if assignment is None:
                continue
            if member.state is not State.KILLED and assignment.deadline.expired:
                assignment.ending = ProcessEnd.EXPIRED
                self._staff.kill(member)
            elif member.state is State.KILLED and member.until.expired:
                member.assignment = None  # the kernel cannot end the process now; its task does not wait for that
                self._report_loss(assignment, None)
        for assignment in [each for each in self._unplaced if each.deadline.expired]:
            self._unplaced.remove(assignment)
            self._events.append(Expired(key=assignment.key))

    def _place(self) -> None:
        """Give idle workers the tasks whose worker died before it began with them."""
        while self._unplaced and any(member.idle for member in self._staff.members):
            self._assign(self._unplaced.popleft())
