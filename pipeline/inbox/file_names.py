"""Names in the inbox: which are those of documents, and which wait for their rename."""

import re

# Names that wait for their rename: hidden, of office programs, of downloads and uploads.
_TEMPORARY = re.compile(r"^\.|^~\$|\.(part|tmp|crdownload)$", re.IGNORECASE)
_IGNORED_FOLDERS = frozenset({"@eaDir"})


def is_candidate(name: str) -> bool:
    """Whether a file name is that of a PDF that somebody has finished naming."""
    return name.lower().endswith(".pdf") and not _TEMPORARY.search(name)


def is_visible_folder(name: str) -> bool:
    """Whether a subfolder of the inbox is looked into."""
    return not name.startswith(".") and name not in _IGNORED_FOLDERS
