"""Which names results may have in the outbox."""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath

from pipeline.files.atomic import file_to_sha256, open_regular
from pipeline.files.name_rules import NameRules
from pipeline.host.files import LONGEST_PATH
from pipeline.host.held_folder import rename_to_free
from pipeline.kinds import PDF_END, PICTURE_ENDS, original_end, without_end
from pipeline.results.manifest import SCHEMA, ManifestHead, read_head

FAILED_FOLDER, REMOVED_FOLDER = "failed", "removed"
#: Folders of the outbox that Dropleaf itself uses: no subfolder of the inbox is mirrored into them.
OWN_FOLDERS = frozenset({FAILED_FOLDER, REMOVED_FOLDER})
HTML_END, TABLES_END, MANIFEST_END = ".html", ".tables.json", ".json"
REVIEW_END = ".review.json"
#: What originals end with.
ORIGINAL_ENDS = (PDF_END, *PICTURE_ENDS)
WORKBOOK_END, MARKDOWN_END, CSV_END = ".xlsx", ".md", "-tables"
# The schema stands first in a manifest.
_SCHEMA_BYTES = 256
# JSON files that lie beside a manifest and belong to its document.
_PARTS = (TABLES_END, REVIEW_END)
#: What results end with, behind their common stem; all are one document's, whether it has them or not.
ENDS = (HTML_END, MANIFEST_END, *ORIGINAL_ENDS, *_PARTS, WORKBOOK_END, MARKDOWN_END, CSV_END)

#: Of a file system that takes every name.
ANY_NAME = NameRules()
# The longest ending that a stem gets.
_LONGEST_END = "/-9999-tables/page-99999-table-999.csv"
_LEAST_ROOM = 16
_NAME_ROOM = 255 - len("-9999.tables.json")
_CHANGED_ROOM = 255 - len(" (changed 9999).json")
# Where a file system refuses a name, or the path is too long, the name is made of these letters, and no longer.
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_PLAIN_LETTERS = 60
# Results that a user has removed leave gaps between the numbers; gaps of up to so many numbers are skipped.
_GAPS = 8


def is_part_of_another(folder: Path, name: str) -> bool:
    """Whether a JSON file belongs to a manifest beside it; all names of a document are reserved together."""
    return any(name.endswith(end) and os.path.lexists(folder / f"{name.removesuffix(end)}.json") for end in _PARTS)


def is_manifest_name(folder: Path, name: str) -> bool:
    """Whether a file of an outbox is a manifest of ours; it is read only where it has no HTML file beside it."""
    if not name.endswith(MANIFEST_END) or name.startswith(".") or is_part_of_another(folder, name):
        return False
    if os.path.lexists(folder / f"{name.removesuffix(MANIFEST_END)}{HTML_END}"):
        return True
    try:
        with open_regular(folder / name) as file:
            return SCHEMA.encode() in file.read(_SCHEMA_BYTES)
    except OSError:  # it is gone, or a link or a pipe
        return False


def room_for(folder: Path) -> int:
    """Bytes for the stem of results in a folder; fewer where the system limits the length of a path, too."""
    if LONGEST_PATH is None:
        return _NAME_ROOM
    return max(_LEAST_ROOM, min(_NAME_ROOM, LONGEST_PATH - len(str(folder)) - len(_LONGEST_END)))


def stem_to_spellings(stem: str, original: str) -> set[str]:
    """What a user may call a result: with or without its folder, with or without an ending.

    Args:
        stem: Its path with ``/`` between the parts, without an ending.
        original: Name of the file that was dropped.
    """
    ends = ("", HTML_END, MANIFEST_END, original_end(original))
    return {start + end for start in (stem, PurePosixPath(stem).name) for end in ends}


def with_end(stem: Path, end: str) -> Path:
    """The path of one of the results."""
    return stem.with_name(stem.name + end)


def names_of(stem: str, rules: NameRules = ANY_NAME) -> frozenset[str]:
    """All names that a document's results may have, in one spelling each."""
    return frozenset(rules.key(to_one_spelling(stem + end)) for end in ENDS)


def name_to_stem(name: str) -> str:
    """The name of an original without its ending."""
    stem = without_end(name)
    return stem if stem.strip(".") else name  # "." and ".." are no names for files


def name_to_stems(name: str, rules: NameRules = ANY_NAME, *, room: int = _NAME_ROOM) -> Iterator[str]:
    """``report``, ``report-2``, ``report-3`` …, each short enough for a file name with its ending.

    Args:
        name: Of the original as it was dropped.
        rules: Of the outbox's file system: what it refuses gets the nearest name.
        room: Bytes for a stem.
    """
    return numbered_stems(rules.fit(_cut(name_to_stem(name), room)))


