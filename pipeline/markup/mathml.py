"""Turns MathML into one line of text; MathML itself is never kept, since attacks on sanitisers have used it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.markup.tree import Node

# The text between the parts of an element.
_BETWEEN: Final[Mapping[str, str]] = MappingProxyType({
    "mfrac": "/", "msup": "^", "mover": "^", "msub": "_", "munder": "_", "mtr": "; ", "mtd": ", ", "mtable": "; ",
})  # fmt: skip
_BEFORE: Final[Mapping[str, str]] = MappingProxyType({"msqrt": "√", "mroot": "√"})


def math_to_text(node: Node) -> str:
    """An equation as its LaTeX source if it has one, else as a line of characters: ``(a+b)/2``, ``x^2``."""
    source = _annotation(node)
    return " ".join((source if source is not None else _line(node)).split())


def _annotation(node: Node) -> str | None:
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag == "annotation" and "tex" in child.attributes.get("encoding", "").lower():
            return _line(child)
        if (found := _annotation(child)) is not None:
            return found
    return None


def _line(node: Node) -> str:
    parts = [child if isinstance(child, str) else _line(child) for child in node.children]
    if node.tag in _BETWEEN or node.tag in {"msubsup", "munderover"}:
        parts = [part.strip() for part in parts if part.strip()]
        between = _BETWEEN.get(node.tag)
        if between in {"/", "^", "_"}:
            parts = [part if len(part) == 1 or part.isalnum() else f"({part})" for part in parts]
        if between is not None:
            return between.join(parts)
        return "".join(part + mark for part, mark in zip(parts, ["_", "^", ""] + [""] * len(parts), strict=False))
    text = "".join(parts)
    return f"{_BEFORE[node.tag]}({text.strip()})" if node.tag in _BEFORE else text
