"""A real worker, in a sandbox or without one, to try things in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sandbox_tasks import ANSWER_CODEC, TASK_CODEC

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, PoolSettings
from pipeline.pool.pool import WorkerPool
from pipeline.sandbox import landlock
from pipeline.sandbox.policy import Part, Policy, policy_for, policy_to_text, try_out

MACHINE = try_out(policy_for([], readable=[], writable=[]))[1]
needs_landlock = pytest.mark.skipif(Part.LANDLOCK not in MACHINE.parts, reason="the kernel has no Landlock")
needs_seccomp = pytest.mark.skipif(Part.SECCOMP not in MACHINE.parts, reason="no seccomp on this machine")
needs_ports = pytest.mark.skipif(not landlock.refuses_connections(MACHINE.abi), reason="the kernel is older than 6.7")


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A pool of one."""

    pool: WorkerPool

    def attempt(self, name: str, argument: object = "") -> str:
        """How the kernel answers what :mod:`sandbox_tasks` calls by this name: ``done``, or the name of the error."""
        self.pool.submit(name, (name, str(argument)), Deadline.after(90))
        while not (events := self.pool.wait(Deadline.after(90))):
            pass
        [event] = events
        assert isinstance(event, Done), event
        return str(event.value)


@contextmanager
def worker_in(policy: Policy | None) -> Iterator[Worker]:
    """A worker; None for one that nothing keeps in."""
    pool = WorkerPool(
        PoolSettings(
            processes=1,
            handler="sandbox_tasks:create",
            tasks=TASK_CODEC,
            answers=ANSWER_CODEC,
            initialise="pipeline.sandbox.policy:enter" if policy else None,
            initialise_with=(policy_to_text(policy),) if policy else (),
            memory_mib=512,
        )
    )
    while not pool.idle:
        pool.wait(Deadline.after(90))
    yield Worker(pool=pool)
    pool.close(Deadline.after(0))
