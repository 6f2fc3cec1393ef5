"""Processes and threads, as the operating system names, limits, watches and ends them.

On other systems than Linux a process is not limited, and workers cannot be watched: those functions raise an error.
"""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.processes import (
        KILLED,
        collect_exit_code,
        end_process_group,
        find_guards,
        guard_process_group,
        ignore_signals_of_the_parent,
        kill_process,
        kill_process_group,
        lead_process_group,
        limit_resources,
        name_thread,
        open_process,
    )
else:
    from pipeline.host.portable.processes import (
        KILLED,
        collect_exit_code,
        end_process_group,
        find_guards,
        guard_process_group,
        ignore_signals_of_the_parent,
        kill_process,
        kill_process_group,
        lead_process_group,
        limit_resources,
        name_thread,
        open_process,
    )

__all__ = [
    "KILLED",
    "collect_exit_code",
    "end_process_group",
    "find_guards",
    "guard_process_group",
    "ignore_signals_of_the_parent",
    "kill_process",
    "kill_process_group",
    "lead_process_group",
    "limit_resources",
    "name_thread",
    "open_process",
]
