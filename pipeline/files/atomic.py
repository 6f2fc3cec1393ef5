"""File operations that leave either the old state or the new one, even after a crash or a power cut."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from pipeline.errors import StoppedError
from pipeline.files.rights import Rights, facts_to_rights, restrict_rights
from pipeline.host.files import open_unfollowed, sync_folder
from pipeline.host.moving import move, remove

CHUNK = 1 << 20


def write_whole(
    path: Path,
    parts: Iterable[bytes],
    *,
    aside: Path | None = None,
    lasting: bool = True,
    rights: Rights | None = None,
) -> None:
    """Write a file that appears whole or not at all, and survives a power cut.

    Args:
        path: The file's final place; what is there is replaced.
        parts: The content, in order.
        aside: A folder on the same file system for the unfinished file; None for a hidden name beside ``path``.
        lasting: False if a power cut may undo it: then nothing is synced.
        rights: Only those may read the file who may read one with these rights; None for the usual rights.

    Raises:
        OSError: Nothing has changed at ``path``, and nothing unfinished is left.
    """
    temporary = (aside / path.name[:64] if aside else path.with_name(f".{path.name[:200]}")).with_suffix(".tmp")
    try:
        write_draft(temporary, parts, lasting=lasting, rights=rights)
        move(temporary, path)
    except BaseException:
        remove(temporary, missing_ok=True)
        raise
    if lasting:
        sync_folder(path.parent)


def write_draft(path: Path, parts: Iterable[bytes], *, lasting: bool = True, rights: Rights | None = None) -> None:
    """Write a file that is going to be renamed; the arguments are those of :func:`write_whole`.

    Raises:
        OSError: With nothing left at ``path``.
    """
    try:
        with path.open("wb") as file:
            if rights is not None:
                restrict_rights(file.fileno(), rights)
            file.writelines(parts)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
    except BaseException:
        remove(path, missing_ok=True)
        raise


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading that is neither a link nor a pipe, a device or a folder.

    Raises:
        OSError: It is one of these, or cannot be opened.
    """
    handle = open_unfollowed(path)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return os.fdopen(handle, "rb")


def read_regular(path: Path) -> bytes:
    """All bytes of a file, without ever waiting for one that is a pipe.

    Raises:
        OSError: It is no regular file, or cannot be read.
    """
    with open_regular(path) as file:
        return file.read()


def file_to_sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a regular file's bytes.

    Raises:
        OSError: Where the file cannot be read.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_slices(handle: int, stopping: Callable[[], bool] = lambda: False) -> Iterator[bytes]:
    """The bytes of an open file from its beginning, in slices; between two slices it may be stopped.

    Raises:
        StoppedError: We are to stop.
        OSError: It cannot be read.
    """
    os.lseek(handle, 0, os.SEEK_SET)
    while data := os.read(handle, CHUNK):
        yield data
        if stopping():
            raise StoppedError


def copy_hashed(handle: int, target: Path, stopping: Callable[[], bool] = lambda: False) -> str:
    """Copy an open file with its rights, so that ``target`` appears whole or not at all.

    Returns:
        The hexadecimal SHA-256 of what was copied.

    Raises:
        StoppedError: We are to stop; nothing is left at ``target``.
        OSError: With nothing left at ``target``.
    """
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for data in read_slices(handle, stopping):
            digest.update(data)
            yield data

    write_whole(target, hashed(), rights=facts_to_rights(os.fstat(handle)))
    return digest.hexdigest()


def hash_open(handle: int, stopping: Callable[[], bool] = lambda: False) -> str:
    """The hexadecimal SHA-256 of an open file's bytes.

    Raises:
        StoppedError: We are to stop.
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()
    for data in read_slices(handle, stopping):
        digest.update(data)
    return digest.hexdigest()


def copy_whole(source: Path, target: Path) -> None:
    """Copy a regular file with its rights, so that ``target`` appears whole or not at all.

    Raises:
        OSError: With nothing left at ``target``.
    """
    with open_regular(source) as file:
        rights = facts_to_rights(os.fstat(file.fileno()))
        write_whole(target, iter(lambda: file.read(CHUNK), b""), rights=rights)


def link_whole(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system (or its owner) allows no second name.

    Args:
        source: A regular file to which nobody writes any more; temporary files are made in its folder.
        target: An existing file there is replaced.

    Raises:
        OSError: With nothing changed at ``target``.
    """
    second = source.with_suffix(".link")
    remove(second, missing_ok=True)
    try:
        second.hardlink_to(source)
    except OSError:
        copy_whole(source, target)
        return
    move(second, target)
    remove(second, missing_ok=True)  # renaming onto another name of the same file leaves both (rename(2))
    sync_folder(target.parent)
