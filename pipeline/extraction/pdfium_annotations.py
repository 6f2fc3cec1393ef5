"""Text in annotations, by pdfium: what was typed onto the page, stamps, the fields of a form.

pdfium's text page holds only what the page's own content draws.  So the page is flattened in a copy of the document
that lives in memory, and what that has added is read.
"""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.geometry import PageFrame
from pipeline.extraction.pdfium_calls import Address, count_inner, get_inner, get_kind, get_object
from pipeline.extraction.pdfium_text import page_to_chars
from pipeline.extraction.visible import PageText

#: Annotations that show text of their own; marks over the page's text, such as highlights, add none.
_KINDS = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP, pdfium_c.FPDF_ANNOT_WIDGET})
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_INVISIBLE | pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
#: An annotation with states is a box that is ticked or not; its sign is no text.
_STATE = b"AS"
#: More annotations than this on one page are noise.
_MAX_ANNOTATIONS = 5_000
_MAX_DEPTH = 4


def has_texts(page: object) -> bool:
    """Whether any annotation of the page may show text.

    Args:
        page: pdfium's handle.
    """
    return any(_shows_text(page, index) for index in range(_count(page)))


def annotations_to_text(path: Path, number: int, frame: PageFrame, deadline: float | None) -> PageText:
    """The characters of a page's annotations.

    Args:
        path: Of the document.
        number: Of the page, from 1.
        frame: How the page is shown.
        deadline: Seconds of ``time.monotonic()``.

    Raises:
        PdfiumError: The document cannot be opened once more, or not read when it is flattened.
    """
    document = pdfium.PdfDocument(path)
    try:
        own = _flatten(document, number)
        page = document[number - 1]
        try:
            added = range(own, pdfium_c.FPDFPage_CountObjects(page.raw))
            objects = (item for index in added if (item := get_object(page.raw, index)) is not None)
            texts = {text for item in objects for text in _object_to_texts(item, 0)}
            return page_to_chars(page, frame, deadline, only=texts)
        finally:
            page.close()
    finally:
        document.close()


def _flatten(document: pdfium.PdfDocument, number: int) -> int:
    """Make annotations that show text a part of the page, for whoever loads it next; the number of objects before."""
    page = document[number - 1]
    try:
        own: int = pdfium_c.FPDFPage_CountObjects(page.raw)
        for index in reversed(range(pdfium_c.FPDFPage_GetAnnotCount(page.raw))):
            if index >= _MAX_ANNOTATIONS or not _shows_text(page.raw, index):
                pdfium_c.FPDFPage_RemoveAnnot(page.raw, index)
        pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY)
    finally:
        page.close()
    return own


def _count(page: object) -> int:
    return min(int(pdfium_c.FPDFPage_GetAnnotCount(page)), _MAX_ANNOTATIONS)


def _shows_text(page: object, index: int) -> bool:
    annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return False
    try:
        return (
            pdfium_c.FPDFAnnot_GetSubtype(annotation) in _KINDS
            and not pdfium_c.FPDFAnnot_GetFlags(annotation) & _UNSEEN
            and not pdfium_c.FPDFAnnot_HasKey(annotation, _STATE)
        )
    finally:
        pdfium_c.FPDFPage_CloseAnnot(annotation)


def _object_to_texts(item: Address, depth: int) -> Iterator[Address]:
    """The text objects of which an object consists."""
    kind = get_kind(item)
    if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
        yield item
    elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        for index in range(count_inner(item)):
            part = get_inner(item, index)
            if part is not None:
                yield from _object_to_texts(part, depth + 1)
