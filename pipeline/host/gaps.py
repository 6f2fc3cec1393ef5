"""What a system lacks that Linux has, as sentences for people."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.gaps import GAPS, UNTRIED
elif sys.platform == "win32":
    from pipeline.host.windows.gaps import GAPS, UNTRIED
else:
    from pipeline.host.portable.gaps import GAPS, UNTRIED

__all__ = ["GAPS", "UNTRIED"]
