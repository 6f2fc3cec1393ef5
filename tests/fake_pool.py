"""A pool without processes: tests say what its workers do."""

from collections.abc import Sequence

from pipeline.deadline import Deadline
from pipeline.pool.interface import HasFileno, HostFacts, PoolEvent


class FakePool:
    """Satisfies :class:`pipeline.pool.interface.Pool`; remembers what it was asked.

    Attributes:
        tasks: Running, by key, in the order of submission.
        prepared: The key that comes next, by the key of the running task.
        full: Places that take nothing.
    """

    def __init__(self, processes: int = 2) -> None:
        self.processes = processes
        self.tasks: dict[str, object] = {}
        self.deadlines: dict[str, Deadline] = {}
        self.prepared: dict[str, str] = {}
        self.full: set[str] = set()

    @property
    def idle(self) -> int:
        """Workers without a task."""
        return self.processes - len(self.tasks)

    def idle_at(self, place: str) -> int:
        """All of it, wherever that is."""
        return self.idle if place not in self.full else 0

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """None."""
        return ()

    @property
    def trouble(self) -> str:
        """None."""
        return ""

    def submit(self, key: str, task: object, deadline: Deadline) -> None:
        """Take a task."""
        assert self.idle > 0
        assert key not in self.tasks
        self.tasks[key] = task
        self.deadlines[key] = deadline

    def prepare(self, key: str, task: object, *, next_key: str) -> None:
        """Remember what is to come."""
        assert key in self.tasks
        assert task is not None
        self.prepared[key] = next_key

    def limit(self, key: str, deadline: Deadline) -> None:
        """Remember the limit."""
        assert key in self.tasks
        self.deadlines[key] = deadline

    def cancel(self, key: str) -> None:
        """Nobody asks for this."""
        raise NotImplementedError(key)

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int] = ()) -> list[PoolEvent]:
        """Nobody asks for this."""
        raise NotImplementedError(deadline, wake)

    def descriptors(self) -> Sequence[int]:
        """Nothing to wait for."""
        return ()

    def close(self, grace: Deadline) -> None:
        """Nothing to end."""

    def end(self, key: str) -> object:
        """A worker is done with a task, or dead."""
        return self.tasks.pop(key)
