"""Words by which a model gives itself away when it talks about a page instead of writing what stands on it.

A page hardly speaks of the picture that it is, of the work of reading it, and as somebody who writes to somebody.  The
words for these few notions are listed in ``talk.toml``, in the languages that models answer in; sentences are not.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_FIRST_WORDS: Final = re.compile(r"\W*(?:[^\W_]+[\W_]+){0,3}[^\W_]*")
_FIRST_SIGNS: Final = 12


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


def notions_of(text: str) -> Mapping[Notion, int]:
    """How often the text speaks of each notion, those of which it does not left out."""
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    counts = {notion: len(pattern.findall(plain)) for notion, pattern in _PATTERNS.items()}
    return {notion: count for notion, count in counts.items() if count}


def opening(text: str) -> str:
    """The first four words of a text, or a dozen characters where its script has no blanks between words."""
    words = _FIRST_WORDS.match(text)
    return text[: max(words.end() if words else 0, 0 if text[:1].isascii() else _FIRST_SIGNS)]


def _patterns() -> Mapping[Notion, re.Pattern[str]]:
    lists = tomllib.loads((files(__package__) / "talk.toml").read_text(encoding="utf-8"))
    return MappingProxyType({notion: _pattern(**lists[notion]) for notion in Notion})


def _pattern(words: str, signs: str) -> re.Pattern[str]:
    longest_first = sorted(set(words.split()), key=len, reverse=True)
    whole = "|".join(
        re.escape(word[:-1]) + r"\w{0,20}" if word.endswith("*") else re.escape(word) for word in longest_first
    )
    anywhere = "|".join(re.escape(sign.strip()) for sign in re.split(r"\s{2,}|\n", signs) if sign.strip())
    return re.compile(rf"(?<![\w'])(?:{whole})(?!\w)|{anywhere}", re.IGNORECASE)


_PATTERNS: Final = _patterns()
