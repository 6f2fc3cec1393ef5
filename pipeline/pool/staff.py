"""Keeps the number of workers constant: replaces those that die, and each after a number of tasks."""

import itertools
from collections.abc import Iterator

from pipeline.deadline import Deadline
from pipeline.host.worker_groups import divide_own_group, leave_group, put_into_group
from pipeline.pool.channel import Frame, Kind
from pipeline.pool.interface import PoolSettings, StartMethod, exit_code_to_words
from pipeline.pool.launcher import ForkServer, Launcher, Spawner
from pipeline.pool.member import Member, State
from pipeline.pool.process import ProcessSettings, error_to_sentence

_MIB = 1024 * 1024
#: How many starts in a row may fail before the owner is told.
_FAILED_STARTS = 6
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0
#: How often the time for a start is doubled: a machine may be so slow that a worker needs longer than the first time.
_DOUBLINGS = 2
_LEAVE_S = 5.0
#: Seconds for the fork server to end; by then it holds nothing.
_FORK_SERVER_S = 0.5
#: Seconds after SIGKILL; a process is gone in milliseconds, unless it waits in the kernel (for a dead network share).
DEATH_S = 2.0


class Staff:
    """The workers of a pool, from launch to end.

    Attributes:
        members: Every worker whose end has not been seen yet.
        failed_starts: How many starts have failed since a worker was ready.
        failure: Why, once they are too many; else empty.
    """

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._memory = None if settings.memory_mib is None else settings.memory_mib * _MIB
        divide_own_group()
        self._launcher = settings_to_launcher(settings)
        self._serials = itertools.count()
        self._next_start = Deadline.after(0)
        self._closing = False
        self.members: list[Member] = []
        self.failed_starts = 0
        self.failure = ""

    def fileno(self) -> int | None:
        """A descriptor that is readable when :meth:`note_births` has something to do."""
        return self._launcher.fileno()

    def points(self) -> Iterator[Deadline]:
        """Every time at which :meth:`enforce` or :meth:`fill` must be called if nothing happens before."""
        for member in self.members:
            yield member.until
        if self._missing > 0 and not self._next_start.expired:
            yield self._next_start

    @property
    def _missing(self) -> int:
        if self._closing:
            return 0
        lasting = sum(not member.retiring and member.state in {State.STARTING, State.READY} for member in self.members)
        return self._settings.processes + self._settings.spares - lasting

    def fill(self) -> None:
        """Start the missing workers; after a failed start one at a time, with longer and longer pauses."""
        while self._missing > 0 and self._next_start.expired:
            if self.failed_starts and any(member.state is State.STARTING for member in self.members):
                return
            try:
                self.members.append(self._launch())
            except OSError as error:
                self._note_failed_start(error_to_sentence(error))

    @property
    def _start_s(self) -> float:
        """Seconds that the next start may take."""
        return self._settings.start_s * (1 << min(self.failed_starts, _DOUBLINGS))

    def _launch(self) -> Member:
        ready_by = Deadline.after(self._start_s)
        member = Member(next(self._serials), ready_by, self._settings.result_mib * _MIB)
        try:
            self._launcher.launch(member.serial, *member.ends)
        except OSError:
            member.close()
            raise
        finally:
            member.close_ends()
        return member

    def _note_failed_start(self, detail: str) -> None:
        if not self._next_start.expired:  # several that were started together count as one
            return
        self.failed_starts += 1
        pause = _FIRST_PAUSE_S * 2 ** min(self.failed_starts - 1, 16)
        self._next_start = Deadline.after(min(pause, _LONGEST_PAUSE_S))
        if self.failed_starts >= _FAILED_STARTS:
            self.failure = detail

    def note_births(self) -> None:
        """Note the processes that were started."""
        births = {birth.serial: birth for birth in self._launcher.births()}
        for member in [each for each in self.members if each.serial in births]:
            birth = births[member.serial]
            try:
                member.note_birth(birth.process, birth.detail)
                if member.pid is not None:  # before it has a task: a worker is given none until its birth is known
                    put_into_group(member.pid, self._memory)
            except OSError as error:
                self.members.remove(member)
                member.close()
                self._note_failed_start(str(error))

    def mark_ready(self, member: Member) -> None:
        """Note that a worker is ready."""
        if member.state is State.STARTING:
            member.become(State.READY, Deadline.never())
            member.was_ready = True
            self.failed_starts = 0
            self.failure = ""

    def kill(self, member: Member) -> None:
        """Kill a worker; it is reaped when its end is seen."""
        member.kill()
        member.become(State.KILLED, Deadline.after(DEATH_S))

    def let_leave(self, member: Member, grace: Deadline | None = None) -> None:
        """Ask a worker to leave after its task; it is killed if it has not left by ``grace``."""
        member.send(Frame(kind=Kind.LEAVE))
        member.become(State.LEAVING, grace or Deadline.after(_LEAVE_S))

    def reap(self, member: Member) -> int | None:
        """Free everything of a worker whose process has ended; returns its exit code."""
        pid = member.pid
        member.close()
        self.members.remove(member)
        exit_code = None
        if pid is not None:
            exit_code = self._launcher.reap(pid)
            leave_group(pid)
        if not member.was_ready:
            self._note_failed_start(member.detail or f"a worker {exit_code_to_words(exit_code)}")
        return exit_code

    def enforce(self) -> None:
        """Kill the workers that take too long to start or to leave."""
        for member in self.members:
            if not member.until.expired:
                continue
            if member.state is State.KILLED:  # the kernel cannot end it now; it is reaped if it ever ends
                member.become(State.KILLED, Deadline.never())
                continue
            if member.state is State.STARTING:
                member.detail = f"a worker was not ready after {self._start_s:g} s"
            if member.pid is None:
                self._launcher.abandon()
            self.kill(member)

    def renew(self) -> None:
        """Replace a worker that has done its number of tasks, once a new one is ready; one at a time."""
        if self._closing:
            return
        ready = [member for member in self.members if member.state is State.READY]
        due = [member for member in ready if member.tasks_done >= self._settings.renew_after]
        if due and not any(member.retiring for member in ready):
            due[0].retiring = True
        for member in ready:
            if member.retiring and member.idle and len(ready) > self._settings.processes:
                self.let_leave(member)

    def start_closing(self, grace: Deadline) -> None:
        """Start no worker any more, and ask all to leave by ``grace``."""
        self._closing = True
        for member in self.members:
            if member.state is State.READY:
                self.let_leave(member, grace)
            elif member.state is State.STARTING:
                self.kill(member)

    def close(self) -> None:
        """Free what is left; only processes that even SIGKILL does not end can be left by now."""
        for member in self.members:
            member.close()
        self.members.clear()
        self._launcher.close(Deadline.after(_FORK_SERVER_S))


def settings_to_launcher(settings: PoolSettings) -> Launcher:
    """The launcher for the start method of the settings."""
    process = ProcessSettings(
        handler=settings.handler,
        initialise=settings.initialise,
        initialise_with=settings.initialise_with,
        memory_mib=settings.memory_mib,
        result_bytes=settings.result_mib * _MIB,
    )
    if settings.start_method is StartMethod.SPAWN:
        return Spawner(process, stderr=settings.stderr)
    return ForkServer(process, settings.preload, stderr=settings.stderr)
