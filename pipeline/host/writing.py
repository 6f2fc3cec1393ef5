"""Writing to a descriptor without waiting for its reader."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.writing import (
        new_writer,
        wait_for_reader,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.writing import (
        new_writer,
        wait_for_reader,
    )
else:
    from pipeline.host.portable.writing import (
        new_writer,
        wait_for_reader,
    )

__all__ = ["new_writer", "wait_for_reader"]
