"""The C library's allocator."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.memory import give_back_large_blocks, use_one_heap
else:
    from pipeline.host.portable.memory import give_back_large_blocks, use_one_heap

__all__ = ["give_back_large_blocks", "use_one_heap"]
