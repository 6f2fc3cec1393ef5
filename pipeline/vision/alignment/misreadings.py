"""Words of an answer that are the page's words misread, told by what stands around them.

A part of the answer (a row of a table, a paragraph) is laid beside the lines of the page that have most of its words.
Where both agree on either side, and between them the answer has a word that the page has nowhere and the page one that
the answer has nowhere, the page's word was misread: models read structure well and digits badly.  Pure functions; they
know words in lines, never where those came from.  The alignment of words is that of difflib (Ratcliff and Obershelp,
"Pattern Matching: The Gestalt Approach", 1988), on the few lines in question only.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from pipeline.vision.faithfulness.answer_parts import AnswerPart
from pipeline.vision.faithfulness.numbers import text_to_comparable, text_to_numbers
from pipeline.vision.faithfulness.page_text import PageText

#: Of a part's words, the share that the lines beside it must have: below, they are not known to be its lines.
_LEAST_AGREEMENT: Final = 0.5
#: A part of fewer words that agree has no place on the page.
_FEWEST_AGREEING: Final = 2
#: Lines above and below the best one that a row of a table may run over.
_ROW_LINES: Final = 2
#: A word is another one misread, not another word, while at most this share of its letters differs.
_LETTERS_APART: Final = 0.34
#: Words of a part that are looked at; a longer one is a page without paragraphs, and its time would be quadratic.
_MOST_WORDS: Final = 400
_SIGNS: Final = str.maketrans(
    dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-")
    | dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{PRIME}", "'")
    | dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"')
)
_DIGIT: Final = re.compile("[0-9]")
#: What may stand between the digits of one number.
_SEPARATED: Final = re.compile("[0-9.,' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]*")
_PLAIN_NUMBER: Final = re.compile("[0-9][0-9.,']*[0-9]|[0-9]")
#: The first group of a number with blanks in it, and a further one.
_HEAD: Final = re.compile(r"[^0-9]{0,3}[0-9]{1,3}")
_GROUP: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?[^0-9]{0,3}")
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misreading:
    """One word, or one number with blanks in it.

    Attributes:
        part: Index of the part.
        cell: Index of the cell in its row; 0 in a block of text.
        word: Index of its first word in the cell, as ``str.split`` counts.
        words: How many words it is.
        was: As the model wrote it.
        now: As it stands on the page; a number keeps the separators that the model wrote.
    """

    part: int
    cell: int
    word: int
    words: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the answer, and where it stands."""

    key: str
    cell: int
    index: int
    count: int
    text: str


def parts_to_misreadings(parts: Sequence[AnswerPart], page: PageText) -> tuple[Misreading, ...]:
    """What the answer misread.

    Args:
        parts: Of the answer, in order.
        page: Its own text; nothing is told from one that is not usable.
    """
    if not page.usable:
        return ()
    return tuple(_Aligner(parts, page).misreadings())


class _Aligner:
    """The words of both sides, counted."""

    def __init__(self, parts: Sequence[AnswerPart], page: PageText) -> None:
        self._parts = [list(_part_to_words(part)) for part in parts]
        self._rows = [part.row for part in parts]
        self._lines = [[(_key(word), word) for word in line] for line in page.lines]
        had = Counter(key for line in self._lines for key, _ in line)
        written = Counter(word.key for words in self._parts for word in words)
        self._foreign = written - had
        self._absent = had - written
        self._places = _words_to_lines(self._lines)

    def misreadings(self) -> Iterator[Misreading]:
        if not (self._foreign or self._absent):
            return
        for index, words in enumerate(self._parts):
            if _FEWEST_AGREEING < len(words) <= _MOST_WORDS and self._may_hold(words, row=self._rows[index]):
                for word, now in self._pairs(words, row=self._rows[index]):
                    place = {"cell": word.cell, "word": word.index, "words": word.count}
                    yield Misreading(part=index, **place, was=word.text, now=_respelled(word.text, now))

    def _may_hold(self, words: list[_Word], *, row: bool) -> bool:
        """Whether a look at the lines beside is worth it: something is not the page's, or no line is the row's."""
        if any(word.key in self._foreign for word in words):
            return True
        return row and not any(self._covers(line, words) for line in self._places.get(words[0].key, ()))

    def _pairs(self, words: list[_Word], *, row: bool) -> Iterator[tuple[_Word, str]]:
        """Words of a part that were misread, each with the page's."""
        beside = self._lines_beside(words, row=row)
        ours, theirs = Counter(word.key for word in words), Counter(key for key, _ in beside)
        if (ours & theirs).total() < max(_FEWEST_AGREEING, _LEAST_AGREEMENT * len(words)):
            return
        lacking, more = ours - theirs, theirs - ours
        # A line that differs from the row in this one word only is its line, wherever else the page has the word.
        sure = row and lacking.total() == more.total() == 1
        # The label of a row runs over lines, its figures stand on one: each kind has an order of its own.
        for kind in (_has_digit, _has_none) if row else (bool,):
            one = [word for word in words if kind(word.key)]
            other = [(key, text) for key, text in beside if kind(key)]
            for word, (key, text) in _in_place_of(one, other):
                if lacking[word.key] and more[key] and self._is_misread(word.key, key, sure=sure):
                    yield word, text

    def _lines_beside(self, words: list[_Word], *, row: bool) -> list[tuple[str, str]]:
        """The words of the page's lines that have most of the part's, in order."""
        votes: dict[int, float] = defaultdict(float)
        for word in words:
            lines = self._places.get(word.key, ())
            for line in lines:
                votes[line] += 1 / len(lines)
        if not votes:
            return []
        best = max(votes, key=lambda line: (votes[line], -line))
        reach = _ROW_LINES if row else len(words)
        first, last = best, best
        while first - 1 in votes and best - first < reach:
            first -= 1
        while last + 1 in votes and last - best < reach:
            last += 1
        chosen = [best] if row and self._covers(best, words) else range(first, last + 1)
        return [word for line in chosen for word in self._lines[line]]

    def _covers(self, line: int, words: list[_Word]) -> bool:
        """Whether one line has a row's words, but for as many as may be misread."""
        lacking = Counter(word.key for word in words) - Counter(key for key, _ in self._lines[line])
        return lacking.total() <= sum(word.key in self._foreign for word in words)

    def _is_misread(self, ours: str, theirs: str, *, sure: bool) -> bool:
        if not (sure or self._foreign[ours] or self._absent[theirs]) or _UNREADABLE in theirs:
            return False
        one, other = _value(ours), _value(theirs)
        if one and other and _letters(ours) == _letters(theirs):
            return one != other
        if not (self._foreign[ours] and self._absent[theirs]) or _squeezed(ours) == _squeezed(theirs):
            return False
        return _apart(ours, theirs) <= (1 if one or other else _LETTERS_APART * max(len(ours), len(theirs)))


