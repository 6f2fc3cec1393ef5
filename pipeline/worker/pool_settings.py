"""The pools of workers, on this machine or another: how many processes, what they may reach, how much memory."""

import os
from pathlib import Path

from pipeline.host.forking import HAS_FORK_SERVER
from pipeline.pool.interface import PoolSettings, StartMethod
from pipeline.sandbox.policy import Policy, policy_for, policy_to_text, try_out
from pipeline.worker.page_handler import HANDLER, PRELOAD
from pipeline.worker.tasks import ANSWERS, TASKS

# What an engine of text recognition asks to be quick: what the processor can do.
_PROCESSOR = (Path("/proc/cpuinfo"), Path("/sys/devices/system/cpu"))


def page_pool(processes: int, sandbox: Policy, *, memory_mib: int, stderr: int | None = None) -> PoolSettings:
    """Of the workers that convert pages.

    Args:
        processes: How many.
        sandbox: What they may reach.
        memory_mib: Limit of the address space of each.
        stderr: Where they write their log; None for this process's stderr.
    """
    return PoolSettings(
        processes=processes,
        handler=HANDLER,
        tasks=TASKS,
        answers=ANSWERS,
        memory_mib=memory_mib,
        preload=PRELOAD,
        initialise="pipeline.sandbox.policy:enter",
        initialise_with=(policy_to_text(sandbox),),
        stderr=stderr,
        spares=0 if HAS_FORK_SERVER else 1,
    )


def recognition_pool(documents: Path, scratch: Path, *, memory_mib: int, stderr: int | None = None) -> PoolSettings:
    """Of the process that holds an engine of text recognition: one, since engines are large, and use all cores.

    Args:
        documents: The folder of the PDFs.
        scratch: Where it writes what it has read.
        memory_mib: Limit of its address space.
        stderr: Where it writes its log; None for this process's stderr.
    """
    readable = [documents, *tessdata_folders(), *_PROCESSOR]
    sandbox, _ = try_out(policy_for([], readable=readable, writable=[scratch]))
    return PoolSettings(
        processes=1,
        handler="pipeline.worker.recogniser:create",
        tasks=TASKS,
        answers=ANSWERS,
        memory_mib=memory_mib,
        initialise="pipeline.worker.recogniser:enter_quietly",
        initialise_with=(policy_to_text(sandbox),),
        start_method=StartMethod.SPAWN,
        stderr=stderr,
    )


def tessdata_folders() -> list[Path]:
    """Where the user keeps language data besides the usual folders."""
    own = os.environ.get("TESSDATA_PREFIX")
    return [Path(own)] if own else []
