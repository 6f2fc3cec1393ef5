"""Finds misread words in running text by the words around them.

Each block of the answer is aligned with those lines of the page that have most of its words. A word was misread where
both sides agree before and after it, the answer's word is nowhere on the page, and the page's word is nowhere in the
answer. (Models read structure well and digits badly.) All functions are pure: they get words in lines, from any
source. Words are aligned with difflib (Ratcliff and Obershelp,
"Pattern Matching: The Gestalt Approach", 1988), on these few lines only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from pipeline.vision.alignment.spellings import (
    edit_distance,
    key_to_value,
    letters_of,
    respelled,
    squeezed,
    word_to_key,
    words_of_number,
)
from pipeline.vision.faithfulness.answer_parts import AnswerPart
from pipeline.vision.faithfulness.page_text import PageText

#: The lines of a part must have at least this share of its words; else they may be the wrong lines.
_LEAST_AGREEMENT: Final = 0.5
#: A part with fewer words that agree cannot be located on the page.
_FEWEST_AGREEING: Final = 2
#: Two words are readings of the same word only if at most this share of the letters differs.
_LETTERS_APART: Final = 0.34
#: How many words of a part are compared: a longer one is a page without paragraphs, and would take quadratic time.
_MOST_WORDS: Final = 400
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misreading:
    """A misread word, or a misread number with blanks in it.

    Attributes:
        word: Index of its first word in the cell or block, as ``str.split`` counts.
        words: How many words it has.
        was: As the model wrote it.
        now: As it stands on the page; a number keeps the separators that the model wrote.
    """

    word: int
    words: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the answer, with its position."""

    key: str
    index: int
    count: int
    text: str


def parts_to_misreadings(parts: Sequence[AnswerPart], page: PageText) -> tuple[tuple[int, Misreading], ...]:
    """The misread words in the blocks of text of an answer, each with the index of its part.

    Args:
        parts: Parts of the answer, in order, rows of tables included.
        page: Its own text; nothing is found where it is not usable.
    """
    if not page.usable:
        return ()
    return tuple(_Aligner(parts, page).misreadings())


class _Aligner:
    """How often each word is in the answer and on the page."""

    def __init__(self, parts: Sequence[AnswerPart], page: PageText) -> None:
        words = [[word for text in part.cells for word in _text_to_words(text)] for part in parts]
        self._blocks = [(index, words[index]) for index, part in enumerate(parts) if not part.row]
        self._lines = [[(word_to_key(word), word) for word in line] for line in page.lines]
        had = Counter(key for line in self._lines for key, _ in line)
        written = Counter(word.key for part in words for word in part)
        self._foreign = written - had
        self._absent = had - written
        self._places = _words_to_lines(self._lines)

    def misreadings(self) -> Iterator[tuple[int, Misreading]]:
        for index, words in self._blocks:
            if _FEWEST_AGREEING < len(words) <= _MOST_WORDS and any(word.key in self._foreign for word in words):
                for word, now in self._pairs(words):
                    spelled = respelled(word.text, now)
                    yield index, Misreading(word=word.index, words=word.count, was=word.text, now=spelled)

    def _pairs(self, words: list[_Word]) -> Iterator[tuple[_Word, str]]:
        """Misread words of a block, each with the page's word."""
        beside = self._lines_beside(words)
        ours, theirs = Counter(word.key for word in words), Counter(key for key, _ in beside)
        if (ours & theirs).total() < max(_FEWEST_AGREEING, _LEAST_AGREEMENT * len(words)):
            return
        lacking, more = ours - theirs, theirs - ours
        for word, (key, text) in _in_place_of(words, beside):
            if lacking[word.key] and more[key] and self._is_misread(word.key, key):
                yield word, text

    def _lines_beside(self, words: list[_Word]) -> list[tuple[str, str]]:
        """The words of those lines of the page that have most of the part's words, in order."""
        votes: dict[int, float] = defaultdict(float)
        for word in words:
            lines = self._places.get(word.key, ())
            for line in lines:
                votes[line] += 1 / len(lines)
        if not votes:
            return []
        best = max(votes, key=lambda line: (votes[line], -line))
        reach = len(words)
        first, last = best, best
        while first - 1 in votes and best - first < reach:
            first -= 1
        while last + 1 in votes and last - best < reach:
            last += 1
        return [word for line in range(first, last + 1) for word in self._lines[line]]

    def _is_misread(self, ours: str, theirs: str) -> bool:
        if not (self._foreign[ours] or self._absent[theirs]) or _UNREADABLE in theirs:
            return False
        one, other = key_to_value(ours), key_to_value(theirs)
        if one and other and letters_of(ours) == letters_of(theirs):
            return one != other
        if not (self._foreign[ours] and self._absent[theirs]) or squeezed(ours) == squeezed(theirs):
            return False
        return edit_distance(ours, theirs) <= (1 if one or other else _LETTERS_APART * max(len(ours), len(theirs)))


def _in_place_of(ours: Sequence[_Word], theirs: Sequence[tuple[str, str]]) -> Iterator[tuple[_Word, tuple[str, str]]]:
    """Words that take the places of others, one for one."""
    matcher = SequenceMatcher(None, [word.key for word in ours], [key for key, _ in theirs], autojunk=False)
    for kind, begin, end, first, last in matcher.get_opcodes():
        if kind == "replace" and end - begin == last - first:
            yield from zip(ours[begin:end], theirs[first:last], strict=True)


def _text_to_words(text: str) -> Iterator[_Word]:
    words = text.split()
    index = 0
    while index < len(words):
        count = words_of_number(words, index)
        if key := word_to_key("".join(words[index : index + count])):
            yield _Word(key, index, count, " ".join(words[index : index + count]))
        index += count


def _words_to_lines(lines: Iterable[Iterable[tuple[str, str]]]) -> Mapping[str, list[int]]:
    """For each word, the lines that have it."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        for key in {key for key, _ in line}:
            places[key].append(index)
    return places
