"""The headings of a tagged file, by pdfminer.six; read once for all of its pages."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.psparser import PSLiteral

from pipeline.extraction.readers.structure import LEVELS, MAX_DEPTH, MAX_ELEMENTS, TaggedHeading

#: A kind of element is mapped to another kind at most so many times.
_ROLES = 8


class _Node(NamedTuple):
    """A child of an element: another element, or a number of marked content.

    Attributes:
        page: Number of the page's object, where known.
    """

    value: object
    page: object
    depth: int


def document_to_headings(document: PDFDocument) -> dict[object, tuple[TaggedHeading, ...]]:
    """The headings of every page, by the number of the page's object.

    Args:
        document: The open document.
    """
    root = resolve1(document.catalog.get("StructTreeRoot"))
    if not isinstance(root, dict):
        return {}
    roles = resolve1(root.get("RoleMap"))
    headings: dict[object, list[TaggedHeading]] = defaultdict(list)
    waiting = [_Node(root.get("K"), None, 0)]
    seen: set[object] = set()
    count = 0
    while waiting and count < MAX_ELEMENTS:
        node = waiting.pop()
        count += 1
        element = _node_to_element(node, seen)
        if element is None:
            waiting += reversed(list(_listed(node)))
            continue
        page = _page_of(element, node.page)
        level = _element_to_level(element, roles if isinstance(roles, dict) else {})
        children = _Node(element.get("K"), page, node.depth + 1)
        if level is None:
            waiting += [children] if node.depth < MAX_DEPTH else []
            continue
        marks: dict[object, list[int]] = defaultdict(list)
        for place, mark in _node_to_marks(children, seen):
            marks[place].append(mark)
        for place, found in marks.items():
            headings[place].append(TaggedHeading(level, tuple(found)))
    return {page: tuple(found) for page, found in headings.items()}


def _node_to_element(node: _Node, seen: set[object]) -> dict[str, object] | None:
    """The element that a node is; None for a list, a number, or an element that was visited before."""
    if isinstance(node.value, PDFObjRef):
        if node.value.objid in seen and isinstance(resolve1(node.value), dict):
            return None
        seen.add(node.value.objid)
    found = resolve1(node.value)
    return found if isinstance(found, dict) and "S" in found else None


def _listed(node: _Node) -> Iterator[_Node]:
    found = resolve1(node.value)
    if isinstance(found, list) and node.depth < MAX_DEPTH:
        yield from (_Node(value, node.page, node.depth + 1) for value in found)


def _node_to_marks(node: _Node, seen: set[object]) -> Iterator[tuple[object, int]]:
    """The page and number of every marked content below a node, in order."""
    if node.depth > MAX_DEPTH:
        return
    found = resolve1(node.value)
    if isinstance(found, int):
        yield node.page, found
    elif isinstance(found, list):
        for value in found:
            yield from _node_to_marks(_Node(value, node.page, node.depth + 1), seen)
    elif isinstance(found, dict) and "S" in found:
        if _node_to_element(node, seen) is not None:
            inner = _Node(found.get("K"), _page_of(found, node.page), node.depth + 1)
            yield from _node_to_marks(inner, seen)
    elif isinstance(found, dict) and isinstance(mark := resolve1(found.get("MCID")), int):
        yield _page_of(found, node.page), mark


def _page_of(element: dict[str, object], page: object) -> object:
    reference = element.get("Pg")
    return reference.objid if isinstance(reference, PDFObjRef) else page


def _element_to_level(element: dict[str, object], roles: dict[str, object]) -> int | None:
    kind = _name(element.get("S"))
    for _ in range(_ROLES):
        if kind in LEVELS or kind not in roles:
            break
        kind = _name(roles[kind])
    return LEVELS.get(kind)


def _name(value: object) -> str:
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""
