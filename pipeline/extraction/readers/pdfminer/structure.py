"""The structure of a tagged file, by pdfminer.six; read once for all of its pages."""

from collections.abc import Iterator

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.psparser import PSLiteral

from pipeline.extraction.deadline import expired
from pipeline.extraction.readers.structure import MAX_DEPTH, MAX_ELEMENTS, Element, Mark, Structure

#: A kind of element is mapped to another kind at most so many times.
_ROLES = 8
#: Of an element with more attributes the rest is not read.
_MAX_ATTRIBUTES = 16

_CHECK_EVERY = 256
_Parts = Iterator[Element | Mark | None]


def document_to_structure(document: PDFDocument, deadline: float | None) -> Structure:
    """The elements of all pages; the marks have the number of the page's object.

    Args:
        document: The open document.
        deadline: Seconds of ``time.thread_time()``; after it, what was read so far is returned.
    """
    root = resolve1(document.catalog.get("StructTreeRoot"))
    if not isinstance(root, dict):
        return Structure()
    roles = resolve1(root.get("RoleMap"))
    walk = _Walk(roles if isinstance(roles, dict) else {}, deadline)
    elements = tuple(part for part in walk.value_to_parts(root.get("K"), None, 0) if isinstance(part, Element))
    return Structure(elements, walk.complete)


class _Walk:
    """Reads the tree.

    Attributes:
        complete: False once a limit has left something out.
    """

    def __init__(self, roles: dict[str, object], deadline: float | None) -> None:
        self._deadline = deadline
        self._roles = roles
        self._seen: set[object] = set()
        self._left = MAX_ELEMENTS
        self.complete = True

    def value_to_parts(self, value: object, page: object, depth: int) -> _Parts:
        """The elements and marks that a value is, or that are in it; an element that was visited before is left out.

        Args:
            value: Of the entry K.
            page: Number of the object of the page that marks without one are on.
            depth: Of the value in the tree.
        """
        if self._left <= 0 or depth > MAX_DEPTH or (self._left % _CHECK_EVERY == 0 and expired(self._deadline)):
            self.complete = False
            self._left = self._left if depth > MAX_DEPTH else 0
            return
        self._left -= 1
        found = resolve1(value)
        if isinstance(found, int):
            yield Mark(page, found)
        elif isinstance(found, list):
            for part in found:
                yield from self.value_to_parts(part, page, depth + 1)
        elif isinstance(found, dict):
            part = self._dictionary(value, found, page, depth)
            yield from () if part is None else (part,)

    def _dictionary(self, value: object, found: dict[str, object], page: object, depth: int) -> Element | Mark | None:
        """The element or mark; None for an element that was visited before, and for anything else."""
        if "S" not in found:
            number = resolve1(found.get("MCID"))
            return Mark(_page_of(found, page), number) if isinstance(number, int) else None
        if isinstance(value, PDFObjRef):
            if value.objid in self._seen:
                return None
            self._seen.add(value.objid)
        return self._element(found, page, depth)

    def _element(self, element: dict[str, object], page: object, depth: int) -> Element:
        parts = self.value_to_parts(element["K"], _page_of(element, page), depth + 1) if "K" in element else ()
        spans = {"RowSpan": 1, "ColSpan": 1}
        for attributes in _element_to_attributes(element):
            spans |= {name: value for name in spans if (value := _to_span(attributes.get(name))) is not None}
        return Element(kind=self._kind(element), parts=tuple(parts), rowspan=spans["RowSpan"], colspan=spans["ColSpan"])

    def _kind(self, element: dict[str, object]) -> str:
        kind = _name(element.get("S"))
        for _ in range(_ROLES):
            if kind not in self._roles:
                break
            kind = _name(self._roles[kind])
        return kind


def _element_to_attributes(element: dict[str, object]) -> Iterator[dict[str, object]]:
    found = resolve1(element.get("A"))
    for value in found[:_MAX_ATTRIBUTES] if isinstance(found, list) else [found]:
        attributes = resolve1(value)
        if isinstance(attributes, dict):
            yield attributes


def _to_span(value: object) -> int | None:
    found = resolve1(value)
    return int(min(found, MAX_ELEMENTS)) if isinstance(found, int | float) and found >= 1 else None


def _page_of(element: dict[str, object], page: object) -> object:
    reference = element.get("Pg")
    return reference.objid if isinstance(reference, PDFObjRef) else page


def _name(value: object) -> str:
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""
