"""A worker like the daemon's, in the same sandbox, for one test of ``dropleaf doctor``.

A server that answers this process may not answer a worker, which may be unable to read a certificate or use a port.
"""

from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.pool.interface import Done, PoolSettings, StartMethod, event_to_loss
from pipeline.pool.pool import WorkerPool
from pipeline.sandbox.policy import Policy, policy_to_text
from pipeline.worker.tasks import ANSWERS, TASKS, TrialResult, TrialTask

_KEY = "trial"
# Seconds for a worker in addition to its task: to start, and to send the result.
_ROOM_S = 30.0


def try_in_worker(task: TrialTask, policy: Policy, *, memory_mib: int) -> TrialResult:
    """Do the task in a new worker; the result also says if that failed.

    Args:
        task: To be done.
        policy: Of the worker's sandbox.
        memory_mib: Limit of its address space.
    """
    pool = WorkerPool(
        PoolSettings(
            processes=1,
            handler="pipeline.worker.worker:create",
            tasks=TASKS,
            answers=ANSWERS,
            memory_mib=memory_mib,
            initialise="pipeline.sandbox.policy:enter",
            initialise_with=(policy_to_text(policy),),
            start_method=StartMethod.SPAWN,
        )
    )
    deadline = Deadline.after(task.timeout_s + _ROOM_S)
    try:
        while not pool.idle and not deadline.expired:
            pool.wait(deadline)
        pool.submit(_KEY, task, deadline)
        while not (events := pool.wait(Deadline.never())):
            pass
    except PoolError as error:
        return TrialResult(problem=f"no worker could be started: {error}")
    finally:
        pool.close(Deadline.after(0))
    event = events[-1]
    if isinstance(event, Done) and isinstance(event.value, TrialResult):
        return event.value
    return TrialResult(problem=f"the worker did not come back: {event_to_loss(event).detail}")
