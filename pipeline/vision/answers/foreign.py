"""Recognises answers that are no page: refusals, talk about the picture, descriptions, programs, dummy text.

If the page has words of its own, they decide. Else the form does: what an answer without tables and figures is about,
and to whom it speaks (:mod:`pipeline.vision.answers.talk`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.vision.answers.page_words import PageWords
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
# What somebody declines: to read, to convert, to help.
_TASK: Final = frozenset({Notion.PERCEIVING, Notion.WORK, Notion.OFFER, Notion.HANDING, Notion.MACHINE})
_ABOUT: Final = frozenset({Notion.PICTURE, Notion.WORK, Notion.MACHINE})
_SHOWN: Final = frozenset(
    {
        Notion.FILE,
        Notion.PART,
        Notion.GUESS,
        Notion.READER,
        Notion.HANDING,
        Notion.WORK,
        Notion.MACHINE,
        Notion.PERCEIVING,
    }
)
_CODE: Final = re.compile(
    r"^[ \t]*(?:import \w|from [\w.]+ import |def \w+\(|print\(|#include"
    r"|(?:sudo )?(?:pip3?|npm|apt(?:-get)?|brew|conda|yum|dnf) install"
    r"|const \w+ =|let \w+ =|var \w+ =|function \w+\(|public (?:static|class)|using System|library\(|require\()",
    re.MULTILINE,
)
# In a sentence of talk: what it is about, who acts, and how.
_ABOUT_INPUT: Final = frozenset({Notion.PICTURE, Notion.WORK, Notion.ENCODING})
_PERSONS: Final = frozenset({Notion.SPEAKER, Notion.READER, Notion.USER})
_ACTS: Final = frozenset({
    Notion.REFUSING, Notion.HANDING, Notion.PERCEIVING, Notion.SHOWING, Notion.GUESS, Notion.POINTING, Notion.ASSENT,
    Notion.FILE, Notion.PART,
})  # fmt: skip
_ASKING: Final = frozenset({Notion.READER, Notion.OFFER, Notion.ASSENT})
_THINKING: Final = frozenset({Notion.ASSENT, Notion.USER})
_TELLING: Final = frozenset({Notion.PICTURE, Notion.FILE})
_FEWEST_TOLD: Final = 3
_FEWEST_PARTS: Final = 3
# Most characters of a description that says what a document is about.
_LONGEST_TOLD: Final = 600
_LONGEST_ASSENT: Final = 5
_QUESTIONS: Final = ("?", "\N{FULLWIDTH QUESTION MARK}", "\N{ARABIC QUESTION MARK}")
_COLONS: Final = (":", "\N{FULLWIDTH COLON}")
# With so many lines of code a text is a program.
_FEWEST_LINES: Final = 1
_FILLERS: Final = (
    "quick brown fox", "jumps over the lazy dog", "lorem ipsum", "dolor sit amet", "consectetur adipi",
    "ut enim ad minim", "duis aute irure", "excepteur sint", "sunt in culpa", "document title", "your content here",
    "your text here", "content goes here", "text goes here", "transcribed text here",
)  # fmt: skip
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
    if _is_program(f"{whole}\n{code}", code) and not page.has(code):
        return True
    if _narrates(prose) and (page.share(prose) or 0.0) < _OF_PAGE:
        return True
    if any(Notion.INSTEAD in notions_of(each) for each in introductions):
        return True
    begins = bool(introductions) and (not introductions[0].endswith(_COLONS) or _declines(introductions[0]))
    return not code and (_is_talk(prose, page) or (begins and _is_talk(whole, page)))


def _is_program(prose: str, code: str) -> bool:
    """Whether the answer is a program that would read the page, instead of the page."""
    if len(_CODE.findall(code)) < _FEWEST_LINES:
        return False
    return {Notion.PICTURE, Notion.WORK} <= notions_of(prose).keys()


def _narrates(prose: str) -> bool:
    """Whether line after line tells what stands in the picture ('The text in the image is ...')."""
    if len(prose) > _LONGEST_TALK:
        return False
    lines = [line for line in prose.split("\n") if line.strip()]
    of_picture = [line for line in lines if Notion.PICTURE in notions_of(_opening(line))]
    if len(of_picture) < _FEWEST_TOLD:
        return False
    told = sum(notions_of(line).keys() >= _TELLING for line in of_picture)
    return told >= _FEWEST_TOLD and told * _FEWEST_TOLD >= len(lines)


def _declines(introduction: str) -> bool:
    return {Notion.REFUSING, Notion.SPEAKER} <= notions_of(introduction).keys()


def _is_talk(text: str, page: PageWords) -> bool:
    if not text.strip() or len(text) > _LONGEST_TALK or page.has(text) or _has_figures(text):
        return False
    share = page.share(text)
    if share is not None and share >= _OF_PAGE:
        return False
    sentences = [each for each in _SENTENCE.split(text) if each.strip()]
    if not sentences:
        return False
    found = notions_of(text)
    unlike = share is not None and share < _FOREIGN and _persons(found) and not _ABOUT.isdisjoint(found)
    return (
        unlike
        or _is_refusal(text.strip(), sentences, found)
        or _is_description(text.strip(), sentences, found)
        or _talks(sentences)
    )


def is_filler(text: str, page: PageWords) -> bool:
    """Whether the text is one that models invent for an empty page: a pangram, dummy text, or a form to fill in."""
    if not _is_filler(text) or page.has(text):
        return False
    sentences = re.split(r"[.!?\n]+", text)
    return sum(map(len, filter(_is_filler, sentences))) > sum(map(len, sentences)) * _MOSTLY


def _is_filler(text: str) -> bool:
    lower = text.lower()
    return any(filler in lower for filler in _FILLERS)


def _has_figures(text: str) -> bool:
    text = _LIST_NUMBER.sub("", text)
    return sum(map(len, _FIGURE.findall(text))) > len(text) * _FIGURES


def _opening(line: str) -> str:
    """The first six words of a line."""
    return " ".join(line.split()[:6])


def _subject(sentence: str) -> str:
    """The beginning of a sentence, without its first word (an article) where its script separates words."""
    first = opening(sentence.lstrip()).replace("'", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", " ")
    return first.partition(" ")[2] if first[:1].isascii() or first[:1].isupper() else first


def _persons(found: Mapping[Notion, int]) -> bool:
    return Notion.SPEAKER in found or Notion.READER in found


def _is_refusal(text: str, sentences: Sequence[str], found: Mapping[Notion, int]) -> bool:
    """Whether the text says that a picture or a file cannot be seen or read, asks for one, or declines to help."""
    if len(text) > _LONGEST_REFUSAL:
        return False
    for sentence in sentences:
        kinds = notions_of(sentence).keys()
        cannot = Notion.REFUSING in kinds or Notion.MACHINE in kinds
        of_answerer = _persons(found) or Notion.MACHINE in kinds
        if cannot and of_answerer and Notion.PERCEIVING in kinds and not _THINGS.isdisjoint(kinds):
            return True
        if {Notion.REFUSING, Notion.WORK, Notion.SPEAKER} <= kinds and not _READ.isdisjoint(kinds):
            return True
    return len(text) <= _SHORT and "\n" not in text and _is_short_refusal(text, sentences, found)


def _is_short_refusal(text: str, sentences: Sequence[str], found: Mapping[Notion, int]) -> bool:
    """The same of a text of one or two sentences, which as a page would be nearly empty."""
    kinds = found.keys()
    signs = (
        {Notion.REFUSING, Notion.PICTURE} <= kinds,
        (Notion.SPEAKER in kinds or found.get(Notion.REFUSING, 0) > 1)
        and Notion.REFUSING in kinds
        and not _TASK.isdisjoint(kinds),
        {Notion.SPEAKER, Notion.WORK} <= kinds
        and not _READ.isdisjoint(kinds)
        and (len(sentences) == 1 or Notion.ASSENT in kinds),
        {Notion.HANDING, Notion.PICTURE} <= kinds and (found[Notion.HANDING] > 1 or not _ASKING.isdisjoint(kinds)),
        Notion.PICTURE in kinds and found.get(Notion.PERCEIVING, 0) > 1,
        {Notion.READER, Notion.OFFER, Notion.SPEAKER} <= kinds and text.endswith(_QUESTIONS),
        Notion.ASSENT in kinds and len(text) <= _LONGEST_ASSENT,
        Notion.ABSENT in kinds and not _READ.isdisjoint(kinds) and len(sentences) == 1 and len(text) <= _SHORTEST,
    )
    return any(signs)


def _talks(sentences: Sequence[str]) -> bool:
    """Whether the first sentence speaks about the picture or the work with it, and so do at least half of all.

    Where it begins as thoughts do ("Okay, ...", "The user ..."), the others may be about the page.
    """
    told = [_speaks(notions_of(sentence)) for sentence in sentences]
    if not told[0]:
        return False
    thinks = not _THINKING.isdisjoint(notions_of(_opening(sentences[0])).keys())
    return thinks or 2 * sum(told) >= len(told)


def _speaks(found: Mapping[Notion, int]) -> bool:
    """Whether a sentence is about the picture, or about the work with it, and about somebody who acts."""
    kinds = found.keys()
    persons = len(kinds & _PERSONS)
    acts = len(kinds & _ACTS)
    return bool(kinds & _ABOUT_INPUT) and persons + acts > 1 and (Notion.PICTURE in kinds or persons > 0)


def _is_description(text: str, sentences: Sequence[str], found: Mapping[Notion, int]) -> bool:
    """Whether the text speaks of the picture from its first words on, as of something that shows a page.

    A headline before the first sentence is ignored.
    """
    if any(_describes(sentence, found) for sentence in sentences[:_FIRST_SENTENCES]):
        return True
    first = notions_of(sentences[0])
    # All that it has is a title for the picture, or the remark that it seems to be a scan.
    alone = len(sentences) == 1 and Notion.PICTURE in first
    if (alone and Notion.FILE in first) or (
        first.get(Notion.FILE, 0) > 1 and Notion.GUESS in first and not _persons(found)
    ):
        return True
    instead = Notion.INSTEAD in first and not _READ.isdisjoint(first.keys())
    heads = instead and (Notion.SHOWING in first or text.partition("\n")[0].endswith(_COLONS))
    return heads or (len(text) <= _LONGEST_TOLD and _tells(sentences[0], first, found))


def _tells(sentence: str, first: Mapping[Notion, int], found: Mapping[Notion, int]) -> bool:
    """Whether a first sentence tells what a document shows: that is its subject, or all that it has are parts."""
    subject = notions_of(_subject(sentence)).keys()
    shows = Notion.SHOWING in first and Notion.FILE in subject
    return (shows and not found.keys().isdisjoint({Notion.INSTEAD, Notion.PART, Notion.GUESS})) or (
        first.get(Notion.FILE, 0) >= _FEWEST_PARTS and Notion.PART in first
    )


def _describes(sentence: str, found: Mapping[Notion, int]) -> bool:
    kinds = notions_of(sentence).keys()
    subject = notions_of(_subject(sentence)).keys()
    told = not _SHOWN.isdisjoint(kinds) or (Notion.GUESS in found and found.get(Notion.PICTURE, 0) > 1)
    signs = (
        told and Notion.PICTURE in subject,
        Notion.SHOWING in kinds and Notion.PICTURE in subject,
        Notion.GUESS in kinds and Notion.FILE in subject,
        Notion.ENCODING in kinds and not kinds.isdisjoint(_READ),
        {Notion.PICTURE, Notion.WORK, Notion.SPEAKER, Notion.READER} <= kinds,
    )
    return any(signs)
