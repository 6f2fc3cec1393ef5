"""One host as the daemon sees it: what it takes, and which attempts it has."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.cluster.host_task import HostTask, needs_core
from pipeline.cluster.messages import Lane, Presence
from pipeline.deadline import Deadline


@dataclass(slots=True, kw_only=True, eq=False)
class Attempt:
    """A task that a host has.

    Attributes:
        key: Of the task in the pool; None where nobody waits for it any more, but its worker is still being killed.
        limit: Of the task, as long as its host has not reported its end.
        late: When its host is not waited for any more.
    """

    number: int
    key: str | None
    lane: Lane
    task: HostTask
    late: Deadline


@dataclass(slots=True, kw_only=True, eq=False)
class Host:
    """One engagement of a host.

    Attributes:
        silent: Whether nothing was heard of it for long at the last look.  It holds until the next one, so that no host
            falls silent after the daemon has found it idle, and before it gets the page.
        orders: For it, and not sent yet.
        computing: How many of its tasks need a core each.
    """

    boot: str
    name: str
    presence: Presence | None = None
    clock_s: float = 0.0
    heard: float = 0.0
    silent: bool = False
    rest: Deadline = field(default_factory=lambda: Deadline.after(0))
    refusal: str = ""
    attempts: dict[int, Attempt] = field(default_factory=dict)
    counts: Counter[Lane] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    orders: list[bytes] = field(default_factory=list)
    computing: int = 0

    def slots(self, lane: Lane) -> int:
        """Tasks that it takes at once."""
        if self.presence is None:
            return 0
        return self.presence.slots if lane == "pages" else self.presence.pictures

    def free(self, lane: Lane) -> int:
        """How many more tasks it takes now."""
        return max(0, self.slots(lane) - self.counts[lane])

    def share(self, lane: Lane, task: HostTask) -> float:
        """The share of what a task needs that is free: of the cores, or of the slots where it waits for a server."""
        if self.presence is not None and needs_core(task):
            return max(0, self.presence.cores - self.computing) / self.presence.cores
        return self.free(lane) / max(1, self.slots(lane))

    def begin(self, attempt: Attempt) -> None:
        """Note that it has an attempt."""
        self.attempts[attempt.number] = attempt
        self.counts[attempt.lane] += 1
        self.computing += needs_core(attempt.task)
        self.documents.add(attempt.task.sha256)

    def end(self, attempt: Attempt) -> None:
        """Note that it has the attempt no more."""
        del self.attempts[attempt.number]
        self.counts[attempt.lane] -= 1
        self.computing -= needs_core(attempt.task)
