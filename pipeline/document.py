"""A document in work, and what is said of it in its results."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from pipeline.choices import Engine, Output
from pipeline.kinds import Kind, name_to_kind
from pipeline.quantities import Count, PageNumber

#: Entries of an outline that are used; longer ones are indexes. And characters of a title.
MOST_ENTRIES, LONGEST_TITLE = 2000, 200


class Outcome(StrEnum):
    """The result of a document."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


#: The warning about a PDF that does not say where its objects are.
MENDED = "repaired: the file's table of objects is broken and was made anew; some of it may be missing"


#: The name of the PDF that is made of a picture, beside the picture.
WRAPPED_NAME = "wrapped.pdf"

#: The warning about a file that begins as a PDF or a picture and has no end.
CUT_OFF = "cut off: the file has no end; some of it may be missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A claimed file: its bytes are in its own work folder and do not change any more.

    Attributes:
        ident: Name of its work folder, unique for ever.
        name: File name as it was dropped.
        folder: Subfolder of the inbox from which it came, ``.`` for the inbox itself; mirrored in the outbox.
        path: Of the claimed file.
        sha256: Hexadecimal, of the file's bytes; empty for a file that is too large to be read.
        size: In bytes.
        claimed_at: Seconds since the epoch.
        only: Numbers of the pages that are wanted, in order; empty for all.
        engine: Chosen for this document; None for the engine of the settings.
        outputs: What is to be made of it besides what the settings say.
        cut_off: Whether the file begins as a PDF or a picture and has no end.
        mended: Whether its table of objects is broken, so that readers make it anew.
        in_place: Whether the file stays where it was dropped, since it is too large to be read or copied; then there is
            none at ``path``.
        late: Whether its pages wait until no other document has any, since nobody has asked for them.
        again: Whether it is a delivered document whose pages are asked again: cancelled, it stays as it was delivered.
        patient: Whether its pages wait while no server can be reached; None for what the settings say.
    """

    ident: str
    name: str
    folder: str
    path: str
    sha256: str
    size: int
    claimed_at: float
    only: tuple[int, ...] = ()
    engine: Engine | None = None
    outputs: tuple[Output, ...] = ()
    cut_off: bool = False
    mended: bool = False
    in_place: bool = False
    late: bool = False
    again: bool = False
    patient: bool | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, of which a PDF is made before it is opened."""
        return name_to_kind(self.name) is Kind.IMAGES

    @property
    def pdf(self) -> Path:
        """Of the PDF that is read: the claimed file, or the one that is made of a picture."""
        original = Path(self.path)
        return original.with_name(WRAPPED_NAME) if self.is_picture else original

    @property
    def pdf_sha256(self) -> str:
        """Hexadecimal, of the bytes of :attr:`pdf`; empty where nobody has read them all."""
        return "" if self.is_picture else self.sha256

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the file."""
        return (*((CUT_OFF,) if self.cut_off else ()), *((MENDED,) if self.mended else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """An entry of a PDF's outline: a title, its level from 1, and the page that it leads to."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    level: Annotated[int, Meta(ge=1, le=6)]
    page: PageNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What was dropped; ``pages`` is 0 where they could not be counted."""

    name: str
    sha256: str
    bytes: Count
    pages: Count


def document_to_facts(document: Document, pages: int) -> DocumentFacts:
    """What results say of what was dropped.

    Args:
        document: In work.
        pages: Of the PDF, 0 where they could not be counted.
    """
    return DocumentFacts(name=document.name, sha256=document.sha256, bytes=document.size, pages=pages)
