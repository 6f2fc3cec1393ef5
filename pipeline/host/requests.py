"""Asks a daemon to stop or to reload its settings: by a signal, on Windows by a named event."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.requests import Request, listen, send_request
else:
    from pipeline.host.portable.requests import Request, listen, send_request

__all__ = ["Request", "listen", "send_request"]
