"""Makes the names of uploaded files safe."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.files.name_rules import to_windows_name
from pipeline.kinds import original_end, without_end

# A file name may have 255 bytes, and the inbox, the journal and the outbox make it longer.
_BYTES = 200
# The inbox takes folders in each other, as long as a path is not longer than a system allows.
_FOLDER_BYTES, _DEEPEST = 100, 8


def name_to_safe(name: str, *, as_windows: bool = False) -> str:
    """A file name that is safe in every folder: no path, nothing hidden or temporary, no control characters.

    Args:
        name: As a client sent it: it may hold anything. A name without the ending of a kind gets that of a PDF.
        as_windows: Also none that Windows refuses or takes for a device, a stream or a path.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and not _is_odd(letter))
    end = original_end(kept.strip())
    stem = without_end(kept.strip()).lstrip(".~$ ").strip()
    while len(stem.encode("utf-8", "replace")) > _BYTES:
        stem = stem[:-1]
    safe = f"{stem or 'document'}{end}"
    return to_windows_name(safe) if as_windows else safe


def name_to_alternatives(name: str) -> Iterator[str]:
    """The name, then ``name-2``, ``name-3`` and so on."""
    yield name
    stem, end = without_end(name), original_end(name)
    number = 2
    while True:
        yield f"{stem}-{number}{end}"
        number += 1


def folder_to_safe(folder: str, *, as_windows: bool = False) -> str:
    """The path of a folder below another one, ``.`` for that one itself: nothing hidden, and never above it.

    Args:
        folder: As a client sent it: it may hold anything.
        as_windows: As above.
    """
    parts = (_part_to_safe(part) for part in re.split(r"[/\\]", unicodedata.normalize("NFC", folder)))
    safe = [to_windows_name(part) if as_windows else part for part in parts if part]
    return "/".join(safe[:_DEEPEST]) or "."


def _part_to_safe(part: str) -> str:
    kept = "".join(letter for letter in part if letter.isprintable() and not _is_odd(letter)).lstrip(".~@$ ").strip()
    while len(kept.encode("utf-8", "replace")) > _FOLDER_BYTES:
        kept = kept[:-1]
    return kept.strip()


def _is_odd(letter: str) -> bool:
    """Whether it is half of a surrogate pair, or changes the direction of text, which could hide the real ending."""
    return unicodedata.category(letter) in {"Cs", "Cf", "Co", "Cn", "Cc"}
