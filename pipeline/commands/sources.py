"""The files that ``convert`` gets: given files, and the files in given folders."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.commands.convert import regular_file
from pipeline.errors import UsageError, os_error_to_words
from pipeline.inbox.candidates import list_below
from pipeline.inbox.file_names import is_candidate
from pipeline.kinds import ALL_KINDS, Kind

_MARK = b"%PDF-"
# Readers accept a PDF whose header is within its first kilobyte (Adobe's implementation note 13).
_MARK_WITHIN = 1024


def paths_to_files(paths: Sequence[Path], kinds: Collection[Kind] = ALL_KINDS, *, recursive: bool) -> list[Path]:
    """Every file to be converted.

    Args:
        paths: Files and folders.
        kinds: Of the files that are taken from folders; a picture that is named itself is always taken.
        recursive: Whether to search folders within a folder, too.

    Raises:
        UsageError: A path does not exist, a file is neither a PDF nor a picture, or a folder has none.
    """
    return [file for path in paths for file in _path_to_files(path, kinds, recursive=recursive)]


def _path_to_files(path: Path, kinds: Collection[Kind], *, recursive: bool) -> Iterable[Path]:
    if path.is_dir():
        found = sorted(_files_in(path, kinds, recursive=recursive))
        if not found:
            deeper = "" if recursive else " Say -r to look into the folders in it, too."
            raise UsageError(f"{path}: there is no {_kinds_to_words(kinds)} in this folder.{deeper}")
        return found
    if not is_candidate(path.name, ALL_KINDS) and not _begins_like_a_pdf(path):
        raise UsageError(f"{path}: is neither a PDF nor a picture")
    return [path]


def _files_in(folder: Path, kinds: Collection[Kind], *, recursive: bool) -> Iterator[Path]:
    if recursive:
        yield from list_below(folder, kinds).files
        return
    try:
        yield from (path for path in folder.iterdir() if is_candidate(path.name, kinds) and path.is_file())
    except OSError as error:
        raise UsageError(f"{folder}: {os_error_to_words(error)}") from None


def _kinds_to_words(kinds: Collection[Kind]) -> str:
    words = {Kind.PDF: "PDF", Kind.IMAGES: "picture"}
    return " and no ".join(words[kind] for kind in Kind if kind in kinds)


def _begins_like_a_pdf(path: Path) -> bool:
    try:
        with regular_file(path).open("rb") as file:
            return _MARK in file.read(_MARK_WITHIN)
    except OSError as error:
        raise UsageError(f"{path}: {os_error_to_words(error)}") from None
