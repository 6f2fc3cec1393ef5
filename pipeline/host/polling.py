"""Waiting for one of many descriptors."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.polling import Poll, wait_for_any
else:
    from pipeline.host.portable.polling import Poll, wait_for_any

__all__ = ["Poll", "wait_for_any"]
