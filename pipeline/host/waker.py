"""A descriptor by which one thread wakes another that waits in a poll."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.waker import Waker
else:
    from pipeline.host.portable.waker import Waker

__all__ = ["Waker"]
