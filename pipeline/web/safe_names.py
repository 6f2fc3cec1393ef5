"""Makes the names of uploaded files safe."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.files.name_rules import is_windows_name, to_windows_name

# A file name may have 255 bytes, and the inbox, the journal and the outbox make it longer.
_BYTES = 200


def name_to_safe(name: str, *, as_windows: bool = False) -> str:
    """A file name that is safe in every folder: no path, nothing hidden or temporary, no control characters.

    Args:
        name: As a client sent it: it may hold anything.
        as_windows: Also none that Windows refuses or takes for a device, a stream or a path.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and not _is_odd(letter))
    stem = re.sub(r"\.pdf$", "", kept.strip(), flags=re.IGNORECASE).lstrip(".~$ ").strip()
    while len(stem.encode("utf-8", "replace")) > _BYTES:
        stem = stem[:-1]
    safe = f"{stem or 'document'}.pdf"
    return to_windows_name(safe) if as_windows else safe


def name_to_alternatives(name: str) -> Iterator[str]:
    """The name, then ``name-2``, ``name-3`` and so on."""
    yield name
    stem = name.removesuffix(".pdf")
    number = 2
    while True:
        yield f"{stem}-{number}.pdf"
        number += 1


def is_safe_folder(name: str, *, as_windows: bool = False) -> bool:
    """Whether the name of a folder, as a client sent it, can be used as it is; ``as_windows`` as above."""
    shown = all(letter.isprintable() and not _is_odd(letter) for letter in name)
    hidden = name.startswith((".", "~", "@")) or name != name.strip()
    if as_windows and not is_windows_name(name):
        return False
    return shown and not hidden and "\\" not in name and len(name.encode("utf-8", "replace")) <= _BYTES


def _is_odd(letter: str) -> bool:
    """Whether it is half of a surrogate pair, or changes the direction of text, which could hide the real ending."""
    return unicodedata.category(letter) in {"Cs", "Cf", "Co", "Cn", "Cc"}
