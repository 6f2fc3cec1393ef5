"""Captions of figures: which one belongs to a place on the page, and where its picture stands in the HTML."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from pipeline.extraction import BBox
from pipeline.vision.faithfulness.page_text import PlacedWord

# A caption is at most so far from its picture, in points; one may overlap it by so much.
_FAR, _OVERLAP = 90.0, 9.0
_LABEL: Final = re.compile(r"(?:figures?|figs?\.?|abb(?:ildung|\.)?|exhibit|photo|chart|plate)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\(?([0-9]{1,3}(?:[.\-][0-9]{1,2})?|[A-Z]\.?[0-9]{1,2})")
_BLOCK: Final = re.compile(r"<(figcaption|p|h[1-6])\b[^>]*>(?:<(?:b|strong|i|em|span)\b[^>]*>)*([^<]{1,40})")
_LONGEST_ALT: Final = 40


def place_figures(html: str, figures: Sequence[tuple[str, str]], number: int) -> str:
    """The HTML with each picture before its caption; one without a caption at the end.

    Args:
        html: Clean.
        figures: The label of the caption ("Figure 3", or nothing) and the picture's address, in the page's order.
        number: Of the page.
    """
    captions = {_squeezed(found[2]): found for found in reversed(list(_BLOCK.finditer(html)))}
    at: dict[int, str] = {}
    for label, source in figures:
        caption = next((found for text, found in captions.items() if label and _begins(text, label)), None)
        image = f'<img alt="{escape(label or f"Picture on page {number}")}" src="{source}">'
        if caption is None:
            at[len(html)] = at.get(len(html), "") + f"\n<figure>{image}</figure>"
        elif caption[1] == "figcaption":
            at[caption.start()] = at.get(caption.start(), "") + image
        else:
            at[caption.start()] = at.get(caption.start(), "") + f"<figure>{image}</figure>\n"
    pieces, end = [], 0
    for place in sorted(at):
        pieces += [html[end:place], at[place]]
        end = place
    return "".join([*pieces, html[end:]])


def box_to_label(box: BBox, words: Sequence[PlacedWord]) -> str:
    """The beginning of the caption that is nearest to a picture, below it or above; empty where none is near."""
    near = [(distance, label) for label, distance in _labels(box, words) if distance <= _FAR]
    return min(near, default=(0.0, ""))[1]


def begins_caption(run: Sequence[PlacedWord]) -> bool:
    """Whether a run of words begins as the caption of a drawing does; an exhibit may as well be a table."""
    return (
        len(run) > 1
        and _LABEL.fullmatch(run[0].text) is not None
        and run[0].text.casefold() != "exhibit"
        and _NUMBER.match(run[1].text) is not None
    )


def _labels(box: BBox, words: Sequence[PlacedWord]) -> Iterator[tuple[str, float]]:
    for index, word in enumerate(words[:-1]):
        text, x0, top, x1, bottom = word
        number = _NUMBER.match(words[index + 1].text)
        if _LABEL.fullmatch(text) is None or number is None or x1 < box.x0 - _FAR or x0 > box.x1:
            continue
        yield f"{text} {number[1]}"[:_LONGEST_ALT], _caption_to_distance(box, top, bottom)


def _caption_to_distance(box: BBox, top: float, bottom: float) -> float:
    """How far a caption is; one below its picture or within its frame is the rule."""
    below, above = top - box.bottom, box.top - bottom
    if below > -_OVERLAP:
        return below
    return above + _OVERLAP / 3 if above > 0 else 0.0


def _begins(text: str, label: str) -> bool:
    wanted = _squeezed(label)
    return text.startswith(wanted) and not text[len(wanted) : len(wanted) + 1].isdigit()


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
