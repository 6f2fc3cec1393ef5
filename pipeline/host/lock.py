"""A lock on an open file, which is released when its process ends in any way."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.lock import (
        is_taken,
        open_lock_file,
        take,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.lock import (
        is_taken,
        open_lock_file,
        take,
    )
else:
    from pipeline.host.portable.lock import (
        is_taken,
        open_lock_file,
        take,
    )

__all__ = ["is_taken", "open_lock_file", "take"]
