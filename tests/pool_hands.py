"""What the tests and benchmarks of the pool do again and again."""

import time
from collections.abc import Callable

import psutil
from pool_tasks import ANSWER_CODEC, TASK_CODEC, Task

from pipeline.deadline import Deadline
from pipeline.host.forking import HAS_FORK_SERVER
from pipeline.pool.interface import Done, PoolEvent, PoolSettings, Progress, StartMethod
from pipeline.pool.member import State
from pipeline.pool.pool import WorkerPool

#: Nothing below takes a tenth of this on an idle machine.
PATIENCE_S = 90.0

OpenPool = Callable[[PoolSettings], WorkerPool]


def settings_of(  # noqa: PLR0913 — one place for what tests vary
    processes: int = 3,
    start_method: StartMethod = StartMethod.FORKSERVER if HAS_FORK_SERVER else StartMethod.SPAWN,
    *,
    handler: str = "pool_tasks:make_acrobat",
    renew_after: int = 1000,
    memory_mib: int | None = None,
    result_mib: int = 8,
    start_s: float = PATIENCE_S,
    spares: int = 0,
) -> PoolSettings:
    return PoolSettings(
        processes=processes,
        handler=handler,
        tasks=TASK_CODEC,
        answers=ANSWER_CODEC,
        renew_after=renew_after,
        memory_mib=memory_mib,
        result_mib=result_mib,
        start_method=start_method,
        start_s=start_s,
        spares=spares,
        initialise="pool_tasks:initialise",
    )


def pids_of(pool: WorkerPool) -> tuple[int, ...]:
    """Process ids of the workers that are ready, idle or not."""
    members = pool._staff.members  # noqa: SLF001 — nobody but a test kills workers behind the pool's back
    return tuple(member.pid for member in members if member.state is State.READY and member.pid is not None)


def worker_of(pool: WorkerPool, key: str) -> int | None:
    """Process id of the worker that has the task."""
    member = pool._find(key)  # noqa: SLF001 — as above
    return None if member is None else member.pid


def until_idle(pool: WorkerPool, count: int) -> None:
    patience = Deadline.after(PATIENCE_S)
    while pool.idle < count:
        assert not pool.wait(patience)
        assert not patience.expired


def until_replaced(pool: WorkerPool, pid: int) -> None:
    """Wait until the pool has noticed a death and has as many workers as before."""
    patience = Deadline.after(PATIENCE_S)
    count = len(pids_of(pool))
    while pid in pids_of(pool) or len(pids_of(pool)) < count:
        assert not pool.wait(Deadline.after(0.02))
        assert not patience.expired


def run_all(pool: WorkerPool, tasks: dict[str, Task], limit_s: float = PATIENCE_S) -> dict[str, PoolEvent]:
    """Submit as fast as the pool takes; the event that ends each task."""
    patience = Deadline.after(PATIENCE_S)
    waiting = list(tasks)
    ended: dict[str, PoolEvent] = {}
    while len(ended) < len(tasks):
        while waiting and pool.idle:
            key = waiting.pop(0)
            pool.submit(key, tasks[key], Deadline.after(limit_s))
        for event in pool.wait(patience):
            if not isinstance(event, Progress):
                assert event.key not in ended
                ended[event.key] = event
        assert not patience.expired
    return ended


def run_one(pool: WorkerPool, name: str, argument: object = None, limit_s: float = PATIENCE_S) -> PoolEvent:
    return run_all(pool, {name: Task(name, argument)}, limit_s)[name]


def next_events(pool: WorkerPool) -> list[PoolEvent]:
    patience = Deadline.after(PATIENCE_S)
    events: list[PoolEvent] = []
    while not events:
        events = pool.wait(patience)
        assert not patience.expired
    return events


def start(pool: WorkerPool, key: str, name: str, argument: object = None) -> int:
    """Submit, and wait until it runs; the worker's pid."""
    until_idle(pool, 1)
    pool.submit(key, Task(name, argument, announce=True), Deadline.after(PATIENCE_S))
    (event,) = next_events(pool)
    assert isinstance(event, Progress)
    assert event.value == worker_of(pool, key)
    return int(str(event.value))


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_deaths(pids: list[int]) -> list[int]:
    """The pids that are still alive when there is no more patience."""
    patience = Deadline.after(PATIENCE_S)
    while any(is_alive(pid) for pid in pids) and not patience.expired:
        time.sleep(0.005)
    return [pid for pid in pids if is_alive(pid)]


def fork_server_of(pool: WorkerPool) -> int:
    return psutil.Process(pids_of(pool)[0]).ppid()


def innocents(count: int) -> dict[str, Task]:
    return {f"innocent {number}": Task("echo", number) for number in range(count)}


def assert_done(events: dict[str, PoolEvent], tasks: dict[str, Task]) -> None:
    expected = {key: Done(key=key, value=task.argument) for key, task in tasks.items()}
    assert events == expected, [event for key, event in events.items() if event != expected.get(key)]
