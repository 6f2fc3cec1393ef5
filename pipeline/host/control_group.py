"""What limits the memory of a process and of all that it starts, together."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.control_group import read_memory_limit
else:
    from pipeline.host.portable.control_group import read_memory_limit

__all__ = ["read_memory_limit"]
