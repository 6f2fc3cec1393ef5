"""The C library's allocator."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.memory import give_back_large_blocks
else:
    from pipeline.host.portable.memory import give_back_large_blocks

__all__ = ["give_back_large_blocks"]
