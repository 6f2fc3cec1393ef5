"""Links from annotations, as pdfminer.six gives them."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.psparser import PSLiteral

from pipeline.extraction.geometry import PageFrame
from pipeline.extraction.model import Link
from pipeline.extraction.readers.links import address_to_target, page_to_target

_MAX_LINKS = 5_000
_CORNERS = 4


class PageLinks:
    """Finds the links of pages, and the targets of outline entries.

    Args:
        document: The open document.
        pages: Its pages, as far as known; links to later pages are left out.
    """

    def __init__(self, document: PDFDocument, pages: Sequence[PDFPage]) -> None:
        self._document = document
        self._pages = pages

    def page_to_links(self, page: PDFPage, frame: PageFrame) -> tuple[Link, ...]:
        """The links of one page that lead to the web, to a mailbox or to another page of the file.

        Args:
            page: Of the document.
            frame: How it is shown.
        """
        annotations = resolve1(page.annots)
        if not isinstance(annotations, list):
            return ()
        return tuple(self._annotations_to_links(annotations[:_MAX_LINKS], frame))

    def _annotations_to_links(self, annotations: Sequence[object], frame: PageFrame) -> Iterator[Link]:
        for item in annotations:
            annotation = resolve1(item)
            if not isinstance(annotation, dict) or _name(annotation.get("Subtype")) != "Link":
                continue
            corners = resolve1(annotation.get("Rect"))
            target = self._annotation_to_target(annotation)
            if target is None or not isinstance(corners, list) or len(corners) != _CORNERS:
                continue
            numbers = [value for value in map(resolve1, corners) if isinstance(value, int | float)]
            if len(numbers) == _CORNERS:
                yield Link(box=frame.matrix.box(numbers[0], numbers[1], numbers[2], numbers[3]), target=target)

    def entry_to_page(self, entry: dict[str, object]) -> int | None:
        """The page, from 1, that an outline entry leads to; None for none.

        Args:
            entry: An entry with a destination or an action.
        """
        action = resolve1(entry.get("A"))
        wanted = entry.get("Dest") or (action.get("D") if isinstance(action, dict) else None)
        index = self._destination_to_index(wanted)
        return None if index is None else index + 1

    def _annotation_to_target(self, annotation: dict[str, object]) -> str | None:
        if "Dest" in annotation:
            return self._destination_to_target(annotation["Dest"])
        action = resolve1(annotation.get("A"))
        if not isinstance(action, dict):
            return None
        if _name(action.get("S")) == "GoTo":
            return self._destination_to_target(action.get("D"))
        address = resolve1(action.get("URI"))
        return address_to_target(address.decode("utf-8", "replace")) if isinstance(address, bytes) else None

    def _destination_to_target(self, destination: object) -> str | None:
        index = self._destination_to_index(destination)
        return None if index is None else page_to_target(index)

    @cached_property
    def _indexes(self) -> dict[object, int]:
        return {page.pageid: index for index, page in enumerate(self._pages)}

    def _destination_to_index(self, destination: object) -> int | None:
        found = resolve1(destination)
        if isinstance(found, bytes | PSLiteral):
            found = self._name_to_destination(found)
        if isinstance(found, dict):
            found = resolve1(found.get("D"))
        if not isinstance(found, list) or not found:
            return None
        return self._indexes.get(found[0].objid) if isinstance(found[0], PDFObjRef) else None

    def _name_to_destination(self, name: bytes | PSLiteral) -> object:
        key = name.name if isinstance(name, PSLiteral) else name
        try:
            return resolve1(self._document.get_dest(key))
        except Exception:  # noqa: BLE001 — an invalid target can fail in many ways, and must cost only its link
            return None


def _name(value: object) -> str:
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""
