"""By what a system can confine a process that parses hostile files."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.isolation import ISOLATES_BY
else:
    from pipeline.host.portable.isolation import ISOLATES_BY

__all__ = ["ISOLATES_BY"]
