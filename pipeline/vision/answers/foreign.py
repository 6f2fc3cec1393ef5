"""Answers that are no page: refusals, talk about the picture, descriptions, programs, dummy text.

Where the page has words of its own, they decide.  Where it has none, the form does: what an answer without tables and
figures speaks of, and to whom (:mod:`pipeline.vision.answers.talk`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.vision.answers.page_words import PageWords, squeezed
from pipeline.vision.answers.talk import Notion, notions_of, opening

# Characters: a refusal is short, a description may be longer; a page that is longer is none of them.
_LONGEST_REFUSAL: Final = 800
_SHORT: Final = 300
_VERY_SHORT: Final = 160
_LONGEST_TALK: Final = 3_000
# Of an answer's words that stand on the page: above, it is the page's; below, little speaks for it.
_OF_PAGE: Final = 0.6
_FOREIGN: Final = 0.3
# Share of digits from which an answer has figures, as pages have and talk has not; numbers of lists do not count.
_FIGURES: Final = 0.02
_FIGURE: Final = re.compile(r"(?<!\w)[0-9]+(?!\w)")
_LIST_NUMBER: Final = re.compile(r"^\s*[0-9]{1,2}[.)]\s", re.MULTILINE)
_HEADING: Final = re.compile(r"\A(?:\s*(?:#{1,6}[^\n]*|\*\*[^\n]*\*\*)\n)+")
_CODE: Final = re.compile(
    r"^[ \t]*(?:import \w|from [\w.]+ import |def \w+\(|print\(|#include|pip3? install|npm install"
    r"|const \w+ =|let \w+ =|var \w+ =|function \w+\(|public (?:static|class)|using System|library\(|require\()",
    re.MULTILINE,
)
# Lines of a program from which it is one.
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
        prose: Visible text of the answer but for code, without its introduction and its closing remark.
        code: Its code.
        introductions: What was taken off before it.  One that ends in a colon leads to a page; another one may be where
            the talk begins.
        page: The page's own words.
    """
    whole = "\n".join([*introductions, prose])
    if _is_program(whole, code) and not page.has(code):
        return True
    begins = bool(introductions) and not introductions[0].endswith((":", "\N{FULLWIDTH COLON}"))
    return not code and (_is_talk(prose, page) or (begins and _is_talk(whole, page)))


def _is_program(prose: str, code: str) -> bool:
    """Whether the code would do the work, and the text says so."""
    if len(_CODE.findall(code)) < _FEWEST_LINES:
        return False
    return {Notion.PICTURE, Notion.WORK} <= notions_of(prose).keys()


def _is_talk(text: str, page: PageWords) -> bool:
    if not text.strip() or len(text) > _LONGEST_TALK or page.has(text) or _has_figures(text):
        return False
    share = page.share(text)
    found = notions_of(text)
    if share is not None and (share >= _OF_PAGE or (share < _FOREIGN and _is_spoken(found))):
        return share < _OF_PAGE
    return _is_refusal(text.strip(), found) or _is_description(text, found)


def is_filler(text: str, page: PageWords) -> bool:
    """Whether the text is one that models make up for an empty page: a pangram, or dummy text."""
    if not squeezed(text) or page.has(text):
        return False
    sentences = re.split(r"[.!?\n]+", text)
    filler = sum(len(sentence) for sentence in sentences if _FILLER.search(sentence))
    return filler > sum(map(len, sentences)) * _MOSTLY


def _has_figures(text: str) -> bool:
    text = _LIST_NUMBER.sub("", text)
    return sum(map(len, _FIGURE.findall(text))) > len(text) * _FIGURES


def _is_spoken(found: Mapping[Notion, int]) -> bool:
    """Whether a text speaks to somebody, of the things that talk is about."""
    few = 2
    return _persons(found) and len(found) > few


def _persons(found: Mapping[Notion, int]) -> bool:
    return Notion.SPEAKER in found or Notion.READER in found


def _is_refusal(text: str, found: Mapping[Notion, int]) -> bool:
    size, kinds = len(text), found.keys()
    refusing = Notion.REFUSING in kinds
    return size <= _LONGEST_REFUSAL and any((
        refusing and Notion.PICTURE in kinds and (_persons(found) or Notion.MACHINE in kinds),
        refusing and {Notion.SPEAKER, Notion.MACHINE} <= kinds,
        refusing and {Notion.SPEAKER, Notion.READER, Notion.FILE, Notion.HANDING} <= kinds,
        size <= _VERY_SHORT and Notion.SPEAKER in kinds and found.get(Notion.REFUSING, 0) > 1,
        size <= _SHORT and Notion.PICTURE in kinds and (Notion.HANDING in kinds or Notion.MACHINE in kinds),
    ))  # fmt: skip


def _is_description(text: str, found: Mapping[Notion, int]) -> bool:
    """Whether the text speaks of the picture from its first words on, and goes on about it or to its reader."""
    body = _HEADING.sub("", text).lstrip()
    about = {Notion.READER, Notion.SPEAKER, Notion.WORK, Notion.GUESS, Notion.MACHINE} & found.keys()
    if Notion.PICTURE in notions_of(opening(body)) and (about or found.get(Notion.PICTURE, 0) > 1):
        return True
    return {Notion.PICTURE, Notion.WORK, Notion.SPEAKER, Notion.READER} <= found.keys()
