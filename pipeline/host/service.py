"""What a service needs from the system: its manager, its signals, its user."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.service import (
        RELOAD_SIGNAL,
        current_user,
        owner_of,
        send_datagram,
    )
else:
    from pipeline.host.portable.service import (
        RELOAD_SIGNAL,
        current_user,
        owner_of,
        send_datagram,
    )

__all__ = ["RELOAD_SIGNAL", "current_user", "owner_of", "send_datagram"]
