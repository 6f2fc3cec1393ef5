"""The outline of a file, by pdfium."""

import ctypes
from collections.abc import Iterator

import pypdfium2.raw as pdfium_c

from pipeline.extraction.readers.outline import MAX_DEPTH, MAX_ENTRIES, Entry


def document_to_entries(document: object) -> Iterator[Entry]:
    """The entries that lead to a page of the file, in their order.

    Args:
        document: pdfium's handle.
    """
    waiting = [(pdfium_c.FPDFBookmark_GetFirstChild(document, None), 0)]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_ENTRIES:
        bookmark, depth = waiting.pop()
        address = ctypes.cast(bookmark, ctypes.c_void_p).value
        if not address or address in seen:
            continue
        seen.add(address)
        page = _bookmark_to_page(document, bookmark)
        if page is not None:
            yield Entry(_bookmark_to_text(bookmark), depth, page)
        waiting.append((pdfium_c.FPDFBookmark_GetNextSibling(document, bookmark), depth))
        if depth < MAX_DEPTH:
            waiting.append((pdfium_c.FPDFBookmark_GetFirstChild(document, bookmark), depth + 1))


def _bookmark_to_page(document: object, bookmark: object) -> int | None:
    destination = pdfium_c.FPDFBookmark_GetDest(document, bookmark)
    if not destination:
        action = pdfium_c.FPDFBookmark_GetAction(bookmark)
        destination = pdfium_c.FPDFAction_GetDest(document, action) if action else None
    if not destination:
        return None
    index = pdfium_c.FPDFDest_GetDestPageIndex(document, destination)
    return index + 1 if index >= 0 else None


def _bookmark_to_text(bookmark: object) -> str:
    buffer = ctypes.create_string_buffer(1024)
    length = pdfium_c.FPDFBookmark_GetTitle(bookmark, buffer, len(buffer))
    return buffer.raw[: max(0, length - 2)].decode("utf-16-le", "replace") if length <= len(buffer) else ""
