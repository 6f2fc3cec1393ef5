"""The files that ``convert`` gets: given files, and the files in given folders."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.commands.convert import regular_file
from pipeline.errors import UsageError, os_error_to_words
from pipeline.inbox.candidates import files_below
from pipeline.inbox.file_names import is_candidate

_MARK = b"%PDF-"
# Readers accept a PDF whose header is within its first kilobyte (Adobe's implementation note 13).
_MARK_WITHIN = 1024


def paths_to_files(paths: Sequence[Path], *, recursive: bool) -> list[Path]:
    """Every file to be converted.

    Args:
        paths: Files and folders.
        recursive: Whether to search folders within a folder, too.

    Raises:
        UsageError: A path does not exist, a file is not a PDF, or a folder has no PDF.
    """
    return [file for path in paths for file in _path_to_files(path, recursive=recursive)]


def _path_to_files(path: Path, *, recursive: bool) -> Iterable[Path]:
    if path.is_dir():
        found = sorted(_files_in(path, recursive=recursive))
        if not found:
            deeper = "" if recursive else " Say -r to look into the folders in it, too."
            raise UsageError(f"{path}: there is no PDF in this folder.{deeper}")
        return found
    if not is_candidate(path.name) and not _begins_like_a_pdf(path):
        raise UsageError(f"{path}: is not a PDF")
    return [path]


def _files_in(folder: Path, *, recursive: bool) -> Iterator[Path]:
    if recursive:
        yield from files_below(folder)
        return
    try:
        yield from (path for path in folder.iterdir() if is_candidate(path.name) and path.is_file())
    except OSError as error:
        raise UsageError(f"{folder}: {os_error_to_words(error)}") from None


def _begins_like_a_pdf(path: Path) -> bool:
    try:
        with regular_file(path).open("rb") as file:
            return _MARK in file.read(_MARK_WITHIN)
    except OSError as error:
        raise UsageError(f"{path}: {os_error_to_words(error)}") from None
