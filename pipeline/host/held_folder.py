"""A folder that is held open while files are taken out of it, and renames that replace nothing."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.held_folder import (
        HeldFolder,
        KeptFolder,
        rename_to_free,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.held_folder import (
        HeldFolder,
        KeptFolder,
        rename_to_free,
    )
else:
    from pipeline.host.portable.held_folder import (
        HeldFolder,
        KeptFolder,
        rename_to_free,
    )

__all__ = ["HeldFolder", "KeptFolder", "rename_to_free"]
