"""Results written aside, whole, before they are put in place over nothing that is somebody else's."""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.files.atomic import write_draft
from pipeline.files.rights import Rights, restrict_folder
from pipeline.host.files import sync_folder
from pipeline.host.moving import move, remove, remove_tree
from pipeline.log.log import logger
from pipeline.results.manifest import FileFacts
from pipeline.results.result_files import ResultFile, ResultFolder
from pipeline.results.result_names import ENDS, MANIFEST_END, ORIGINAL_ENDS, has_hash, set_aside, with_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file or folder that is written.

    Attributes:
        path: Where it is now.
        target: Where it belongs.
        files: What the manifest will say of it.
    """

    path: Path
    target: Path
    files: tuple[FileFacts, ...]

    @property
    def hashes(self) -> set[str]:
        """The SHA-256 of each file."""
        return {file.sha256 for file in self.files}


def write_results(
    results: Iterable[ResultFile | ResultFolder], stem: Path, *, aside: Path, rights: Rights | None
) -> list[Draft]:
    """Write results aside; a folder that would be empty is none.

    Args:
        results: What is to be published, in the order in which it is written.
        stem: Of the results, in the outbox.
        aside: A folder on the same file system.
        rights: Nobody else may read it than may read the file with these; None for the usual ones.

    Raises:
        OSError: It cannot be written.
    """
    drafts = (_write_result(result, stem, aside, rights) for result in results)
    return [draft for draft in drafts if draft.files]


def _write_result(result: ResultFile | ResultFolder, stem: Path, aside: Path, rights: Rights | None) -> Draft:
    path, target = aside / f"draft{result.end}", with_end(stem, result.end)
    if isinstance(result, ResultFile):
        return Draft(path=path, target=target, files=(_write(path, target.name, result.pieces(), rights),))
    remove_tree(path)
    path.mkdir()
    if rights is not None:
        restrict_folder(path, _with_search(rights))
    files = [_write(path / name, f"{target.name}/{name}", [data], rights) for name, data in result.files()]
    sync_folder(path)
    return Draft(path=path, target=target, files=tuple(files))


def _with_search(rights: Rights) -> Rights:
    """The rights of a folder whose files have these: whoever may read them may go through it."""
    return replace(rights, mode=rights.mode | (rights.mode & 0o444) >> 2)


def _write(path: Path, name: str, pieces: Iterable[bytes], rights: Rights | None) -> FileFacts:
    digest, size = hashlib.sha256(), 0

    def hashed() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece

    write_draft(path, hashed(), rights=rights)
    return FileFacts(name=name, sha256=digest.hexdigest(), bytes=size)


def place(draft: Draft, hashes: Collection[str]) -> None:
    """Put a draft in its place; what somebody has changed there keeps another name.

    Args:
        draft: Written before; its folder must not be synced yet.
        hashes: Of all files that we have written.

    Raises:
        OSError: It cannot be put there; it is where it was.
    """
    make_room(draft.target, hashes)
    if draft.target.is_dir():  # ours, and a folder is not replaced by renaming
        older = draft.path.with_name(f"older{draft.path.suffix}")
        remove_tree(older)
        move(draft.target, older)
        move(draft.path, draft.target)
        remove_tree(older)
    else:
        move(draft.path, draft.target)


def make_room(path: Path, hashes: Collection[str]) -> None:
    """Give what is to be replaced another name where it is not what we have written."""
    if os.path.lexists(path) and not _is_ours(path, hashes):
        kept = set_aside(path)
        logger().warning("changed_file_kept", file=str(kept), advice="it has been changed since it was delivered")


def remove_older(stem: Path, kept: Collection[Path], hashes: Collection[str]) -> None:
    """Remove results that the new manifest will not name; what somebody has changed stays.

    Args:
        stem: Of the results.
        kept: Paths of the new results.
        hashes: Of all files that we have written.
    """
    for path in (with_end(stem, end) for end in ENDS if end not in {MANIFEST_END, *ORIGINAL_ENDS}):
        if path not in kept and os.path.lexists(path) and _is_ours(path, hashes):
            remove_tree(path) if path.is_dir() else remove(path)


def _is_ours(path: Path, hashes: Collection[str]) -> bool:
    """Whether every file of it has one of these hashes."""
    known = set(hashes)
    if path.is_symlink() or not path.is_dir():
        return has_hash(path, known)
    return all(has_hash(file, known) for file in path.iterdir())
