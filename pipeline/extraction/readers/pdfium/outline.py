"""The outline of a file, by pdfium."""

import ctypes
from dataclasses import dataclass
from typing import Self

import pypdfium2.raw as pdfium_c


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline, as :class:`pipeline.extraction.readers.outline.OutlineNode`.

    Attributes:
        document: pdfium's handle.
        bookmark: pdfium's handle, a null pointer where there is no entry.
    """

    document: object
    bookmark: object

    @classmethod
    def first(cls, document: object) -> Self:
        """The first entry of a document's outline."""
        return cls(document, pdfium_c.FPDFBookmark_GetFirstChild(document, None))

    @property
    def key(self) -> int | None:
        """The address of pdfium's object."""
        return ctypes.cast(self.bookmark, ctypes.c_void_p).value  # type: ignore[arg-type]  # any pointer

    def text(self) -> str:
        """The title."""
        buffer = ctypes.create_string_buffer(1024)
        length = pdfium_c.FPDFBookmark_GetTitle(self.bookmark, buffer, len(buffer))
        return buffer.raw[: max(0, length - 2)].decode("utf-16-le", "replace") if length <= len(buffer) else ""

    def page(self) -> int | None:
        """The page that it leads to, by a destination or an action."""
        destination = pdfium_c.FPDFBookmark_GetDest(self.document, self.bookmark)
        if not destination:
            action = pdfium_c.FPDFBookmark_GetAction(self.bookmark)
            destination = pdfium_c.FPDFAction_GetDest(self.document, action) if action else None
        if not destination:
            return None
        index = pdfium_c.FPDFDest_GetDestPageIndex(self.document, destination)
        return index + 1 if index >= 0 else None

    def next(self) -> Self:
        """The entry after it on the same level."""
        return type(self)(self.document, pdfium_c.FPDFBookmark_GetNextSibling(self.document, self.bookmark))

    def first_child(self) -> Self:
        """The first entry below it."""
        return type(self)(self.document, pdfium_c.FPDFBookmark_GetFirstChild(self.document, self.bookmark))
