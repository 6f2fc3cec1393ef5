"""Small tagged PDFs: texts at places, and a structure over them that says whatever a test wants.

write_tagged(path, [(50, 700, "Place"), (150, 700, "Count")], [Tag("Table", Tag("TR", Tag("TH", 0), Tag("TH", 1)))])
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pdfs import objects_to_pdf, stream_object
from typeset import show

#: Objects before the structure's elements.
_FIXED = 10


class Tag:
    """An element of a structure.

    Args:
        kind: For example ``TD``.
        parts: Elements, and numbers of texts.
        attributes: For example ``/ColSpan 2``.
    """

    def __init__(self, kind: str, *parts: "Tag | int", attributes: str = "") -> None:
        self.kind = kind
        self.parts = parts
        self.attributes = attributes


class _Numbered(NamedTuple):
    tag: Tag
    parent: int


def write_tagged(
    path: Path, texts: Sequence[tuple[float, float, str]], tags: Sequence[Tag], *, extra: Sequence[bytes] = ()
) -> Path:
    """Write a page of 600 by 800 points.

    Args:
        path: Of the file.
        texts: Each with its left end and baseline in points from the page's lower left; the first has the number 0.
        tags: At the top of the structure.
        extra: Operators that are drawn besides.
    """
    elements = _number(tags)
    numbers = {id(element.tag): number for number, element in elements.items()}
    owners = {
        part: number for number, element in elements.items() for part in element.tag.parts if isinstance(part, int)
    }
    marked = [b"/Span <</MCID %d>> BDC %s EMC" % (n, show(x, y, text)) for n, (x, y, text) in enumerate(texts)]
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 6 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /StructParents 0"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream_object(b"\n".join([*marked, *extra])),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        6: b"<< /Type /StructTreeRoot /ParentTree 7 0 R /K [%s] >>"
        % b" ".join(b"%d 0 R" % numbers[id(tag)] for tag in tags),
        7: b"<< /Nums [0 [%s]] >>" % b" ".join(b"%d 0 R" % owners.get(n, 6) for n in range(len(texts))),
        8: b"<< >>",
        9: b"<< >>",
    }
    for number, (tag, parent) in elements.items():
        kids = b" ".join(b"%d" % part if isinstance(part, int) else b"%d 0 R" % numbers[id(part)] for part in tag.parts)
        attributes = b" /A << /O /Table %s >>" % tag.attributes.encode() if tag.attributes else b""
        objects[number] = b"<< /Type /StructElem /S /%s /P %d 0 R /Pg 3 0 R /K [%s]%s >>" % (
            tag.kind.encode(),
            parent,
            kids,
            attributes,
        )
    path.write_bytes(objects_to_pdf(objects))
    return path


def _number(tags: Sequence[Tag]) -> dict[int, _Numbered]:
    """The elements by their object numbers; one that is used twice has one."""
    elements: dict[int, _Numbered] = {}
    known: set[int] = set()
    waiting = [_Numbered(tag, 6) for tag in tags]
    while waiting:
        element = waiting.pop(0)
        if id(element.tag) not in known:
            known.add(id(element.tag))
            number = _FIXED + len(elements)
            elements[number] = element
            waiting += [_Numbered(part, number) for part in element.tag.parts if isinstance(part, Tag)]
    return elements
