"""What differs between systems in opening, keeping and marking files."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.files import (
        HAS_DEVICE_NAMES,
        LONGEST_PATH,
        is_elsewhere,
        is_written_to,
        open_below,
        open_unfollowed,
        pdf_input,
        read_attribute,
        remove_attribute,
        sync_folder,
        take_rights,
        write_attribute,
    )
elif sys.platform == "win32":
    from pipeline.host.windows.files import (
        HAS_DEVICE_NAMES,
        LONGEST_PATH,
        is_elsewhere,
        is_written_to,
        open_below,
        open_unfollowed,
        pdf_input,
        read_attribute,
        remove_attribute,
        sync_folder,
        take_rights,
        write_attribute,
    )
else:
    from pipeline.host.portable.files import (
        HAS_DEVICE_NAMES,
        LONGEST_PATH,
        is_elsewhere,
        is_written_to,
        open_below,
        open_unfollowed,
        pdf_input,
        read_attribute,
        remove_attribute,
        sync_folder,
        take_rights,
        write_attribute,
    )

__all__ = [
    "HAS_DEVICE_NAMES",
    "LONGEST_PATH",
    "is_elsewhere",
    "is_written_to",
    "open_below",
    "open_unfollowed",
    "pdf_input",
    "read_attribute",
    "remove_attribute",
    "sync_folder",
    "take_rights",
    "write_attribute",
]
