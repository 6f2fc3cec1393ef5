"""Which names in the inbox are those of documents, and which are temporary."""

import re

# Temporary names, which programs change when the file is complete: hidden ones, of office programs, downloads, uploads.
_TEMPORARY = re.compile(r"^\.|^~\$|\.(part|tmp|crdownload)$", re.IGNORECASE)
_IGNORED_FOLDERS = frozenset({"@eaDir"})


def is_candidate(name: str) -> bool:
    """Whether a file name is that of a PDF, and not a temporary one."""
    return name.lower().endswith(".pdf") and not _TEMPORARY.search(name)


def is_visible_folder(name: str) -> bool:
    """Whether documents are looked for in a subfolder of this name."""
    return not name.startswith(".") and name not in _IGNORED_FOLDERS
