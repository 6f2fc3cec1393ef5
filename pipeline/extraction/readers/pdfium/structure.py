"""The headings and tables in the structure of a tagged page, by pdfium."""

import ctypes
from collections.abc import Callable

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.readers.page_tags import PageTags, structure_to_tags
from pipeline.extraction.readers.pdfium.calls import Address, get_kind, get_marked_content, get_object
from pipeline.extraction.readers.structure import MAX_DEPTH, MAX_ELEMENTS, Element, Mark, Structure

_UNIT = 2  # bytes of a UTF-16 unit
_CELLS = frozenset({"TD", "TH"})
#: Of an element with more attributes the rest is not read.
_MAX_ATTRIBUTES = 16
#: pdfium tells of the content of one page only, so pages need no name.
_PAGE = None


def page_to_tags(page: pdfium.PdfPage) -> tuple[PageTags, dict[Address, int]]:
    """The headings and tables of a page in the structure of the file; none where the file is not tagged.

    Args:
        page: Of the open document.

    Returns:
        They, and the number of marked content of each of their text objects.
    """
    # Accepted: this call cannot be ended, and takes long for hundreds of thousands of elements within one (4 s for
    # 100,000); the time and the memory of a worker have limits for that.
    tree = pdfium_c.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return PageTags(), {}
    try:
        structure = _Walk().read(tree)
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)
    tags = structure_to_tags(structure).get(_PAGE, PageTags())
    wanted = tags.numbers()
    return tags, _page_to_owners(page, wanted) if wanted else {}


class _Walk:
    """Reads the tree of one page."""

    def __init__(self) -> None:
        self._left = MAX_ELEMENTS
        self._complete = True

    def read(self, tree: object) -> Structure:
        """All elements within the limits."""
        count = pdfium_c.FPDF_StructTree_CountChildren(tree)
        parts = self._parts(count, lambda index: pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, index), None, 0)
        return Structure(tuple(part for part in parts if isinstance(part, Element)), self._complete)

    def _parts(
        self, count: int, child: Callable[[int], object], parent: object, depth: int
    ) -> list[Element | Mark | None]:
        parts: list[Element | Mark | None] = []
        for index in range(count):
            if self._left <= 0 or depth > MAX_DEPTH:
                self._complete = False
                break
            self._left -= 1
            element = child(index)
            if element:
                parts.append(self._element(element, depth))
                continue
            number = -1 if parent is None else pdfium_c.FPDF_StructElement_GetChildMarkedContentID(parent, index)
            parts.append(Mark(_PAGE, number) if number >= 0 else None)
        return parts

    def _element(self, element: object, depth: int) -> Element:
        kind = _text(pdfium_c.FPDF_StructElement_GetType, element)
        rowspan, colspan = _element_to_spans(element) if kind in _CELLS else (1, 1)
        count = pdfium_c.FPDF_StructElement_CountChildren(element)
        parts = self._parts(
            count, lambda index: pdfium_c.FPDF_StructElement_GetChildAtIndex(element, index), element, depth + 1
        )
        return Element(kind=kind, parts=tuple(parts), rowspan=rowspan, colspan=colspan)


def _element_to_spans(element: object) -> tuple[int, int]:
    """How many rows and columns a cell covers."""
    spans = {b"RowSpan": 1, b"ColSpan": 1}
    number = ctypes.c_float()
    for index in range(min(_MAX_ATTRIBUTES, pdfium_c.FPDF_StructElement_GetAttributeCount(element))):
        attribute = pdfium_c.FPDF_StructElement_GetAttributeAtIndex(element, index)
        for name in spans if attribute else ():
            value = pdfium_c.FPDF_StructElement_Attr_GetValue(attribute, name)
            if value and pdfium_c.FPDF_StructElement_Attr_GetNumberValue(value, number) and number.value >= 1:
                spans[name] = int(min(number.value, MAX_ELEMENTS))
    return spans[b"RowSpan"], spans[b"ColSpan"]


def _page_to_owners(page: pdfium.PdfPage, wanted: set[int]) -> dict[Address, int]:
    """The text objects that are drawn for the wanted numbers of marked content."""
    owners: dict[Address, int] = {}
    for index in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
        address = get_object(page.raw, index)
        if address is not None and get_kind(address) == pdfium_c.FPDF_PAGEOBJ_TEXT:
            number = get_marked_content(address)
            if number in wanted:
                owners[address] = number
    return owners


def _text(getter: Callable[[object, object, int], int], element: object) -> str:
    length = getter(element, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    getter(element, buffer, length)
    return buffer.raw[: max(0, length - _UNIT)].decode("utf-16-le", "replace")
