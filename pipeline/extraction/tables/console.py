"""Console sessions in fixed-pitch type: what was typed at a prompt, and the key below printed output; none is a row."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.extraction.tables.segments import Segment

#: Advance widths of fixed-pitch type differ by at most this share of the type size.
EQUAL = 0.08
#: The next line of a session begins at most this many type sizes below.
LEADING = 2.0
#: Lines of one session begin at the same place, up to this share of the type size.
FLUSH = 0.25

#: What stands before what is typed: ``>``, ``R>``, ``>>>``, ``mysql>``.
_PROMPT = re.compile(r"^[A-Za-z]{0,10}>{1,3}$")
_NUMBERED_PROMPT = re.compile(r"^In \[\d+\]: ")
#: A shell's prompt stands before money, too, so only a command may follow: a small letter and no other text.
_SHELL = re.compile(r"^[$%] [a-z./]")
_CONTINUED = frozenset({"+", "...", "...:"})
#: A bound (``> 65 years``) is no prompt.
_BOUND = re.compile(r"^[\d.,]+$")
_SHORT_RULE = re.compile(r"^-{2,4}$")
#: How a key begins: a name of at most three words and a colon.
_KEY = re.compile(r"^(?:\S+ ){0,2}\S+:(?: |$)")
_OPEN, _CLOSED = "([{", ")]}"


def rows_to_console(rows: Sequence[Sequence[Segment]]) -> set[int]:
    """The ids of the segments that were typed at a prompt, or belong to the key below a short rule of hyphens.

    A line goes on with a typed one above if it has the sign for this, or if a bracket is still open.

    Args:
        rows: The segments of each line of a page, from top to bottom.
    """
    found: set[int] = set()
    above: Segment | None = None
    brackets = 0
    for row in rows:
        if above is not None and _step(above, row[0]) > LEADING * above.size:
            above = None
        for index, segment in enumerate(row):
            going_on = above is not None and _goes_on(above, segment, brackets)
            if not (going_on or _is_prompt(segment, row[index + 1 :])) or not _is_fixed(segment):
                continue
            typed = list(_beside(row[index:]))
            found.update(map(id, typed))
            brackets = max(0, (brackets if going_on else 0) + sum(map(_count_brackets, typed)))
            above = (
                segment
                if above is None or not going_on
                else above._replace(box=above.box._replace(top=segment.box.top, bottom=segment.box.bottom))
            )
            break
    return found | _keys(rows)


def _is_prompt(segment: Segment, others: Sequence[Segment]) -> bool:
    first = segment.words[0].text
    if first in {"$", "%"}:
        return not others and _SHELL.match(segment.text) is not None
    if first == "In":
        return _NUMBERED_PROMPT.match(segment.text) is not None
    if _PROMPT.match(first) is None:
        return False
    following = [word.text for word in segment.words[1:2]] or [other.words[0].text for other in others[:1]]
    return bool(following) and _BOUND.match(following[0]) is None


def _goes_on(above: Segment, segment: Segment, brackets: int) -> bool:
    flush = abs(segment.box.x0 - above.box.x0) <= FLUSH * above.size
    if segment.words[0].text in _CONTINUED:
        return flush
    return brackets > 0 and segment.box.x0 >= above.box.x0 - FLUSH * above.size


def _step(upper: Segment, lower: Segment) -> float:
    return lower.box.bottom - upper.box.bottom


def _beside(row: Sequence[Segment]) -> Iterator[Segment]:
    """The first segment, and those beside it in fixed-pitch type of its size."""
    yield row[0]
    for segment in row[1:]:
        if segment.size != row[0].size or not _is_fixed(segment):
            return
        yield segment


def _is_fixed(segment: Segment) -> bool:
    """Whether all letters have one advance width."""
    widths = [char.box.x1 - char.box.x0 for word in segment.words for char in word.chars if len(char.text) == 1]
    return bool(widths) and max(widths) - min(widths) <= EQUAL * segment.size


def _count_brackets(segment: Segment) -> int:
    text = segment.text
    return sum(map(text.count, _OPEN)) - sum(map(text.count, _CLOSED))


def _keys(rows: Sequence[Sequence[Segment]]) -> set[int]:
    found: set[int] = set()
    for above, row in pairwise(rows):
        rule, first = above[0], row[0]
        if (
            len(above) == 1
            and _SHORT_RULE.match(rule.text)
            and abs(rule.box.x0 - first.box.x0) <= FLUSH * rule.size
            and 0 < _step(rule, first) <= LEADING * rule.size
            and _KEY.match(" ".join(segment.text for segment in row))
            and _is_fixed(rule)
        ):
            found.update(map(id, [rule, *row]))
    return found
