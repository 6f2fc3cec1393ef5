"""A daemon that keeps a pool busy with what is hardest to end, and waits to be killed."""

import sys

from pool_hands import pids_of
from pool_tasks import ANSWER_CODEC, TASK_CODEC, Task

from pipeline.deadline import Deadline
from pipeline.pool.interface import PoolSettings, Progress, StartMethod
from pipeline.pool.pool import WorkerPool


def be_daemon(start_method: str) -> None:
    """Print the ids of the workers and of a program that one has started, once all of them are busy."""
    settings = PoolSettings(
        processes=3,
        handler="pool_tasks:make_acrobat",
        tasks=TASK_CODEC,
        answers=ANSWER_CODEC,
        start_method=StartMethod(start_method),
    )
    pool = WorkerPool(settings)
    pids: list[object] = []
    tasks = [Task("hang_in_c", announce=True), Task("hang_deaf", announce=True), Task("child_and_hang")]
    while len(pids) < 3:
        while tasks and pool.idle:
            task = tasks.pop()
            pool.submit(task.name, task, Deadline.never())
        pids += [event.value for event in pool.wait(Deadline.after(1)) if isinstance(event, Progress)]
    sys.stdout.write(" ".join(str(pid) for pid in (*pids, *pids_of(pool))) + "\n")
    sys.stdout.flush()
    pool.wait(Deadline.never())
