"""Recognises answers that hold nothing of a page: no text, only places, only a picture, far too little."""

import re
from typing import Final

from pipeline.vision.answers.page_words import PageWords, squeezed

_IMAGE: Final = re.compile(r'<span class="image">[^<]*+</span>')
# An answer with less than this share of the page's own characters is not a page, whatever it says ("OK").
_LEAST_SHARE: Final = 0.1
# Text without white space that is only the location of something.
_PLACE: Final = re.compile(
    r"(?=[a-z]{0,12}[0-9]?[\[(:=])(?:bbox|box|coordinates?|[xy][12]?|[xy]?(?:min|max)|[\[\](){}<>,;:=\"']|-?[0-9.]+)+"
)
_NUMBER: Final = re.compile(r"(?<![a-z])[0-9.]+")
_OF_PLACE: Final = 4


def has_no_text(text: str, words: PageWords) -> bool:
    """Whether the visible text of an answer is at most one sign that is not on the page."""
    text = squeezed(text)
    return (len(text) <= 1 or not any(map(str.isalnum, text))) and not words.has(text)


def emptiness(text: str, html: str, words: PageWords) -> str:
    """A sentence that says why an answer holds nothing of its page; empty where it does.

    Args:
        text: Its visible text.
        html: The same as clean HTML.
        words: The page's own words.
    """
    text = squeezed(text)
    sentences = {
        "The answer says only where something stands on the page.": not words and _is_place(text),
        "The answer only puts a picture in the place of the page.": not squeezed(
            _IMAGE.sub("", html).replace("<p>", "").replace("</p>", "")
        ),
        f"The answer has {len(text)} characters where the page's own text has {len(words.squeezed)}.": len(text)
        < len(words.squeezed) * _LEAST_SHARE,
    }
    return next((sentence for sentence, holds in sentences.items() if holds), "")


def _is_place(text: str) -> bool:
    """Whether a text is only the location of something: groups of four numbers, in brackets or with their names."""
    return bool(_PLACE.fullmatch(text)) and len(_NUMBER.findall(text)) % _OF_PLACE == 0
