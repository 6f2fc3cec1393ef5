"""File rights: a result may be read only by those who may read the file from which it was made."""

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.host.files import take_rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Owner, group and permission bits."""

    user: int
    group: int
    mode: int


def rights_of(path: Path) -> Rights:
    """The rights of a file or folder.

    Raises:
        OSError: It cannot be looked at.
    """
    return facts_to_rights(path.stat())


def facts_to_rights(facts: os.stat_result) -> Rights:
    """The rights from the result of stat(2)."""
    return Rights(user=facts.st_uid, group=facts.st_gid, mode=stat.S_IMODE(facts.st_mode))


def restrict_folder(folder: Path, rights: Rights) -> None:
    """As :func:`restrict_rights`, for a new folder; its owner keeps all rights in it.

    Raises:
        OSError: It is gone, or its permissions cannot be changed.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        restrict_rights(handle, replace(rights, mode=rights.mode | stat.S_IRWXU))
    finally:
        os.close(handle)


def restrict_rights(handle: int, rights: Rights) -> None:
    """Take from a new file what these rights do not give; owner and group become theirs where we may do that.

    Where the group cannot be set, the file's group gets the rights of everybody.

    Args:
        handle: Of the open file.
        rights: Of the file from which it was made.

    Raises:
        OSError: The permissions cannot be changed.
    """
    take_rights(handle, user=rights.user, group=rights.group, mode=rights.mode)
