"""Hides Linux' side of ``pipeline.host`` from every interpreter that finds this module, workers included.

``make test-portable`` puts this folder in front of the path of modules, where Python looks for a module of this name by
itself.  Each module of Linux' side is then the portable one of the same name.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_file_location
from types import ModuleType

_LINUX, _PORTABLE = "pipeline.host.linux.", "pipeline.host.portable."


class PortableSide(MetaPathFinder):
    """Finds the portable module under the name of Linux' one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As :class:`importlib.abc.MetaPathFinder` says."""
        del path, target
        if not fullname.startswith(_LINUX):
            return None
        portable = find_spec(_PORTABLE + fullname.removeprefix(_LINUX))
        return spec_from_file_location(fullname, portable.origin) if portable and portable.origin else None


sys.meta_path.insert(0, PortableSide())
