"""Events for changes in folders, through watchdog."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.folder_events import new_observer, read_limits
else:
    from pipeline.host.portable.folder_events import new_observer, read_limits

__all__ = ["new_observer", "read_limits"]
