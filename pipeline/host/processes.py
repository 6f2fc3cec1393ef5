"""Processes and threads, as the operating system names, limits, watches and ends them."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.processes import (
        KILLED,
        WatchedProcess,
        collect_exit_code,
        end_process_group,
        find_guards,
        guard_process_group,
        ignore_signals_of_the_parent,
        kill_process_group,
        lead_process_group,
        limit_resources,
        name_thread,
        watch_child,
        watch_process,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.processes import (
        KILLED,
        WatchedProcess,
        collect_exit_code,
        end_process_group,
        find_guards,
        guard_process_group,
        ignore_signals_of_the_parent,
        kill_process_group,
        lead_process_group,
        limit_resources,
        name_thread,
        watch_child,
        watch_process,
    )
else:
    from pipeline.host.portable.processes import (
        KILLED,
        WatchedProcess,
        collect_exit_code,
        end_process_group,
        find_guards,
        guard_process_group,
        ignore_signals_of_the_parent,
        kill_process_group,
        lead_process_group,
        limit_resources,
        name_thread,
        watch_child,
        watch_process,
    )

__all__ = [
    "KILLED",
    "WatchedProcess",
    "collect_exit_code",
    "end_process_group",
    "find_guards",
    "guard_process_group",
    "ignore_signals_of_the_parent",
    "kill_process_group",
    "lead_process_group",
    "limit_resources",
    "name_thread",
    "watch_child",
    "watch_process",
]