def _in_place_of(ours: Sequence[_Word], theirs: Sequence[tuple[str, str]]) -> Iterator[tuple[_Word, tuple[str, str]]]:
    """Words that stand in the place of others, one for one."""
    matcher = SequenceMatcher(None, [word.key for word in ours], [key for key, _ in theirs], autojunk=False)
    for kind, begin, end, first, last in matcher.get_opcodes():
        if kind == "replace" and end - begin == last - first:
            yield from zip(ours[begin:end], theirs[first:last], strict=True)


def _part_to_words(part: AnswerPart) -> Iterator[_Word]:
    for cell, text in enumerate(part.cells):
        words = text.split()
        index = 0
        while index < len(words):
            count = _number_to_words(words, index)
            whole = " ".join(words[index : index + count])
            if key := _key("".join(words[index : index + count])):
                yield _Word(key, cell, index, count, whole)
            index += count


def _number_to_words(words: Sequence[str], index: int) -> int:
    """How many words a number is that begins here: "1 234 567" is three."""
    count = 1
    if _HEAD.fullmatch(words[index]):
        while index + count < len(words) and _GROUP.fullmatch(words[index + count]):
            count += 1
    return count


def _respelled(was: str, now: str) -> str:
    """The page's word; of a number with as many digits only the digits, and its sign where that is another one."""
    ours, theirs = _DIGIT.findall(was), _DIGIT.findall(now)
    if len(ours) != len(theirs) or not ours:
        return now.rstrip(",;:") if was[-1:].isalnum() else now
    first, last = was.index(ours[0]), was.rindex(ours[-1]) + 1
    before, core, after = was[:first], was[first:last], was[last:]
    if not _SEPARATED.fullmatch(core):
        return now
    if _value(_key(was))[:1] != _value(_key(now))[:1]:
        before, after = now[: now.index(theirs[0])], now[now.rindex(theirs[-1]) + 1 :].rstrip(",;:")
    digits = iter(theirs)
    spelled = before + _DIGIT.sub(lambda _: next(digits), core) + after
    return spelled if _value(_key("".join(spelled.split()))) == _value(_key(now)) else now.rstrip(",;:")


def _has_digit(key: str) -> bool:
    return any(map(str.isdigit, key))


def _has_none(key: str) -> bool:
    return not _has_digit(key)


def _key(word: str) -> str:
    """The word as it is compared: spellings that a reader takes for the same are the same."""
    key = text_to_comparable(word).translate(_SIGNS).casefold()
    return "".join(number.value for number in text_to_numbers(key)) if _PLAIN_NUMBER.fullmatch(key) else key


def _squeezed(key: str) -> str:
    return "".join(filter(str.isalnum, key))


def _letters(key: str) -> str:
    return "".join(filter(str.isalpha, key))


def _value(key: str) -> tuple[str, ...]:
    """The numbers in a word, the first one with its sign."""
    numbers = [number.value for number in text_to_numbers(key)]
    negative = key.lstrip("$\N{EURO SIGN}\N{POUND SIGN}").startswith(("-", "("))
    return ("-" if negative else "+", *numbers) if numbers else ()


def _apart(one: str, other: str) -> int:
    """Letters that must be changed, put in or left out (Levenshtein's distance)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            current.append(min(before[column] + 1, current[-1] + 1, before[column - 1] + (letter != against)))
        before = current
    return before[-1]


def _words_to_lines(lines: Iterable[Iterable[tuple[str, str]]]) -> Mapping[str, list[int]]:
    """On which lines each word stands."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        for key in {key for key, _ in line}:
            places[key].append(index)
    return places
