"""What a pool and its owner exchange: settings, tasks, and events with their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from signal import Signals
from typing import Protocol

from pipeline.deadline import Deadline
from pipeline.host.forking import HAS_FORK_SERVER
from pipeline.host.processes import KILLED
from pipeline.pool.codec import Codec

#: From here on Windows' exit codes name a fault, for example 0xC0000005 for an access violation (NTSTATUS).
_WINDOWS_FAULTS = 0xC0000000


class StartMethod(StrEnum):
    """How a worker process is started."""

    FORKSERVER = "forkserver"
    """Forked from a process that has loaded the modules: uses little memory, and starts quickly."""
    SPAWN = "spawn"
    """A new interpreter: it shares nothing with other processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How a pool is made.

    Attributes:
        processes: Number of workers, and so of tasks at the same time.
        handler: ``module:factory``, importable in a new interpreter; ``factory()`` makes the
            :class:`pipeline.pool.process.Handler` of the worker.
        tasks: Codec for what is sent to the workers; the handler has the same.
        answers: Codec for what comes from them; the handler has the same.
        renew_after: Number of tasks after which a worker is replaced.
        memory_mib: Limit of each worker's address space; None for none.
        preload: Modules that the fork server loads in addition to the handler's.
        initialise: ``module:function``, called in each worker before the factory, for example to set up a sandbox.
        initialise_with: Its arguments.
        result_mib: Largest result as it is sent; a larger one is :class:`Failed`.
        start_s: Seconds that a worker may take to start; a new interpreter takes long on a busy machine.
        spares: Workers that are ready beyond ``processes``, since a new interpreter starts slowly.
        stderr: Descriptor that the processes get as stderr; None for the stderr of this process.
    """

    processes: int
    handler: str
    tasks: Codec
    answers: Codec
    renew_after: int = 100
    memory_mib: int | None = None
    preload: tuple[str, ...] = ()
    initialise: str | None = None
    initialise_with: tuple[str, ...] = ()
    result_mib: int = 8
    start_method: StartMethod = StartMethod.FORKSERVER if HAS_FORK_SERVER else StartMethod.SPAWN
    start_s: float = 30.0 if HAS_FORK_SERVER else 90.0
    spares: int = 0
    stderr: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The task reports a value and goes on."""

    key: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The task has a result."""

    key: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The task raised an error, or its result cannot be sent or read; ``detail`` says what."""

    key: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The worker died while it had the task.

    Attributes:
        exit_code: Negative for a signal; None when it is not known.
        cancelled: Whether the pool was asked to end it.
        host: Why another machine was lost while it had the task, or could not do it; empty where none was.
    """

    key: str
    exit_code: int | None
    cancelled: bool = False
    host: str = ""

    @property
    def detail(self) -> str:
        """What happened, in words."""
        if self.host:
            return self.host
        if self.cancelled:
            return "the worker was stopped"
        return f"the worker {exit_code_to_words(self.exit_code)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """The task was still running at its deadline, and its worker was killed."""

    key: str


PoolEvent = Progress | Done | Failed | Lost | Expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A task without a result.

    Attributes:
        detail: What happened, as a clause without a period.
        from_outside: Whether somebody else may have ended the worker: by SIGKILL, which code that fails does not get,
            or in a way that nobody has seen.
        fault: The text of the exception that ended the task, for the log only; empty where none did.
        host_lost: Whether a whole machine was lost, which says nothing about the task.
    """

    detail: str
    from_outside: bool = False
    fault: str = ""
    host_lost: bool = False


def event_to_loss(event: PoolEvent) -> Loss:
    """Why a task has no result."""
    match event:
        case Expired():
            return Loss(detail="it took too long")
        case Lost():
            outside = event.exit_code in {None, KILLED}
            return Loss(detail=event.detail, from_outside=outside, host_lost=bool(event.host))
        case Failed():
            return Loss(detail="a fault of the program, which is in its log", fault=event.detail)
        case Progress() | Done():
            return Loss(detail="it went on")


class HasFileno(Protocol):
    """Anything that can be polled."""

    def fileno(self) -> int:
        """The descriptor."""


#: The place of the workers on the daemon's own machine.
LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """A machine that works for a pool.

    Attributes:
        slots: Tasks that it takes at once.
        in_work: Tasks that it has.
        heard_s: Seconds since its last word.
        state: Whether it can be used, in words.
        release: Of Dropleaf there.
        clock_s: Seconds by which its clock is ahead of ours.
        free_mib: Space on the disk of its documents.
    """

    name: str
    slots: int
    in_work: int
    heard_s: float
    state: str
    release: str = ""
    clock_s: float = 0.0
    free_mib: int = 0


class Pool(Protocol):
    """What the loop needs of a pool; everything is called in one thread.

    A key names one task from ``submit`` to the event that ends it (any except :class:`Progress`). ``prepare``,
    ``limit`` and ``cancel`` ignore a key that has ended, or whose last event is about to come.
    """

    @property
    def idle(self) -> int:
        """Number of tasks that ``submit`` takes now."""

    def idle_at(self, place: str) -> int:
        """The same of one place: a host's name, or :data:`LOCAL`."""

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """The other machines that work for it."""

    @property
    def trouble(self) -> str:
        """Why some of these cannot be used, as a sentence; empty where all can."""

    def submit(self, key: str, task: object, deadline: Deadline) -> None:
        """Run the task on the worker that was told to prepare this key, if it is idle, else on any.

        Raises:
            PoolError: No worker is idle.
            ValueError: The key is in use.
        """

    def prepare(self, key: str, task: object, *, next_key: str) -> None:
        """Tell the worker that runs ``key`` that ``task``, to be submitted as ``next_key``, may come next."""

    def limit(self, key: str, deadline: Deadline) -> None:
        """Set a new deadline for a running task."""

    def cancel(self, key: str) -> None:
        """Kill the worker that runs the task; the event is :class:`Lost` with ``cancelled``."""

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int] = ()) -> list[PoolEvent]:
        """Wait until something has happened; returns what has.

        Returns with an empty list at the deadline, when a ``wake`` object is readable, and when ``idle`` has grown.

        Raises:
            PoolError: Workers could not be started several times. The pool goes on trying, slowly, and raises again.
        """

    def descriptors(self) -> Sequence[int]:
        """Readable when :meth:`wait` has something to do, for who waits for another pool as well."""

    def close(self, grace: Deadline) -> None:
        """End every process: idle workers at once, busy ones after their task, at ``grace`` all of them by force."""


def exit_code_to_words(exit_code: int | None) -> str:
    """The end of a process as a clause: ``was killed by SIGKILL``, ``exited with code 3``."""
    if exit_code is None:
        return "died"
    if exit_code >= _WINDOWS_FAULTS:
        return f"crashed ({exit_code:#x})"
    if exit_code >= 0:
        return f"exited with code {exit_code}"
    name = Signals(-exit_code).name if -exit_code in set(Signals) else f"signal {-exit_code}"
    return f"was killed by {name}"
