"""The signs and numbers at the beginning of list items."""

import re
from dataclasses import dataclass

from pipeline.extraction.model import Line

_BULLETS = frozenset("•●○◦▪■□◻◆◇❑❖➢➔→⇒⇨‣\u2043∙·✓✔☑✗►▶★*-\u2013—o\ufffd")
#: Signs that are also words or dashes: they count only if a gap as wide as an indent follows.
_SHY = frozenset("-\u2013—o*·\ufffd")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")
#: The width of that gap, in line heights.
_GAP = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The marker of an item.

    Attributes:
        ordered: Whether it is a number or a letter.
    """

    text: str
    ordered: bool


def line_to_marker(line: Line) -> Marker | None:
    """The marker at the beginning of the line; None where there is none."""
    if len(line.words) < 2:  # noqa: PLR2004 — a marker and what it marks
        return None
    first, second = line.words[:2]
    if first.text in _BULLETS:
        gap = second.box.x0 - first.box.x1
        wide = gap >= _GAP * (line.box.bottom - line.box.top)
        return Marker(text=first.text, ordered=False) if wide or first.text not in _SHY else None
    if _NUMBER.fullmatch(first.text):
        return Marker(text=first.text, ordered=True)
    return None
