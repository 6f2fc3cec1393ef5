"""Writing to a descriptor without waiting for its reader."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.writing import (
        new_writer,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.writing import (
        new_writer,
    )
else:
    from pipeline.host.portable.writing import (
        new_writer,
    )

__all__ = ["new_writer"]
