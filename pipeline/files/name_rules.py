"""Which names a file system takes, and as what: Windows, vfat and many network shares refuse or change some.

Source of the rules: Naming Files, Paths, and Namespaces in Microsoft's documentation of Win32.
"""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.host.moving import remove_tree

_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]')
# Devices of Windows, with any ending; the digits may be superscript.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_LONGEST = 255
# One letter that such systems refuse, and that all others take.
_PROBE = "a:b"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """What a file system does with names.

    Attributes:
        as_windows: It refuses, or takes for something else, what Windows does.
        folds_case: ``A.pdf`` and ``a.pdf`` are one file.
    """

    as_windows: bool = False
    folds_case: bool = False

    def fit(self, name: str) -> str:
        """The name, or the nearest one that the file system takes as it is."""
        return to_windows_name(name) if self.as_windows else name

    def key(self, name: str) -> str:
        """The same for all names that the file system does not distinguish by their case."""
        return name.casefold() if self.folds_case else name


def find_rules(folder: Path) -> NameRules:
    """The rules of a folder's file system, found by trying.

    Args:
        folder: Existing; a folder is made in it and removed again. Where that fails, every name is taken.
    """
    place = folder / f"probe-{secrets.token_hex(4)}"
    try:
        place.mkdir()
        with suppress(OSError):
            (place / _PROBE).touch()
        # What is refused is not there; what is taken for a stream of a file is there as that file.
        as_windows = _PROBE not in os.listdir(place)  # noqa: PTH208 — names alone
        (place / "case").touch()
        return NameRules(as_windows=as_windows, folds_case=(place / "CASE").exists())
    except OSError:
        return NameRules()
    finally:
        with suppress(OSError):
            remove_tree(place)


def to_windows_name(name: str) -> str:
    """The name, or the nearest one that is the name of a file everywhere: no device, stream, path or pattern.

    Args:
        name: Of a file or folder; may hold anything, also bytes that were no text.
    """
    kept = _REFUSED.sub("_", name)
    while len(kept.encode("utf-16-le")) > 2 * _LONGEST:
        kept = kept[:-1]
    bare = kept.rstrip(". ")
    kept = bare + "_" * (len(kept) - len(bare))  # Windows drops dots and blanks at the end
    first = kept.partition(".")[0].rstrip(" ")
    return f"_{kept[: _LONGEST - 1]}" if _DEVICE.fullmatch(first) else kept or "_"


def is_windows_name(name: str) -> bool:
    """Whether Windows takes the name as it is: for a file of this name, and nothing else."""
    return to_windows_name(name) == name
