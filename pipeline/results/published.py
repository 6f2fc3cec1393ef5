"""A published document, read back: its manifest, and each page's HTML byte for byte."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import FallbackReason
from pipeline.errors import UsageError
from pipeline.files.confined import open_inside
from pipeline.results.manifest import SCHEMA, JsonObject, entry_to_reason

# Our own template's lines; what a model or a PDF wrote cannot contain them, since no <section> passes the sanitiser.
_SECTION = re.compile(
    rb'^<section class="page" id="page-(\d+)"[^\n]*>\n'
    rb'(?:<aside class="(?:notice|warning)">[^\n]*</aside>\n)*'
    rb"(.*?)\n</section>$",
    re.DOTALL | re.MULTILINE,
)


# The pages come last in a manifest; one with very many fallbacks has a longer head than this, and is read whole.
_PAGES = b'\n "pages": ['
_HEAD_BYTES = 64 * 1024
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDocument:
    """What lies in an outbox under one name.

    Attributes:
        stem: The path without its ending.
        entries: The manifest's pages, in order.
    """

    stem: Path
    name: str
    sha256: str
    entries: tuple[JsonObject, ...]

    @property
    def fallback_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that fell back."""
        usual = {None, FallbackReason.ENGINE_BASIC}
        return tuple(int(str(entry["number"])) for entry in self.entries if entry_to_reason(entry) not in usual)

    def pages(self) -> Iterator[tuple[JsonObject, str]]:
        """Each page's entry and HTML.

        Raises:
            UsageError: The HTML file is gone or has been changed.
        """
        path = self.stem.with_name(f"{self.stem.name}.html")
        try:
            found = {int(number): html for number, html in _SECTION.findall(path.read_bytes())}
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        for entry in self.entries:
            number = int(str(entry["number"]))
            if number not in found:
                raise UsageError(f"{path}: page {number} is missing; convert the document anew")
            yield entry, found[number].decode("utf-8", "replace")


def read_head(root: Path, manifest: str) -> JsonObject | None:
    """A manifest without its pages, which may be thousands; None where it is none of ours.

    Args:
        root: The outbox.
        manifest: Path in it.

    Raises:
        OSError: It cannot be read.
    """
    with open_inside(root, manifest) as file:
        data = file.read(_HEAD_BYTES)
        end = data.find(_PAGES)
        if end >= 0:
            data = data[:end].rstrip().rstrip(b",") + b"}"
        elif len(data) == _HEAD_BYTES and SCHEMA.encode() in data:
            data += file.read(_MOST_BYTES)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) and tree.get("schema") == SCHEMA else None


def read_published(manifest: Path) -> PublishedDocument:
    """What a manifest tells of.

    Raises:
        UsageError: It is not a manifest of ours.
    """
    try:
        tree = json.loads(manifest.read_bytes())
        return PublishedDocument(
            stem=manifest.with_suffix(""),
            name=str(tree["document"]["name"]),
            sha256=str(tree["document"]["sha256"]),
            entries=tuple(tree["pages"]),
        )
    except OSError as error:
        raise UsageError(f"{manifest}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{manifest}: is not a manifest of Dropleaf") from None


def find_published(outbox: Path) -> Iterator[PublishedDocument]:
    """Every document that an outbox holds, failed ones and strangers' files left out."""
    for manifest in sorted(outbox.rglob("*.json")):
        relative = manifest.relative_to(outbox)
        if relative.parts[0] == "failed" or any(part.startswith(".") for part in relative.parts):
            continue
        try:
            yield read_published(manifest)
        except UsageError:
            continue
