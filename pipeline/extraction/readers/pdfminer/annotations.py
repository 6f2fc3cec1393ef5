"""Text in annotations, by pdfminer.six: text typed onto the page, stamps, form fields."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from pipeline.extraction.geometry import IDENTITY, Matrix
from pipeline.extraction.model import Char
from pipeline.extraction.readers.checkboxes import OFF, box_to_char

#: Annotations with text of their own; marks over the page's text, such as highlights, have none.
_KINDS = frozenset({"FreeText", "Stamp", "Widget"})
#: The flags Invisible, Hidden and NoView (ISO 32000-2, table 167).
_UNSEEN = 1 << 0 | 1 << 1 | 1 << 5
_FIELD = "Widget"
_MAX_ANNOTATIONS = 5_000
_BOX, _MATRIX = 4, 6


class Appearance(NamedTuple):
    """The drawing of an annotation.

    Attributes:
        stream: Its content.
        resources: The resources of this content.
        matrix: From its own space to the page's user space.
    """

    stream: PDFStream
    resources: dict[object, object]
    matrix: Matrix


def page_to_appearances(page: PDFPage) -> Iterator[Appearance]:
    """The drawings of annotations that may show text, without tick boxes (see :func:`page_to_ticks`)."""
    for annotation in _page_to_annotations(page):
        if "AS" not in annotation:
            appearance = _annotation_to_appearance(annotation)
            if appearance is not None:
                yield appearance


def page_to_ticks(page: PDFPage, matrix: Matrix) -> Iterator[Char]:
    """A sign for every field with states (``AS``), which is a tick box.

    Args:
        page: The page with the fields.
        matrix: To the page as shown.
    """
    for annotation in _page_to_annotations(page):
        state, place = resolve1(annotation.get("AS")), _numbers(annotation.get("Rect"), _BOX)
        if isinstance(state, PSLiteral) and place is not None and resolve1(annotation["Subtype"]).name == _FIELD:
            ticked = state.name != OFF and _has_appearance(annotation, str(state.name))
            yield box_to_char(place[0], place[1], place[2], place[3], ticked=ticked, matrix=matrix)


def _page_to_annotations(page: PDFPage) -> Iterator[dict[str, object]]:
    """The annotations that may show text."""
    annotations = resolve1(page.annots)
    for item in annotations[:_MAX_ANNOTATIONS] if isinstance(annotations, list) else ():
        annotation = resolve1(item)
        if isinstance(annotation, dict) and _shows_text(annotation):
            yield annotation


def _has_appearance(annotation: Mapping[str, object], state: str) -> bool:
    """Whether the state draws anything."""
    looks = resolve1(annotation.get("AP"))
    states = resolve1(looks.get("N")) if isinstance(looks, dict) else None
    return isinstance(resolve1(states.get(state)) if isinstance(states, dict) else states, PDFStream)


def _shows_text(annotation: Mapping[str, object]) -> bool:
    kind, flags = resolve1(annotation.get("Subtype")), resolve1(annotation.get("F", 0))
    seen = not (isinstance(flags, int) and flags & _UNSEEN)
    return seen and isinstance(kind, PSLiteral) and kind.name in _KINDS


def _annotation_to_appearance(annotation: Mapping[str, object]) -> Appearance | None:
    """Its normal appearance, placed into its rectangle (ISO 32000-2, 12.5.5, algorithm 8)."""
    states = resolve1(annotation.get("AP"))
    stream = resolve1(states.get("N")) if isinstance(states, dict) else None
    if not isinstance(stream, PDFStream):
        return None
    place, box = _numbers(annotation.get("Rect"), _BOX), _numbers(stream.get("BBox"), _BOX)
    if place is None or box is None:
        return None
    own = Matrix(*(_numbers(stream.get("Matrix"), _MATRIX) or IDENTITY))
    drawn, shown = own.box(box[0], box[1], box[2], box[3]), IDENTITY.box(place[0], place[1], place[2], place[3])
    if drawn.x1 <= drawn.x0 or drawn.bottom <= drawn.top:
        return None
    wide, high = (shown.x1 - shown.x0) / (drawn.x1 - drawn.x0), (shown.bottom - shown.top) / (drawn.bottom - drawn.top)
    into = Matrix(wide, 0.0, 0.0, high, shown.x0 - wide * drawn.x0, shown.top - high * drawn.top)
    resources = resolve1(stream.get("Resources"))
    return Appearance(stream, dict(resources) if isinstance(resources, dict) else {}, own.then(into))


def _numbers(value: object, count: int) -> list[float] | None:
    items = resolve1(value)
    if not isinstance(items, list):
        return None
    found = [float(item) for item in map(resolve1, items) if isinstance(item, int | float)]
    return found if len(found) == count else None
