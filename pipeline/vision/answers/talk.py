"""Words that show that a model talks about a page instead of writing its text.

A page hardly ever speaks about its own picture or about the work of reading it, or as one person to another. The words
for these few notions are listed in ``talk.toml``, in the languages in which models answer; sentences are not.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W\d_]*)?")
_FIRST_WORDS: Final = re.compile(r"\W*(?:[^\W_]+[\W_]+){0,2}[^\W_]*")
_FIRST_SIGNS: Final = 12
# The number of an item is no person.
_ROMAN: Final = re.compile(r"\(i{1,3}\)")


class Notion(StrEnum):
    """What a word is about."""

    PICTURE = "picture"
    FILE = "file"
    WORK = "work"
    SPEAKER = "speaker"
    READER = "reader"
    REFUSING = "refusing"
    MACHINE = "machine"
    GUESS = "guess"
    HANDING = "handing"
    OFFER = "offer"
    POINTING = "pointing"
    ASSENT = "assent"
    PERCEIVING = "perceiving"
    INSTEAD = "instead"
    NOTE = "note"
    PART = "part"
    ABSENT = "absent"
    ENCODING = "encoding"
    SHOWING = "showing"
    USER = "user"
    OMITTING = "omitting"
    REST = "rest"
    ROWS = "rows"
    GOING_ON = "going_on"
    TURN = "turn"


def notions_of(text: str) -> Mapping[Notion, int]:
    """How often the text has words for each notion; notions without any are left out."""
    counts = Counter[Notion]()
    if "(" in text:
        text = _ROMAN.sub("", text)
    for word in _WORD.findall(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower()):
        if notions := _word_to_notions(word):
            counts.update(notions)
    if not text.isascii():
        counts.update(_LISTS.signs[sign] for sign in _LISTS.any_sign.findall(text))
    return counts


@lru_cache(maxsize=10_000)
def _word_to_notions(word: str) -> frozenset[Notion]:
    """What a word is about; in French and Italian an article may be joined to it by an apostrophe."""
    word = word.strip("'")
    article, _, noun = word.rpartition("'")
    found = _LISTS.word_to_notions(word)
    return frozenset(found or (_LISTS.word_to_notions(noun) if article and len(article) < len(noun) else ()))


def opening(text: str) -> str:
    """The first three words of a text, or twelve characters where its script has no blanks between words."""
    words = _FIRST_WORDS.match(text)
    return text[: max(words.end() if words else 0, 0 if text[:1].isascii() else _FIRST_SIGNS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """The words of ``talk.toml``, prepared for the search.

    Attributes:
        words: Whole words, and ``stems`` beginnings of words, each with its notions.
        longest: Characters of the longest stem.
        signs: Words of scripts without blanks, each with its notion.
        any_sign: A pattern that finds them.
    """

    words: Mapping[str, tuple[Notion, ...]]
    stems: Mapping[str, tuple[Notion, ...]]
    longest: int
    signs: Mapping[str, Notion]
    any_sign: re.Pattern[str]

    def word_to_notions(self, word: str) -> set[Notion]:
        """What a word is about."""
        found = set(self.words.get(word, ()))
        for length in range(2, min(len(word), self.longest) + 1):
            found.update(self.stems.get(word[:length], ()))
        return found


def _lists() -> _Lists:
    lists = tomllib.loads((files(__package__) / "talk.toml").read_text(encoding="utf-8"))
    words: dict[str, tuple[Notion, ...]] = {}
    stems: dict[str, tuple[Notion, ...]] = {}
    signs: dict[str, Notion] = {}
    for notion in Notion:
        for word in lists[notion]["words"].split():
            table = stems if word.endswith("*") else words
            table[word.rstrip("*")] = (*table.get(word.rstrip("*"), ()), notion)
        signs |= {sign.strip(): notion for sign in re.split(r"\s{2,}|\n", lists[notion]["signs"]) if sign.strip()}
    longest_first = sorted(signs, key=len, reverse=True)
    return _Lists(
        words=words,
        stems=stems,
        longest=max(map(len, stems)),
        signs=signs,
        any_sign=re.compile("|".join(map(re.escape, longest_first))),
    )


_LISTS: Final = _lists()
