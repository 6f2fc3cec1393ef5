"""The headings of a tagged page, by pdfium."""

import ctypes
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.model import Title
from pipeline.extraction.readers.structure import (
    LEVELS,
    MAX_DEPTH,
    MAX_ELEMENTS,
    TaggedHeading,
    headings_to_titles,
)

_UNIT = 2  # bytes of a UTF-16 unit


def page_to_tagged_titles(page: pdfium.PdfPage) -> tuple[Title, ...]:
    """The headings on a page in the structure of the file; none where the file is not tagged.

    Args:
        page: Of the open document.
    """
    tree = pdfium_c.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return ()
    try:
        headings = list(_tree_to_headings(tree))
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)
    return headings_to_titles(headings, _page_to_texts(page, headings)) if headings else ()


def _tree_to_headings(tree: object) -> Iterator[TaggedHeading]:
    count = pdfium_c.FPDF_StructTree_CountChildren(tree)
    waiting = [(pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, index), 0) for index in range(count - 1, -1, -1)]
    seen = 0
    while waiting and seen < MAX_ELEMENTS:
        element, depth = waiting.pop()
        seen += 1
        if not element:
            continue
        level = LEVELS.get(_text(pdfium_c.FPDF_StructElement_GetType, element))
        if level is not None:
            yield TaggedHeading(level, tuple(_element_to_marks(element, depth)))
        elif depth < MAX_DEPTH:
            waiting += [(child, depth + 1) for child in reversed(list(_children(element)))]


def _children(element: object) -> Iterator[object]:
    for index in range(pdfium_c.FPDF_StructElement_CountChildren(element)):
        yield pdfium_c.FPDF_StructElement_GetChildAtIndex(element, index)


def _element_to_marks(element: object, depth: int) -> Iterator[int]:
    if not element or depth > MAX_DEPTH:
        return
    for index in range(max(0, pdfium_c.FPDF_StructElement_GetMarkedContentIdCount(element))):
        mark = pdfium_c.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
        if mark >= 0:
            yield mark
    for child in _children(element):
        yield from _element_to_marks(child, depth + 1)


def _page_to_texts(page: pdfium.PdfPage, headings: list[TaggedHeading]) -> dict[int, list[str]]:
    """The text drawn under the requested numbers of marked content."""
    texts: dict[int, list[str]] = {mark: [] for heading in headings for mark in heading.marks}
    text_page = page.get_textpage()
    try:
        for index in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
            item = pdfium_c.FPDFPage_GetObject(page.raw, index)
            if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_TEXT:
                continue
            mark = pdfium_c.FPDFPageObj_GetMarkedContentID(item)
            if mark in texts:
                texts[mark].append(_object_to_text(item, text_page.raw))
    finally:
        text_page.close()
    return texts


def _object_to_text(item: object, text_page: object) -> str:
    length = pdfium_c.FPDFTextObj_GetText(item, text_page, None, 0)
    buffer = (ctypes.c_ushort * (length // _UNIT + 1))()
    pdfium_c.FPDFTextObj_GetText(item, text_page, buffer, length)
    return bytes(buffer)[: max(0, length - _UNIT)].decode("utf-16-le", "replace")


def _text(getter: Callable[[object, object, int], int], element: object) -> str:
    length = getter(element, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    getter(element, buffer, length)
    return buffer.raw[: max(0, length - _UNIT)].decode("utf-16-le", "replace")
