"""What a service needs from the system: its manager, its signals, its user."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.service import (
        HAS_TASKS,
        PROGRAM_END,
        RELOAD_SIGNAL,
        STOP_SIGNALS,
        current_user,
        default_base,
        owner_of,
        send_datagram,
        settings_folders,
    )
else:
    from pipeline.host.portable.service import (
        HAS_TASKS,
        PROGRAM_END,
        RELOAD_SIGNAL,
        STOP_SIGNALS,
        current_user,
        default_base,
        owner_of,
        send_datagram,
        settings_folders,
    )

__all__ = [
    "HAS_TASKS",
    "PROGRAM_END",
    "RELOAD_SIGNAL",
    "STOP_SIGNALS",
    "current_user",
    "default_base",
    "owner_of",
    "send_datagram",
    "settings_folders",
]
