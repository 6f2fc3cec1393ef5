"""Reads published documents: the manifest, each page's HTML byte for byte, and the place of the original."""

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.document import Outcome
from pipeline.errors import UsageError, os_error_to_words
from pipeline.files.atomic import read_regular
from pipeline.files.confined import open_confined
from pipeline.files.folders import walk_folders
from pipeline.kinds import original_end
from pipeline.markup.table import html_to_tables
from pipeline.outputs.tables_file import PageFacts, read_tables
from pipeline.results.manifest import Manifest, read_manifest
from pipeline.results.page_record import PageRecord
from pipeline.results.result_names import (
    FAILED_FOLDER,
    HTML_END,
    OWN_FOLDERS,
    TABLES_END,
    has_hash,
    is_part_of_another,
    stem_to_spellings,
    with_end,
)
from pipeline.results.shown_html import shown_to_page
from pipeline.table import Table

# Lines of our own template. Text of a model or a PDF cannot contain them, since the sanitiser removes <section>.
_SECTION = re.compile(
    rb'^<section class="page" id="page-(\d+)"[^\n]*>\n'
    rb'(?:<nav class="page"[^\n]*</nav>\n)?'
    rb'(?:<aside class="(?:notice|warning)">[^\n]*</aside>\n)*'
    rb"(.*?)\n</section>$",
    re.DOTALL | re.MULTILINE,
)
_REMEMBERED = 1000

Stamp: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDocument:
    """The results with one name in an outbox.

    Attributes:
        stem: The path without the ending.
    """

    stem: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The name of the original as it was dropped."""
        return self.manifest.document.name

    @property
    def fallback_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that fell back."""
        return tuple(page.number for page in self.manifest.pages if page.fell_back)

    def pages(self) -> Iterator[PageRecord]:
        """Each page: its HTML without the names of its tables, and the tables as they were published.

        Raises:
            UsageError: The HTML file is gone or has been changed.
        """
        path = with_end(self.stem, HTML_END)
        try:
            data = read_regular(path)
        except OSError as error:
            raise UsageError(f"{path}: {os_error_to_words(error)}") from None
        if hashlib.sha256(data).hexdigest() != self.manifest.html_sha256:
            raise UsageError(f"{path}: has been changed; convert the document again")
        found = {int(number): html for number, html in _SECTION.findall(data)}
        facts, tables = self._read_tables()
        for page in self.manifest.pages:
            if page.number not in found:
                raise UsageError(f"{path}: page {page.number} is missing; convert the document again")
            html = shown_to_page(found[page.number].decode("utf-8", "replace"))
            yield PageRecord(
                page=page,
                html=html,
                tables=tables[page.number] if page.number in facts else html_to_tables(html),
                size=facts[page.number].size if page.number in facts else None,
            )

    def _read_tables(self) -> tuple[dict[int, PageFacts], dict[int, tuple[Table, ...]]]:
        """The pages and their tables; none where the file is gone, was changed, or is of a release that wrote none."""
        path = with_end(self.stem, TABLES_END)
        told = {file.sha256 for file in self.manifest.files if file.name == path.name}
        if not has_hash(path, told):
            return {}, {}
        try:
            file = read_tables(path)
        except (OSError, ValueError):
            return {}, {}
        tables: dict[int, tuple[Table, ...]] = {page.number: () for page in file.pages}
        for table in file.tables:
            tables[table.page] = (*tables.get(table.page, ()), table.table)
        return {page.number: page for page in file.pages}, tables


def read_published(manifest: Path) -> PublishedDocument:
    """The published document that belongs to a manifest.

    Raises:
        UsageError: It is not a manifest of ours.
    """
    try:
        found = read_manifest(manifest.parent, manifest.name)
    except OSError as error:
        raise UsageError(f"{manifest}: {os_error_to_words(error)}") from None
    if found is None:
        raise UsageError(f"{manifest}: is not a manifest of Dropleaf")
    return PublishedDocument(stem=manifest.with_suffix(""), manifest=found)


def find_published(outbox: Path) -> Iterator[PublishedDocument]:
    """Every published document in an outbox, without failed and removed ones and other programs' files."""
    return _find_manifests(outbox, skip=OWN_FOLDERS)


def find_failed(outbox: Path) -> Iterator[PublishedDocument]:
    """Every failed document of an outbox; its stem is in the folder of failed ones, and it has no pages."""
    return (each for each in _find_manifests(outbox / FAILED_FOLDER) if each.manifest.outcome is Outcome.FAILED)


def _find_manifests(root: Path, *, skip: Collection[str] = ()) -> Iterator[PublishedDocument]:
    top = str(root)
    listings = walk_folders(
        root, enter=lambda folder, name: not name.startswith(".") and not (name in skip and folder == top)
    )
    manifests = (
        Path(each.folder, name)
        for each in listings
        for name in each.names
        if name.endswith(".json") and not is_part_of_another(Path(each.folder), name)
    )
    for manifest in sorted(manifests):
        if manifest.name.startswith("."):
            continue
        try:
            yield read_published(manifest)
        except UsageError:
            continue


def find_named(outbox: Path, names: Sequence[str]) -> list[PublishedDocument]:
    """The published documents that a user names.

    Args:
        outbox: That has them.
        names: Of results or of originals, with or without ending, with or without folder.

    Raises:
        UsageError: A name is none of a published document.
    """
    published = list(find_published(outbox))
    return [_by_name(published, outbox, name) for name in names]


def is_named(document: PublishedDocument, outbox: Path, name: str) -> bool:
    """Whether a user means this document; the outbox, or its folder of failed documents, has it."""
    stems = (document.stem.relative_to(outbox).as_posix(), document.stem.as_posix())
    return any(Path(name).as_posix() in stem_to_spellings(stem, document.name) for stem in stems)


def _by_name(published: Sequence[PublishedDocument], outbox: Path, name: str) -> PublishedDocument:
    for document in published:
        if is_named(document, outbox, name):
            return document
    raise UsageError(f"{name}: no such document in {outbox}; `dropleaf status` lists them")


class Originals:
    """Finds originals and checks their bytes: a file of the same name may be another one by now."""

    def __init__(self, *, outbox: Path, inbox: Path) -> None:
        """Either folder may be missing."""
        self._outbox = outbox
        self._inbox = inbox
        self._known: OrderedDict[Stamp, str] = OrderedDict()

    def find(self, stem: str, *, name: str, sha256: str) -> Path:
        """The path of an original.

        Args:
            stem: Path of the result in the outbox, without its ending.
            name: Of the file, as it was dropped.
            sha256: The hash that it must have.

        Raises:
            UsageError: It is gone, or another file has its name.
        """
        another, original = False, f"{stem}{original_end(name)}"
        for root, relative in self._candidates(stem, name):
            try:
                same = self._sha256_of(root, relative) == sha256
            except OSError:
                continue
            if same:
                return root / relative
            another = True
        if another:
            raise UsageError(f"{original} is not the file that {stem}.json was made from")
        raise UsageError(f"{original}: the original is gone")

    def _candidates(self, stem: str, name: str) -> Iterator[tuple[Path, str]]:
        yield self._outbox, f"{stem}{original_end(name)}"
        if name == PurePosixPath(name).name:  # a manifest from anywhere may name a path
            yield self._inbox, str(PurePosixPath(stem).parent / name)

    def _sha256_of(self, root: Path, relative: str) -> str:
        with open_confined(root, relative) as file:
            facts = os.fstat(file.fileno())
            stamp = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
            known = self._known.get(stamp)
            if known is None:
                known = hashlib.file_digest(file, "sha256").hexdigest()
                self._known[stamp] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return known
