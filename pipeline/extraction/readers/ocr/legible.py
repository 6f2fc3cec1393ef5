"""Whether a page's own text can be used, and which pictures on the page may contain text that it lacks.

A page may have no text of its own, glyphs without known characters, or bad text from a poor OCR program behind a scan.
"""

import re
from collections.abc import Sequence

from pipeline.extraction.geometry import is_middle_in
from pipeline.extraction.model import BBox, PageContent, Word
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.readers.ocr.gibberish import agrees, is_gibberish
from pipeline.extraction.text.words import chars_to_words

#: A page with a larger share of glyphs without known characters cannot be used.
MOST_UNREAD = 0.3
#: In an invisible layer, a smaller share of letters in plausible words means that the text cannot be used.
LEAST_PLAUSIBLE = 0.6
#: A picture that may contain text is at least so wide and high (points) and has this area: it is not a logo.
_LEAST_WIDE, _LEAST_HIGH, _LEAST_AREA = 60.0, 24.0, 10_000.0
#: The page's own text has at most so many words on such a picture ...
_MOST_WORDS = 3
#: ... or, where the picture is the page, less than this share of it: a stamp, the head of a fax, an archive's number.
#: A dense layer of text covers .2 and more of a page; of 1,258 pages of papers and broken files one was between.
_MOST_STAMPED = 0.04
_WHOLE = 0.8
_BRACKETS = "()[]{}<>\"'\u201c\u201d\u2018\u2019\u00ab\u00bb.,;:!?*\u2022-\u2013\u2014"
_NUMBER = re.compile(r"[-+\u2212\u00b1$\u20ac\u00a3#]*\d[\d.,:/%\u2013-]*[a-z%\u00b0]{0,3}", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019.&/-][^\W\d_]+)*")
_VOWEL = re.compile(r"[aeiouy\u00e0-\u00ff\u0100-\u024f\u0370-\uffff]", re.IGNORECASE)
#: The scripts from here on have no blanks between words.
_EAST_ASIAN = "\u2e80"
#: A word of up to so many letters needs no vowel: "Dr", "km", "XVI".
_SHORT = 3


def text_fault(content: PageContent) -> str | None:
    """Why a page's own text cannot be used, as a sentence; None where it can be used."""
    letters = [char for char in content.chars if not char.text.isspace()]
    if not letters:
        return "The page has no text of its own."
    unread = sum(char.text == UNMAPPED for char in letters)
    if unread > MOST_UNREAD * len(letters):
        return "The page's own text is garbled: its fonts do not say what they show."
    if content.hidden and plausible_share(chars_to_words(content.chars)) < LEAST_PLAUSIBLE:
        return "The page shows a picture, and the invisible text behind it makes no sense."
    if is_gibberish(_content_to_text(content)):
        return "The page's own text makes no sense: its letters are not those that the page shows."
    return None


def is_confirmed(content: PageContent, seen: Sequence[Word]) -> bool:
    """Whether a page's own text, which seemed not to be usable, is what text recognition has seen.

    Args:
        content: The page.
        seen: What was read in its picture.
    """
    return agrees(_content_to_text(content), seen)


def _content_to_text(content: PageContent) -> str:
    return "".join(char.text for char in content.chars)


def plausible_share(words: Sequence[Word]) -> float:
    """The share of letters that are in plausible words of any language, or in numbers; 1 where there are none."""
    total = sum(len(word.text) for word in words)
    good = sum(len(word.text) for word in words if _is_plausible(word.text))
    return good / total if total else 1.0


def _is_plausible(word: str) -> bool:
    core = word.strip(_BRACKETS)
    if not core:
        return len(word) == 1
    if _NUMBER.fullmatch(core) or any(letter >= _EAST_ASIAN for letter in core):
        return True
    return _LETTERS.fullmatch(core) is not None and (len(core) <= _SHORT or _VOWEL.search(core) is not None)


def content_to_unread_pictures(content: PageContent) -> tuple[BBox, ...]:
    """The pictures on a page that may contain text which the page's own text lacks.

    Args:
        content: A page whose own text can be used.
    """
    pictures = [_on_page(box, content) for box in content.images]
    large = list(filter(_is_large, pictures))
    if not large:
        return ()
    words = chars_to_words(content.chars)
    return tuple(box for box in large if _is_unread(box, content, [w.box for w in words if is_middle_in(w.box, box)]))


def is_whole_page(picture: BBox, content: PageContent) -> bool:
    """Whether a picture is nearly all of its page, as in a scan."""
    return _area(picture) >= _WHOLE * content.width * content.height


def _is_unread(picture: BBox, content: PageContent, words: Sequence[BBox]) -> bool:
    if len(words) <= _MOST_WORDS:
        return True
    return is_whole_page(picture, content) and sum(map(_area, words)) <= _MOST_STAMPED * _area(picture)


def _area(box: BBox) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


def _is_large(box: BBox) -> bool:
    return box.x1 - box.x0 >= _LEAST_WIDE and box.bottom - box.top >= _LEAST_HIGH and _area(box) >= _LEAST_AREA


def _on_page(box: BBox, content: PageContent) -> BBox:
    return BBox(max(0, box.x0), max(0, box.top), min(content.width, box.x1), min(content.height, box.bottom))
