"""Asking a daemon to end or to read its settings again: by a signal, or where there is none by an event with a name."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.requests import Request, listen, send_request
else:
    from pipeline.host.portable.requests import Request, listen, send_request

__all__ = ["Request", "listen", "send_request"]
