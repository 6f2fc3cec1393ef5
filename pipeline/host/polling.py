"""Waiting for one of many descriptors."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.polling import wait_for_any
else:
    from pipeline.host.portable.polling import wait_for_any

__all__ = ["wait_for_any"]
