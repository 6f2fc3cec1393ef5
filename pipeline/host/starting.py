"""Starting an interpreter that gets one end of a private socket, and one of a lifeline."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.starting import start_with_ends, take_connection
else:
    from pipeline.host.portable.starting import start_with_ends, take_connection

__all__ = ["start_with_ends", "take_connection"]
