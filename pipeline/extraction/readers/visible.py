"""Reduces everything that a reader has found to what people see: the last step of both readers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extraction.geometry import EDGE, PageFrame
from pipeline.extraction.model import BBox, Char, Link, PageContent, TaggedTable, Title
from pipeline.extraction.readers.drawn_boxes import boxes_to_signs
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.readers.guesses import chars_to_guessed
from pipeline.extraction.readers.paths import Marks

#: Type of up to this size (points) cannot be seen.
TINY = 0.05

_CUT_SHORT = "The page was not read to its end, for want of time."
_TOO_MANY = "The page has so many drawn lines that some were left out."
_GUESSED = "Some fonts do not say what their glyphs show; their text was told from the glyphs' numbers."
_HIDDEN = "The page shows a picture; its text comes from an invisible layer behind it."


@dataclass(slots=True, kw_only=True)
class PageGlyphs:
    """The characters of a page, both drawn and invisible ones.

    Where ``mapped`` is False, ``text`` is the glyph's code, or U+FFFD where not even the code is known.

    Attributes:
        added: Drawn by annotations; they do not count when it is decided whether the page itself shows text.
        marked: Those of marked content that was asked for, by its number.
    """

    shown: list[Char] = field(default_factory=list)
    hidden: list[Char] = field(default_factory=list)
    added: list[Char] = field(default_factory=list)
    marked: dict[int, list[Char]] = field(default_factory=dict)
    complete: bool = True


@dataclass(slots=True, kw_only=True)
class PageMarks:
    """The lines, fills and pictures of a page, and other facts about it in the file.

    Attributes:
        titles: The headings named in the file itself.
        tagged: The tables named in the file itself.
        clips: Where a text object can be seen, by its address in pdfium; objects not listed are completely visible.
    """

    marks: Marks = field(default_factory=Marks)
    images: list[BBox] = field(default_factory=list)
    titles: tuple[Title, ...] = ()
    tagged: tuple[TaggedTable, ...] = ()
    clips: dict[int, BBox] = field(default_factory=dict)
    complete: bool = True


def visible_content(
    *, number: int, reader: str, frame: PageFrame, text: PageGlyphs, marks: PageMarks, links: Sequence[Link]
) -> PageContent:
    """Put a page together. What is outside the page is dropped; invisible text is used only where no text is visible.

    Args:
        number: Number of the page, from 1.
        reader: Name of the reader.
        frame: How the page is shown.
        text: Every character that was read.
        marks: Every drawn mark that was read.
        links: Of the page.
    """
    shown = _on_page(text.shown, frame)
    hidden = _on_page(text.hidden, frame)
    use_hidden = bool(hidden) and not any(char.text != " " for char in shown)
    chars, guessed = chars_to_guessed([*(hidden if use_hidden else shown), *_on_page(text.added, frame)])
    chars, rulings = boxes_to_signs(marks.marks, chars)
    complete = text.complete and marks.complete
    return PageContent(
        number=number,
        width=frame.width,
        height=frame.height,
        reader=reader,
        chars=tuple(chars),
        rulings=tuple(ruling for ruling in rulings if _touches(frame, ruling.box)),
        fills=tuple(fill for fill in marks.marks.fills if _touches(frame, fill.box)),
        links=tuple(link for link in links if _touches(frame, link.box)),
        images=tuple(box for box in marks.images if _touches(frame, box)),
        titles=marks.titles,
        tagged=marks.tagged,
        hidden=use_hidden,
        complete=complete,
        warnings=_warnings(chars, marks, complete=complete, hidden=use_hidden, guessed=guessed),
    )


def _on_page(chars: Sequence[Char], frame: PageFrame) -> list[Char]:
    """The characters whose middle is on the page or nearly so, and which are large enough to be seen."""
    least, right, lower = -2 * EDGE, 2 * (frame.width + EDGE), 2 * (frame.height + EDGE)
    return [
        char
        for char in chars
        if least <= char.box[0] + char.box[2] <= right
        and least <= char.box[1] + char.box[3] <= lower
        and char.size > TINY
    ]


def _touches(frame: PageFrame, box: BBox) -> bool:
    return box.x1 >= 0 and box.bottom >= 0 and box.x0 <= frame.width and box.top <= frame.height


def _warnings(
    chars: Sequence[Char], marks: PageMarks, *, complete: bool, hidden: bool, guessed: int
) -> tuple[str, ...]:
    warnings = []
    if not complete:
        warnings.append(_CUT_SHORT)
    if marks.marks.full:
        warnings.append(_TOO_MANY)
    if hidden:
        warnings.append(_HIDDEN)
    if guessed:
        warnings.append(_GUESSED)
    unread = [char for char in chars if char.text == UNMAPPED]
    if unread:
        fonts = len({char.font for char in unread})
        warnings.append(
            f"{len(unread)} of the page's characters cannot be read: {fonts} of its fonts do not say what they show."
        )
    return tuple(warnings)
