"""The tests in ``sides`` are run by Windows' Python alone: ``make windows``."""

import sys

collect_ignore = [] if sys.platform == "win32" else ["sides"]
