"""Lines to runs: pieces of text with one look, and with blanks where the page has gaps."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter

from pipeline.extraction.model import DESCENT, BBox, Char, Line, Word
from pipeline.extraction.readers.checkboxes import SIGNS
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.text.lines import GLUE, line_to_baseline, line_to_size, word_to_size

#: Raised or lowered type is at most this share of the line's size.
SCRIPT_SIZE = 0.85
#: The baseline of such type is off by at least this share of the line's size.
SCRIPT_SHIFT = 0.08
#: Words that overlap by this share of the type size are two words, drawn over each other.
OVER = 0.5


class Script(StrEnum):
    """The position of a run relative to its line."""

    BASE = ""
    SUPER = "sup"
    SUB = "sub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a run looks, and its link.

    Attributes:
        link: The address that a click opens; None for none.
        doubted: Whether text recognition was not sure of it.
    """

    bold: bool = False
    italic: bool = False
    script: Script = Script.BASE
    link: str | None = None
    doubted: bool = False


@dataclass(slots=True, kw_only=True)
class TextRun:
    """Text of one look."""

    text: str
    look: Look


PLAIN = Look()
_UNMAPPED_RUN = re.compile(f"{UNMAPPED}+")
#: Boxes of the words that text recognition was not sure of.
Doubts = frozenset[BBox]
NO_DOUBTS: Doubts = frozenset()
#: The function that gives a word's link.
Links = Callable[[Word], str | None]


def no_links(_word: Word) -> None:
    """For pages without links."""


def line_to_runs(line: Line, links: Links = no_links, doubts: Doubts = NO_DOUBTS) -> list[TextRun]:
    """The line's text in runs.

    Several unreadable glyphs in a row are one U+FFFD.

    Args:
        line: With at least one word.
        links: Gives a word's link.
        doubts: Boxes of the words that text recognition was not sure of.
    """
    size, baseline = line_to_size(line), line_to_baseline(line)
    if links is no_links and not doubts and _is_plain(line, size, baseline):
        return [TextRun(text=line_to_text(line), look=PLAIN)]
    runs: list[TextRun] = []
    last: Word | None = None
    for word in line.words:
        link = links(word)
        if last is not None and not _is_glued(last, word):
            _append(runs, " ", PLAIN)
        for text, look in _word_to_pieces(word, size, baseline, link):
            _append(runs, text, replace(look, doubted=True) if word.box in doubts else look)
        last = word
    return runs


def line_to_text(line: Line) -> str:
    """The line's text only, with blanks where the page has gaps; unreadable glyphs as in :func:`line_to_runs`."""
    pieces: list[str] = []
    last: Word | None = None
    for word in line.words:
        if last is not None and not _is_glued(last, word):
            pieces.append(" ")
        pieces.append(word.text)
        last = word
    text = "".join(pieces)
    return _UNMAPPED_RUN.sub(UNMAPPED, text) if UNMAPPED in text else text


def runs_to_smooth(runs: Sequence[TextRun]) -> list[TextRun]:
    """The text with blanks that look like both of their neighbours, and with equal neighbours joined."""
    smooth: list[TextRun] = []
    for index, run in enumerate(runs):
        look = run.look
        if run.text == " " and 0 < index < len(runs) - 1:
            look = _common(runs[index - 1].look, runs[index + 1].look)
        _append(smooth, run.text, look)
    return smooth


def _common(left: Look, right: Look) -> Look:
    if left.link != right.link:
        return PLAIN
    return Look(
        bold=left.bold and right.bold,
        italic=left.italic and right.italic,
        link=left.link,
        doubted=left.doubted and right.doubted,
    )


def _is_glued(left: Word, right: Word) -> bool:
    if left.chars and left.chars[0].angle:
        return False
    size = max(word_to_size(left), word_to_size(right))
    gap = right.box.x0 - left.box.x1
    if gap < 0:  # the text runs from right to left, or the words overlap
        gap = max(gap, left.box.x0 - right.box.x1)
    return -OVER * size <= gap <= GLUE * size


def _append(runs: list[TextRun], text: str, look: Look) -> None:
    if UNMAPPED in text:
        text = _UNMAPPED_RUN.sub(UNMAPPED, text)
        if runs and runs[-1].text.endswith(UNMAPPED):
            text = text.lstrip(UNMAPPED)
    if not text:
        return
    if runs and (runs[-1].look is look or runs[-1].look == look):
        runs[-1].text += text
    else:
        runs.append(TextRun(text=text, look=look))


def _is_plain(line: Line, size: float, baseline: float) -> bool:
    """Whether the whole line has one plain look; a quick check, since nearly all lines have."""
    chars = [char for word in line.words for char in word.chars]
    return (
        len(set(map(_char_to_type, chars))) == 1
        and len(set(map(_box_to_bottom, map(_char_to_box, chars)))) == 1
        and _char_to_look(chars[0], size, baseline, None) is PLAIN
    )


def _word_to_pieces(word: Word, size: float, baseline: float, link: str | None) -> Iterator[tuple[str, Look]]:
    """The word's text, with one piece for each look."""
    chars = word.chars
    if not chars:
        yield word.text, Look(link=link)
        return
    start = 0
    first = _char_to_type(chars[0])
    for index, char in enumerate(chars):
        if _char_to_type(char) != first or char.box.bottom != chars[start].box.bottom:
            yield (
                "".join([other.text for other in chars[start:index]]),
                _char_to_look(chars[start], size, baseline, link),
            )
            start, first = index, _char_to_type(char)
    text = "".join([char.text for char in chars[start:]]) if start else word.text
    yield text, _char_to_look(chars[start], size, baseline, link)


#: Font, size, bold and italic: with the baseline, these are the look of a character.
_char_to_type = itemgetter(*map(Char._fields.index, ("font", "size", "bold", "italic")))
_char_to_box = itemgetter(Char._fields.index("box"))
_box_to_bottom = itemgetter(BBox._fields.index("bottom"))


def _char_to_look(char: Char, size: float, baseline: float, link: str | None) -> Look:
    script = _char_to_script(char, size, baseline)
    if link is None and script is Script.BASE and not (char.bold or char.italic):
        return PLAIN
    return Look(bold=char.bold, italic=char.italic, script=script, link=link)


def _char_to_script(char: Char, size: float, baseline: float) -> Script:
    if char.size > SCRIPT_SIZE * size or not char.upright or char.text in SIGNS:
        return Script.BASE
    shift = baseline - (char.box.bottom - DESCENT * char.size)
    if shift >= SCRIPT_SHIFT * size:
        return Script.SUPER
    return Script.SUB if shift <= -SCRIPT_SHIFT * size else Script.BASE
