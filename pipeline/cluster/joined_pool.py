"""One pool over this machine's workers and all hosts."""

from collections.abc import Mapping, Sequence
from typing import cast

from pipeline.cluster.host import Host
from pipeline.cluster.host_task import HostTask, needs_core
from pipeline.cluster.hosts import Hosts
from pipeline.cluster.messages import Lane
from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.pool.interface import LOCAL, HasFileno, HostFacts, Pool, PoolEvent, Progress
from pipeline.worker.tasks import PageTask

# What it counts that a document is there already, as a share of the slots.
_AT_HAND = 0.1


class OwnCores:
    """This machine's processors, and the tasks of all its pools that need one."""

    def __init__(self, count: int) -> None:
        self._count = max(1, count)
        self._keys: set[str] = set()

    @property
    def share(self) -> float:
        """That is free."""
        return max(0, self._count - len(self._keys)) / self._count

    def begin(self, key: str, task: HostTask) -> None:
        """Note that a task is done here."""
        if needs_core(task):
            self._keys.add(key)

    def take(self, events: Sequence[PoolEvent]) -> None:
        """Note what has ended."""
        self._keys.difference_update(each.key for each in events if not isinstance(each, Progress))


class JoinedPool:
    """A :class:`pipeline.pool.interface.Pool`: what comes in goes to where there is most room, or where it belongs."""

    def __init__(
        self, hosts: Hosts, lane: Lane, *, local: Pool | None, slots: int, cores: OwnCores, places: Mapping[str, str]
    ) -> None:
        """Prepare.

        Args:
            hosts: All of them.
            lane: Of the tasks.
            local: The workers of this machine; None where it has none.
            slots: How many of these take what hosts can do; 0 where they are there only for what stays on this machine.
            cores: Of this machine.
            places: Where the pages of a model server are drawn, by its address.
        """
        self._hosts = hosts
        self._lane = lane
        self._local = local
        self._slots = slots
        self._cores = cores
        self._places = places

    @property
    def idle(self) -> int:
        """As in :class:`pipeline.pool.interface.Pool`."""
        there = sum(host.free(self._lane) for host in self._hosts.usable(self._lane))
        return there + (self._local_idle if self._slots else 0)

    @property
    def _local_idle(self) -> int:
        return self._local.idle if self._local is not None else 0

    def idle_at(self, place: str) -> int:
        """As there; a host that is not there does not hold up its server's pages: they are drawn anywhere."""
        if place == LOCAL:
            return self._local_idle
        hosts = self._hosts.at(place)
        return sum(host.free(self._lane) for host in hosts) if hosts else self.idle

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """As in :class:`pipeline.pool.interface.Pool`."""
        return self._hosts.facts

    @property
    def trouble(self) -> str:
        """As in :class:`pipeline.pool.interface.Pool`."""
        return self._hosts.trouble

    def submit(self, key: str, task: object, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        if self._hosts.has(key):
            raise ValueError(f"the task {key!r} is in work already")
        host = self._choose(key, cast("HostTask", task))
        if host is not None:
            self._hosts.submit(host, self._lane, key, cast("HostTask", task), deadline)
        elif self._local is not None and (self._slots or not cast("HostTask", task).sha256):
            self._local.submit(key, task, deadline)
            self._cores.begin(key, cast("HostTask", task))
        else:
            raise PoolError("no worker is idle")

    def _choose(self, key: str, task: HostTask) -> Host | None:
        """The host for a task; None for this machine."""
        target = task.target if isinstance(task, PageTask) else None
        place = self._places.get(target.url) if target is not None else None
        if place == LOCAL or not task.sha256:
            return None
        hinted = self._hosts.hinted_host(key, self._lane)
        if place is not None and (named := self._hosts.at(place)):
            hosts = [host for host in named if host.free(self._lane)]
        else:
            hosts = list(self._hosts.usable(self._lane))
            if self._slots and self._local_idle and hinted is None:
                here = (self._cores.share if needs_core(task) else self._local_idle / self._slots) + _AT_HAND
                hosts = [host for host in hosts if self._share(host, task) > here]
        if hinted in hosts:
            return hinted
        return max(hosts, key=lambda host: self._share(host, task), default=None)

    def _share(self, host: Host, task: HostTask) -> float:
        """The share of it that is free; a little more where it has the document."""
        return host.share(self._lane, task) + (_AT_HAND if task.sha256 in host.documents else 0.0)

    def prepare(self, key: str, task: object, *, next_key: str) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        if self._hosts.has(key):
            self._hosts.prepare(key, cast("HostTask", task), next_key=next_key)
        elif self._local is not None:
            self._local.prepare(key, task, next_key=next_key)

    def limit(self, key: str, deadline: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        if self._hosts.has(key):
            self._hosts.limit(key, deadline)
        elif self._local is not None:
            self._local.limit(key, deadline)

    def cancel(self, key: str) -> None:
        """As in :class:`pipeline.pool.interface.Pool`."""
        if self._hosts.has(key):
            self._hosts.cancel(key)
        elif self._local is not None:
            self._local.cancel(key)

    def wait(self, deadline: Deadline, wake: Sequence[HasFileno | int] = ()) -> list[PoolEvent]:
        """As in :class:`pipeline.pool.interface.Pool`."""
        self._hosts.flush()
        if waiting := self._hosts.events(self._lane):
            return waiting
        if self._local is None:
            self._hosts.look(deadline, wake)
            return self._hosts.events(self._lane)
        events: list[PoolEvent] = []
        failure: PoolError | None = None
        try:
            events += self._local.wait(deadline, [*wake, *self._hosts.descriptors()])
            self._cores.take(events)
        except PoolError as error:
            failure = error
        self._hosts.look(Deadline.after(0), ())
        events += self._hosts.events(self._lane)
        if failure is not None and not events:
            raise failure
        return events

    def descriptors(self) -> list[int]:
        """As in :class:`pipeline.pool.interface.Pool`."""
        return [*self._hosts.descriptors(), *(self._local.descriptors() if self._local is not None else ())]

    def close(self, grace: Deadline) -> None:
        """As in :class:`pipeline.pool.interface.Pool`; the hosts are closed by who has made them."""
        if self._local is not None:
            self._local.close(grace)
