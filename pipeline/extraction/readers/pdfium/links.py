"""Links from pdfium's annotations."""

import ctypes

import pypdfium2.raw as pdfium_c

from pipeline.extraction.geometry import PageFrame
from pipeline.extraction.model import Link
from pipeline.extraction.readers.links import address_to_target, page_to_target

#: With more links than this on one page, the rest is ignored.
_MAX_LINKS = 5_000


def page_to_links(document: object, page: object, frame: PageFrame) -> tuple[Link, ...]:
    """The page's links that lead to the web, to a mailbox or to another page of the file.

    Args:
        document: pdfium's handle.
        page: pdfium's handle.
        frame: How the page is shown.
    """
    links: list[Link] = []
    position = ctypes.c_int(0)
    found = pdfium_c.FPDF_LINK()
    area = pdfium_c.FS_RECTF()
    while len(links) < _MAX_LINKS and pdfium_c.FPDFLink_Enumerate(page, position, found):
        target = _link_to_target(document, found)
        if target and pdfium_c.FPDFLink_GetAnnotRect(found, area):
            box = frame.matrix.box(area.left, area.bottom, area.right, area.top)
            links.append(Link(box=box, target=target))
    return tuple(links)


def _link_to_target(document: object, link: object) -> str | None:
    destination = pdfium_c.FPDFLink_GetDest(document, link)
    if destination:
        return page_to_target(pdfium_c.FPDFDest_GetDestPageIndex(document, destination))
    action = pdfium_c.FPDFLink_GetAction(link)
    if not action:
        return None
    if pdfium_c.FPDFAction_GetType(action) == pdfium_c.PDFACTION_GOTO:
        destination = pdfium_c.FPDFAction_GetDest(document, action)
        return page_to_target(pdfium_c.FPDFDest_GetDestPageIndex(document, destination)) if destination else None
    if pdfium_c.FPDFAction_GetType(action) != pdfium_c.PDFACTION_URI:
        return None
    buffer = ctypes.create_string_buffer(2048)
    length = pdfium_c.FPDFAction_GetURIPath(document, action, buffer, len(buffer))
    return address_to_target(buffer.value.decode("utf-8", "replace")) if 0 < length <= len(buffer) else None
