"""Words of running text that are the page's words misread, told by what stands around them.

A block of the answer is laid beside the lines of the page that have most of its words.
Where both agree on either side, and between them the answer has a word that the page has nowhere and the page one that
the answer has nowhere, the page's word was misread: models read structure well and digits badly.  Pure functions; they
know words in lines, never where those came from.  The alignment of words is that of difflib (Ratcliff and Obershelp,
"Pattern Matching: The Gestalt Approach", 1988), on the few lines in question only.
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

#: Of a part's words, the share that the lines beside it must have: below, they are not known to be its lines.
_LEAST_AGREEMENT: Final = 0.5
#: A part of fewer words that agree has no place on the page.
_FEWEST_AGREEING: Final = 2
#: A word is another one misread, not another word, while at most this share of its letters differs.
_LETTERS_APART: Final = 0.34
#: Words of a part that are looked at; a longer one is a page without paragraphs, and its time would be quadratic.
_MOST_WORDS: Final = 400
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misreading:
    """One word, or one number with blanks in it.

    Attributes:
        word: Index of its first word in the cell or block, as ``str.split`` counts.
        words: How many words it is.
        was: As the model wrote it.
        now: As it stands on the page; a number keeps the separators that the model wrote.
    """

    word: int
    words: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the answer, and where it stands."""

    key: str
    index: int
    count: int
    text: str


def parts_to_misreadings(parts: Sequence[AnswerPart], page: PageText) -> tuple[tuple[int, Misreading], ...]:
    """What the blocks of text of an answer misread: the index of a part with the word in it.

    Args:
        parts: Of the answer, in order, rows of tables included.
        page: Its own text; nothing is told from one that is not usable.
    """
    if not page.usable:
        return ()
    return tuple(_Aligner(parts, page).misreadings())


class _Aligner:
    """The words of both sides, counted."""

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
        """Words of a block that were misread, each with the page's."""
        beside = self._lines_beside(words)
        ours, theirs = Counter(word.key for word in words), Counter(key for key, _ in beside)
        if (ours & theirs).total() < max(_FEWEST_AGREEING, _LEAST_AGREEMENT * len(words)):
            return
        lacking, more = ours - theirs, theirs - ours
        for word, (key, text) in _in_place_of(words, beside):
            if lacking[word.key] and more[key] and self._is_misread(word.key, key):
                yield word, text

    def _lines_beside(self, words: list[_Word]) -> list[tuple[str, str]]:
        """The words of the page's lines that have most of the part's, in order."""
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
    """Words that stand in the place of others, one for one."""
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
    """On which lines each word stands."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        for key in {key for key, _ in line}:
            places[key].append(index)
    return places
