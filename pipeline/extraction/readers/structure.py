"""A tagged file's own structure: the tree of its elements."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

#: Of structures with more elements, or deeper ones, the rest is not read.
MAX_ELEMENTS, MAX_DEPTH = 100_000, 60


class Mark(NamedTuple):
    """Marked content: a part of a page that the file draws for one element.

    Attributes:
        page: What the reader tells pages by.
        number: Of the content within its page.
    """

    page: object
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element of the structure.

    Attributes:
        kind: In the standard's words, for example ``H1`` or ``TD``.
        parts: Elements and marked content in order; None for an element of which nothing is known.
        rowspan: How many rows a cell covers.
        colspan: How many columns a cell covers.
    """

    kind: str
    parts: "tuple[Element | Mark | None, ...]"
    rowspan: int = 1
    colspan: int = 1


class Structure(NamedTuple):
    """The elements at the top.

    Attributes:
        complete: False where the limits left some out.
    """

    elements: tuple[Element, ...] = ()
    complete: bool = True


def elements_below(elements: Iterable[Element | Mark | None], kinds: Container[str]) -> Iterator[Element]:
    """The elements of these kinds, in order; those within them are left out.

    Args:
        elements: Where to begin.
        kinds: Of the elements that are looked for.
    """
    waiting = list(elements)[::-1]
    while waiting:
        element = waiting.pop()
        if isinstance(element, Element) and element.kind in kinds:
            yield element
        elif isinstance(element, Element):
            waiting += element.parts[::-1]


def element_to_marks(element: Element) -> Iterator[Mark]:
    """All marked content of an element, in order."""
    waiting: list[Element | Mark | None] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Element):
            waiting += part.parts[::-1]
        elif part is not None:
            yield part
