"""The outline of a file, by pdfminer.six."""

from collections.abc import Callable, Iterator

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.utils import decode_text

from pipeline.extraction.readers.outline import MAX_DEPTH, MAX_ENTRIES, Entry


def document_to_entries(document: PDFDocument, to_page: Callable[[dict[str, object]], int | None]) -> Iterator[Entry]:
    """The entries that lead to a page of the file, in their order.

    pdfminer.six has a walk of its own, which calls itself once for every neighbour: a long outline ends it.

    Args:
        document: The open document.
        to_page: Gives the page, from 1, that the destination or action of an entry leads to.
    """
    root = resolve1(document.catalog.get("Outlines"))
    if not isinstance(root, dict):
        return
    waiting: list[tuple[object, int]] = [(root.get("First"), 0)]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_ENTRIES:
        reference, depth = waiting.pop()
        entry = resolve1(reference)
        if not isinstance(reference, PDFObjRef) or not isinstance(entry, dict) or reference.objid in seen:
            continue
        seen.add(reference.objid)
        page = to_page(entry)
        title = resolve1(entry.get("Title"))
        if page is not None and isinstance(title, bytes):
            yield Entry(decode_text(title), depth, page)
        waiting.append((entry.get("Next"), depth))
        if depth < MAX_DEPTH:
            waiting.append((entry.get("First"), depth + 1))
