"""Results: published whole or not at all, never over a stranger's file."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import Document, OriginalAction
from pipeline.errors import PublishError
from pipeline.files.atomic import link_whole, write_whole
from pipeline.files.json_values import value_to_json
from pipeline.host.files import sync_folder
from pipeline.results.journal import ChosenName, Journal, read_chosen_name
from pipeline.results.manifest import Manifest, manifest_to_bytes, read_head
from pipeline.results.state_folder import WorkFolder

FAILED_FOLDER = "failed"

# The longest ending that a stem gets: "-9999.html".
_NAME_ROOM = 255 - len("-9999.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is to be published.

    Attributes:
        document: What was dropped.
        html: Pieces of the HTML file; None for a failed document.
        manifest: From the HTML's SHA-256 (None for a failed document) and the seconds that publishing took so far.
        originals: What becomes of the PDF; that of a failed document is always kept.
    """

    document: Document
    html: Iterable[bytes] | None
    manifest: Callable[[str | None, float], Manifest]
    originals: OriginalAction


class Outbox:
    """Where results go.  One caller at a time."""

    def __init__(self, root: Path, journal: Journal) -> None:
        self.root = root
        self._journal = journal
        # Names that interrupted publications have chosen: nobody else may have them meanwhile.
        self._reserved = {stem: ident for ident, stem in journal.chosen_names().items()}

    def publish(self, publication: Publication) -> Path:
        """Publish a document and discard its work folder; may be called again after any interruption.

        The order makes a visible manifest the proof of completeness: an older manifest goes first, then come the
        HTML and the original, and the new manifest comes last.

        Returns:
            The manifest's path.

        Raises:
            PublishError: Something cannot be written; nothing is lost, and calling again goes on.
        """
        began = time.monotonic()
        document = publication.document
        home = self._journal.folder.document(document.ident)
        try:
            home.root.mkdir(exist_ok=True)
            stem = self._choose_stem(document, home, failed=publication.html is None)
            manifest = stem.with_name(f"{stem.name}.json")
            _unlink_synced(manifest)
            digest = None if publication.html is None else self._write_html(publication.html, stem, home.root)
            self._place_original(publication, home.original, stem.with_name(f"{stem.name}.pdf"))
            told = publication.manifest(digest, time.monotonic() - began)
            write_whole(manifest, [manifest_to_bytes(told)], aside=home.root)
        except OSError as error:
            raise PublishError(
                f"{document.name} cannot be published: {error.filename or home.root}: {error.strerror or error}"
            ) from error
        self._journal.discard(document)
        self._reserved = {stem: ident for stem, ident in self._reserved.items() if ident != document.ident}
        return manifest

    def _choose_stem(self, document: Document, home: WorkFolder, *, failed: bool) -> Path:
        """The path without its ending; chosen once, and written down before anything is published under it."""
        chosen = read_chosen_name(home)
        if chosen is not None and chosen.failed is failed:
            return self.root / chosen.stem
        folder = Path(FAILED_FOLDER if failed else ".", document.folder)
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        stem = next(str(folder / name) for name in _names(document.name) if self._is_for(document, folder / name))
        self._reserved[stem] = document.ident
        write_whole(home.publication, [value_to_json(ChosenName(stem=stem, failed=failed))])
        return self.root / stem

    def _is_for(self, document: Document, stem: Path) -> bool:
        """Whether results may go there: the name is free, or has this document's own older results."""
        if self._reserved.get(str(stem), document.ident) != document.ident:
            return False
        return is_free(self.root / stem) or sha256_of_results(self.root / stem) == document.sha256

    @staticmethod
    def _write_html(pieces: Iterable[bytes], stem: Path, home: Path) -> str:
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for piece in pieces:
                digest.update(piece)
                yield piece

        write_whole(stem.with_name(f"{stem.name}.html"), hashed(), aside=home)
        return digest.hexdigest()

    @staticmethod
    def _place_original(publication: Publication, original: Path, target: Path) -> None:
        # It stays in the work folder until that is discarded, so that an interrupted publication can begin anew.
        if publication.html is None or publication.originals is OriginalAction.MOVE:
            if original.exists():  # else somebody has removed it, and there is nothing to wait for
                link_whole(original, target)
        elif publication.originals is OriginalAction.DELETE:
            _unlink_synced(target)


def is_free(stem: Path) -> bool:
    """Whether nothing lies under any of the names that results with this stem would have."""
    return not any(os.path.lexists(stem.with_name(stem.name + end)) for end in (".json", ".html", ".pdf"))


def sha256_of_results(stem: Path) -> str | None:
    """The hash of the PDF whose manifest has this stem; None where there is none, or it is not one of ours."""
    try:
        head = read_head(stem.parent, f"{stem.name}.json")
    except OSError:
        return None
    return head.document.sha256 if head else None


def is_delivered(root: Path, folder: str, name: str, sha256: str) -> bool:
    """Whether a file of this name with these bytes has been published or rejected before."""
    for base in (root / folder, root / FAILED_FOLDER / folder):
        for stem in _names(name):
            if is_free(base / stem):
                break
            if sha256_of_results(base / stem) == sha256:
                return True
    return False


def _names(name: str) -> Iterator[str]:
    """``report``, ``report-2``, ``report-3`` …, each short enough for a file name with its ending."""
    stem = name[:-4] if name.lower().endswith(".pdf") else name
    if not stem.strip("."):
        stem = name  # "." and ".." are folders
    while len(os.fsencode(stem)) > _NAME_ROOM:
        stem = stem[:-1]
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _unlink_synced(path: Path) -> None:
    if os.path.lexists(path):
        path.unlink()
        sync_folder(path.parent)
