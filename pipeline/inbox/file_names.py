"""Which names in the inbox are those of documents, which are temporary, and which are of kinds that are not read."""

import re
from collections.abc import Collection

from pipeline.kinds import ALL_KINDS, Kind, name_to_kind

# Temporary names, which programs change when the file is complete: hidden ones, of office programs, downloads, uploads.
_TEMPORARY = re.compile(r"^\.|^~\$|\.(part|tmp|crdownload)$", re.IGNORECASE)
_IGNORED_FOLDERS = frozenset({"@eaDir"})


# Files that systems put into folders by themselves.
_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "icon\r"})


def is_candidate(name: str, kinds: Collection[Kind] = ALL_KINDS) -> bool:
    """Whether a file name is that of a document of one of these kinds, and not a temporary one."""
    return name_to_kind(name) in kinds and not _TEMPORARY.search(name)


def is_left_alone(name: str, kinds: Collection[Kind]) -> bool:
    """Whether a file name is that of a file that somebody may have dropped, and that is not read."""
    return name_to_kind(name) not in kinds and not _TEMPORARY.search(name) and name.lower() not in _OF_SYSTEMS


def is_visible_folder(name: str) -> bool:
    """Whether documents are looked for in a subfolder of this name."""
    return not name.startswith(".") and name not in _IGNORED_FOLDERS
