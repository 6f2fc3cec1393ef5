"""A lock on an open file, which is released when its process ends in any way."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.lock import (
        is_taken,
        take,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.lock import (
        is_taken,
        take,
    )
else:
    from pipeline.host.portable.lock import (
        is_taken,
        take,
    )

__all__ = ["is_taken", "take"]
