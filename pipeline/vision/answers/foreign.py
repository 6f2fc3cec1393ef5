"""Recognises answers that are no page: refusals, talk about the picture, descriptions, programs, dummy text.

If the page has words of its own, they decide. Else the form does: what an answer without tables and figures is about,
and to whom it speaks (:mod:`pipeline.vision.answers.talk`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.vision.answers.page_words import PageWords, squeezed
from pipeline.vision.answers.talk import Notion, notions_of, opening

# Most characters of a refusal and of a description; a longer answer is neither.
_LONGEST_REFUSAL: Final = 800
_SHORT: Final = 160
# Most characters of a sentence which says that there is nothing to read.
_SHORTEST: Final = 80
_LONGEST_TALK: Final = 3_000
# Shares of an answer's words that are on the page: above the first it is a page, below the second hardly.
_OF_PAGE: Final = 0.6
_FOREIGN: Final = 0.3
# From this share of digits on an answer has figures, as pages have and talk has not; numbers of lists do not count.
_FIGURES: Final = 0.02
_FIGURE: Final = re.compile(r"(?<!\w)[0-9]+(?!\w)")
_LIST_NUMBER: Final = re.compile(r"^\s*[0-9]{1,2}[.)]\s", re.MULTILINE)
_SENTENCE: Final = re.compile(r"[.!?\n\u3002\uff01\uff1f]+")
# Most characters of a headline before the first sentence of a description.
_FIRST_SENTENCES: Final = 2
# What a model cannot read; what talk is about; and what a picture of a page shows, or somebody says about it.
_THINGS: Final = frozenset({Notion.PICTURE, Notion.FILE, Notion.WORK})
_READ: Final = frozenset({Notion.PICTURE, Notion.FILE})
_ABOUT: Final = frozenset({Notion.PICTURE, Notion.WORK, Notion.MACHINE})
_SHOWN: Final = frozenset(
    {Notion.FILE, Notion.PART, Notion.GUESS, Notion.READER, Notion.HANDING, Notion.WORK, Notion.MACHINE}
)
_CODE: Final = re.compile(
    r"^[ \t]*(?:import \w|from [\w.]+ import |def \w+\(|print\(|#include|pip3? install|npm install"
    r"|const \w+ =|let \w+ =|var \w+ =|function \w+\(|public (?:static|class)|using System|library\(|require\()",
    re.MULTILINE,
)
# With so many lines of code a text is a program.
_FEWEST_LINES: Final = 1
_FILLER: Final = re.compile(
    r"quick brown fox|lorem ipsum|dolor sit amet|consectetur adipi|ut enim ad minim|duis aute irure|excepteur sint"
    r"|sunt in culpa|jumps over the lazy dog",
    re.IGNORECASE,
)
_MOSTLY: Final = 0.8


def is_foreign(prose: str, code: str, introductions: Sequence[str], page: PageWords) -> bool:
    """Whether an answer without tables is the model's talk to its user instead of a page.

    Args:
        prose: Visible text of the answer without code, introduction and closing remark.
        code: Its code.
        introductions: Introductions that were removed.  After one that ends in a colon a page follows; any other may be
            the beginning of talk.
        page: The page's own words.
    """
    whole = "\n".join([*introductions, prose])
    if _is_program(whole or code, code) and not page.has(code):
        return True
    if any(Notion.INSTEAD in notions_of(each) for each in introductions):
        return True
    begins = bool(introductions) and not introductions[0].endswith((":", "\N{FULLWIDTH COLON}"))
    return not code and (_is_talk(prose, page) or (begins and _is_talk(whole, page)))


def _is_program(prose: str, code: str) -> bool:
    """Whether the answer is a program that would read the page, instead of the page."""
    if len(_CODE.findall(code)) < _FEWEST_LINES:
        return False
    return {Notion.PICTURE, Notion.WORK} <= notions_of(prose).keys()


def _is_talk(text: str, page: PageWords) -> bool:
    if not text.strip() or len(text) > _LONGEST_TALK or page.has(text) or _has_figures(text):
        return False
    share = page.share(text)
    if share is not None and share >= _OF_PAGE:
        return False
    sentences = [each for each in _SENTENCE.split(text) if each.strip()]
    found = notions_of(text)
    unlike = share is not None and share < _FOREIGN and _persons(found) and not _ABOUT.isdisjoint(found)
    return unlike or _is_refusal(text.strip(), sentences, found) or _is_description(sentences, found)


def is_filler(text: str, page: PageWords) -> bool:
    """Whether the text is one that models invent for an empty page: a pangram, or dummy text."""
    if not squeezed(text) or page.has(text):
        return False
    sentences = re.split(r"[.!?\n]+", text)
    filler = sum(len(sentence) for sentence in sentences if _FILLER.search(sentence))
    return filler > sum(map(len, sentences)) * _MOSTLY


def _has_figures(text: str) -> bool:
    text = _LIST_NUMBER.sub("", text)
    return sum(map(len, _FIGURE.findall(text))) > len(text) * _FIGURES


def _subject(sentence: str) -> str:
    """The beginning of a sentence, without its first word (an article) where its script separates words."""
    first = opening(sentence.lstrip()).replace("'", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", " ")
    return first.partition(" ")[2] if first[:1].isascii() or first[:1].isupper() else first


def _persons(found: Mapping[Notion, int]) -> bool:
    return Notion.SPEAKER in found or Notion.READER in found


def _is_refusal(text: str, sentences: Sequence[str], found: Mapping[Notion, int]) -> bool:
    """Whether one sentence says that a picture or a file cannot be seen or read, or asks for one."""
    if len(text) > _LONGEST_REFUSAL:
        return False
    for sentence in sentences:
        kinds = notions_of(sentence).keys()
        cannot = Notion.REFUSING in kinds or Notion.MACHINE in kinds
        if cannot and Notion.PERCEIVING in kinds and not _THINGS.isdisjoint(kinds):
            return _persons(found) or Notion.MACHINE in kinds
        if {Notion.REFUSING, Notion.WORK, Notion.SPEAKER} <= kinds and not kinds.isdisjoint(
            {Notion.FILE, Notion.PICTURE}
        ):
            return True
    asks = len(text) <= _SHORT and found.get(Notion.HANDING, 0) > 1 and Notion.PICTURE in found
    bare = len(text) <= _SHORT and "\n" not in text and found.get(Notion.REFUSING, 0) > 1
    if len(sentences) == 1 and len(text) <= _SHORTEST and Notion.ABSENT in found and not _READ.isdisjoint(found):
        return True
    helps = Notion.PERCEIVING in found or Notion.OFFER in found
    return asks or (bare and Notion.SPEAKER in found and helps)


def _is_description(sentences: Sequence[str], found: Mapping[Notion, int]) -> bool:
    """Whether the text speaks of the picture from its first words on, as of something that shows a page.

    A headline before the first sentence is ignored.
    """
    if any(_describes(sentence, found) for sentence in sentences[:_FIRST_SENTENCES]):
        return True
    first = notions_of(sentences[0]) if sentences else {}
    # All that it has is a title for the picture, or the remark that it seems to be a scan.
    alone = len(sentences) == 1 and Notion.PICTURE in first
    return first.get(Notion.FILE, 0) > 1 and (alone or (Notion.GUESS in first and not _persons(found)))


def _describes(sentence: str, found: Mapping[Notion, int]) -> bool:
    kinds = notions_of(sentence).keys()
    subject = notions_of(_subject(sentence)).keys()
    told = not _SHOWN.isdisjoint(kinds) or (Notion.GUESS in found and found.get(Notion.PICTURE, 0) > 1)
    signs = (
        told and Notion.PICTURE in subject,
        Notion.GUESS in kinds and Notion.FILE in subject,
        {Notion.ENCODING, Notion.PICTURE} <= kinds,
        {Notion.PICTURE, Notion.WORK, Notion.SPEAKER, Notion.READER} <= kinds,
    )
    return any(signs)
