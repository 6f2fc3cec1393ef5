"""Text in annotations, by pdfium: text typed onto the page, stamps, form fields.

pdfium's text page has only what the page's own content draws. Therefore the page is flattened in a copy of the
document in memory, and the added objects are read.
"""

import ctypes
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.geometry import Matrix, PageFrame
from pipeline.extraction.model import Char
from pipeline.extraction.readers.checkboxes import OFF, box_to_char
from pipeline.extraction.readers.pdfium.calls import Address, count_inner, get_inner, get_kind, get_object
from pipeline.extraction.readers.pdfium.text import TextObjects, page_to_chars
from pipeline.extraction.readers.visible import PageGlyphs

#: Annotations with text of their own; marks over the page's text, such as highlights, have none.
_KINDS = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP, pdfium_c.FPDF_ANNOT_WIDGET})
_FIELDS = frozenset({pdfium_c.FPDF_ANNOT_WIDGET})
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_INVISIBLE | pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
#: An annotation with states is a tick box; see :func:`page_to_ticks`.
_STATE = b"AS"
#: The length of an empty string in pdfium: only its end mark.
_NOTHING = 2
#: With more annotations than this on one page, the rest is ignored.
_MAX_ANNOTATIONS = 5_000
_MAX_DEPTH = 4


def has_texts(page: object) -> bool:
    """Whether any annotation of the page may show text.

    Args:
        page: pdfium's handle.
    """
    return any(_shows_text(page, index) for index in range(_count(page)))


def page_to_ticks(page: object, matrix: Matrix) -> Iterator[Char]:
    """A sign for every field with states, which is a tick box.

    Args:
        page: pdfium's handle.
        matrix: To the page as shown.
    """
    for index in range(_count(page)):
        with _opened(page, index) as annotation:
            if _is_seen(annotation, _FIELDS) and pdfium_c.FPDFAnnot_HasKey(annotation, _STATE):
                place = pdfium_c.FS_RECTF()
                pdfium_c.FPDFAnnot_GetRect(annotation, place)
                ticked = _annotation_to_state(annotation) != OFF and _has_appearance(annotation)
                yield box_to_char(place.left, place.bottom, place.right, place.top, ticked=ticked, matrix=matrix)


def _annotation_to_state(annotation: object) -> str:
    length = pdfium_c.FPDFAnnot_GetStringValue(annotation, _STATE, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium_c.FPDFAnnot_GetStringValue(
        annotation, _STATE, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), length
    )
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _has_appearance(annotation: object) -> bool:
    """Whether the state draws anything."""
    mode = pdfium_c.FPDF_ANNOT_APPEARANCEMODE_NORMAL
    return int(pdfium_c.FPDFAnnot_GetAP(annotation, mode, None, 0)) > _NOTHING


def annotations_to_text(
    reopen: Callable[[], pdfium.PdfDocument], number: int, frame: PageFrame, deadline: float | None
) -> PageGlyphs:
    """The characters in a page's annotations.

    Args:
        reopen: Opens the document again.
        number: Of the page, from 1.
        frame: How the page is shown.
        deadline: Seconds of ``time.thread_time()``.

    Raises:
        PdfiumError: The document cannot be opened again, or cannot be read after flattening.
    """
    document = reopen()
    try:
        own = _flatten(document, number)
        page = document[number - 1]
        try:
            added = range(own, pdfium_c.FPDFPage_CountObjects(page.raw))
            objects = (item for index in added if (item := get_object(page.raw, index)) is not None)
            texts = {text for item in objects for text in _object_to_texts(item, 0)}
            return page_to_chars(page, frame, deadline, TextObjects(only=texts))
        finally:
            page.close()
    finally:
        document.close()


def _flatten(document: pdfium.PdfDocument, number: int) -> int:
    """Make annotations with text a part of the page. Returns the number of objects before that."""
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


@contextmanager
def _opened(page: object, index: int) -> Iterator[object]:
    """The annotation; None where it is broken."""
    annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation or None
    finally:
        if annotation:
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def _is_seen(annotation: object, kinds: Container[int]) -> bool:
    return (
        annotation is not None
        and pdfium_c.FPDFAnnot_GetSubtype(annotation) in kinds
        and not pdfium_c.FPDFAnnot_GetFlags(annotation) & _UNSEEN
    )


def _shows_text(page: object, index: int) -> bool:
    with _opened(page, index) as annotation:
        return _is_seen(annotation, _KINDS) and not pdfium_c.FPDFAnnot_HasKey(annotation, _STATE)


def _object_to_texts(item: Address, depth: int) -> Iterator[Address]:
    """The text objects within an object."""
    kind = get_kind(item)
    if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
        yield item
    elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        for index in range(count_inner(item)):
            part = get_inner(item, index)
            if part is not None:
                yield from _object_to_texts(part, depth + 1)