def name_to_plain_stems(name: str) -> Iterator[str]:
    """The same with letters that every file system accepts."""
    stem = _PLAIN.sub("_", without_end(name))
    return numbered_stems(stem[:_PLAIN_LETTERS].strip("._") or "document")


def mirrored_folders(root: Path, folder: str, rules: NameRules = ANY_NAME) -> list[Path]:
    """The folders for the results of a subfolder of the inbox, the outermost first.

    A part of the path gets another name where a file has that name, or where it is one of the outbox's own folders.

    Args:
        root: The outbox, or its folder of failed documents.
        folder: Relative to the inbox.
        rules: Of the outbox's file system.
    """
    paths: list[Path] = []
    for depth, part in enumerate(PurePosixPath(folder).parts):
        names = (each for each in numbered_stems(rules.fit(part)) if depth or each.casefold() not in OWN_FOLDERS)
        found = ((paths[-1] if paths else root) / each for each in names)
        paths.append(next(path for path in found if _may_mirror(path)))
    return paths


def _may_mirror(path: Path) -> bool:
    """Whether results of a subfolder may go there: no file lies there, and no document keeps its tables there."""
    if path.name.endswith(CSV_END) and os.path.lexists(path.with_name(path.name.removesuffix(CSV_END) + MANIFEST_END)):
        return False
    return not os.path.lexists(path) or path.is_dir()


def is_free(stem: Path) -> bool:
    """Whether none of the names that results with this stem would have is in use."""
    return not any(os.path.lexists(with_end(each, end)) for each in _spellings(stem) for end in ENDS)


def to_one_spelling(name: str) -> str:
    """One form for all names that look the same: an umlaut may be one character, or a letter and its dots.

    Source: Unicode Standard Annex 15, Unicode Normalization Forms.
    """
    return unicodedata.normalize("NFC", name)


def _spellings(stem: Path) -> set[Path]:
    """A stem and those that look the same; some file systems do not distinguish them."""
    if stem.name.isascii():
        return {stem}
    return {stem, *(stem.with_name(unicodedata.normalize(form, stem.name)) for form in ("NFC", "NFD"))}


def is_free_beside(stem: Path, sha256: str, end: str) -> bool:
    """Whether results may be placed beside the original, which is not moved.

    Args:
        stem: Of the results.
        sha256: Of the original.
        end: What its name ends with; a file of this name with other bytes prevents it.
    """
    ends = [each for each in ENDS if each not in ORIGINAL_ENDS]
    if any(os.path.lexists(with_end(each, end)) for each in _spellings(stem) for end in ends):
        return False
    original = with_end(stem, end)
    return not os.path.lexists(original) or has_hash(original, {sha256})


def has_hash(path: Path, hashes: set[str]) -> bool:
    """Whether a regular file's bytes have one of these SHA-256s."""
    try:
        return file_to_sha256(path) in hashes
    except OSError:
        return False


def head_of_results(stem: Path) -> ManifestHead | None:
    """The head of the manifest with this stem; None where there is none, or it is not one of ours."""
    try:
        return read_head(stem.parent, f"{stem.name}.json")
    except OSError:
        return None


def sha256_of_results(stem: Path) -> str | None:
    """The hash of the file whose manifest has this stem; None where :func:`head_of_results` returns None."""
    head = head_of_results(stem)
    return head.document.sha256 if head else None


def is_delivered(outbox: Path, folder: str, name: str, sha256: str, rules: NameRules = ANY_NAME) -> bool:
    """Whether the outbox shows that a file of this name with these bytes was published or rejected before."""
    for root in (outbox, outbox / FAILED_FOLDER):
        base = [root, *mirrored_folders(root, folder, rules)][-1]
        gaps = 0
        for stem in name_to_stems(name, rules, room=room_for(base)):
            if is_free(base / stem):
                gaps += 1
                if gaps > _GAPS:
                    break
            elif sha256_of_results(base / stem) == sha256:
                return True
    return False


def set_aside(path: Path) -> Path:
    """Rename a file that somebody has changed, so that it is kept beside the new one.

    Returns:
        Its new path, for example ``report (changed).pdf``.

    Raises:
        OSError: It cannot be renamed.
    """
    stem = _cut(path.stem, _CHANGED_ROOM)
    for number in count(1):
        target = path.with_name(f"{stem} (changed{f' {number}' if number > 1 else ''}){path.suffix}")
        with suppress(FileExistsError):
            rename_to_free(path, target)
            return target
    raise AssertionError  # the generator of names never ends


def _cut(text: str, room: int) -> str:
    while len(os.fsencode(text)) > room:
        text = text[:-1]
    return text


def numbered_stems(stem: str) -> Iterator[str]:
    """``stem``, ``stem-2``, ``stem-3`` and so on."""
    yield stem
    for number in count(2):
        yield f"{stem}-{number}"
