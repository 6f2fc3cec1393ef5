"""The kinds of files that are converted, told by their names: PDFs and pictures."""

from enum import StrEnum
from typing import Final

PDF_END: Final = ".pdf"
#: What the names of pictures end with, in any case.
PICTURE_ENDS: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")


class Kind(StrEnum):
    """A kind of files."""

    PDF = "pdf"
    IMAGES = "images"


#: All kinds.
ALL_KINDS: Final = frozenset(Kind)


def name_to_kind(name: str) -> Kind | None:
    """The kind of a file; None for a file that is not read."""
    lower = name.lower()
    if lower.endswith(PDF_END):
        return Kind.PDF
    return Kind.IMAGES if lower.endswith(PICTURE_ENDS) else None


def without_end(name: str) -> str:
    """The name without the ending of its kind; the whole name where it has none."""
    return name if name_to_kind(name) is None else name[: name.rindex(".")]


def original_end(name: str) -> str:
    """What the name of an original ends with beside its results, in small letters."""
    return name[name.rindex(".") :].lower() if name_to_kind(name) is Kind.IMAGES else PDF_END
