"""Where this interpreter's own libraries are; known once this is imported.

Told by about a thousand facts that the standard library reads first, which take a megabyte: the process from which
workers are forked does that once for all of them.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Final

#: Folders, some of them perhaps twice.
PYTHON_FOLDERS: Final = (
    str(Path(sys.base_prefix, "lib")),
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
)
