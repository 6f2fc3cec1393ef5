"""The outline of a file, by pdfminer.six.

pdfminer.six can read an outline itself, but it does so by recursion: a long outline overflows the stack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.utils import decode_text

#: Gives the page, from 1, that the destination or the action of an entry leads to.
ToPage = Callable[[dict[str, object]], int | None]


@dataclass(frozen=True)
class OutlineItem:
    """An entry of the outline, as :class:`pipeline.extraction.readers.outline.OutlineNode`.

    Attributes:
        reference: The entry in the file: a reference to a dictionary, or anything else.
    """

    reference: object
    to_page: ToPage

    @classmethod
    def first(cls, document: PDFDocument, to_page: ToPage) -> Self:
        """The first entry of a document's outline."""
        root = resolve1(document.catalog.get("Outlines"))
        return cls(root.get("First") if isinstance(root, dict) else None, to_page)

    @cached_property
    def _entry(self) -> dict[str, object]:
        entry = resolve1(self.reference)
        return entry if isinstance(entry, dict) else {}

    @property
    def key(self) -> int | None:
        """The number of the entry's object."""
        return int(self.reference.objid) if isinstance(self.reference, PDFObjRef) and self._entry else None

    def text(self) -> str:
        """The title."""
        title = resolve1(self._entry.get("Title"))
        return decode_text(title) if isinstance(title, bytes) else ""

    def page(self) -> int | None:
        """The page that it leads to."""
        return self.to_page(self._entry)

    def next(self) -> Self:
        """The entry after it on the same level."""
        return type(self)(self._entry.get("Next"), self.to_page)

    def first_child(self) -> Self:
        """The first entry below it."""
        return type(self)(self._entry.get("First"), self.to_page)
