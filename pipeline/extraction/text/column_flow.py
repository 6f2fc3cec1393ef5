"""Text that continues from column to column: notes at a column's foot move behind, cut sentences are joined."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Line, Ruling, Table
from pipeline.extraction.text.blocks import SAME_SIZE, Block, BlockKind, Part, is_bold
from pipeline.extraction.text.captions_begin import CAPTION
from pipeline.extraction.text.lines import line_to_size
from pipeline.extraction.text.runs import SCRIPT_SIZE, Script, line_to_runs, line_to_text

#: The type of notes is at most this share of the running text's size.
NOTE_SIZE = 0.94
#: The rule above notes is at most this share of the column's width.
SHORT_RULE = 0.7
#: A block that begins this many type sizes left of a column is below the columns, in none of them.
OUTDENT = 2.0
#: A line that is cut by a column's end is at least this share of its block's width.
FULL = 0.75
_TEXT = (BlockKind.PARAGRAPH, BlockKind.ITEM)
_SIGNS = ("*", "\u2020", "\u2021", "\u00a7", "\u00b6")
_ENDED = re.compile("[.!?:;][\"'\u2019\u201d)\\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """Parts in one run from top to bottom.

    Attributes:
        goes_on: Whether it is right of the run before it, and continues it.
    """

    goes_on: bool
    parts: list[Part] = field(default_factory=list)


def parts_to_flowing(parts: Sequence[Part], rulings: Sequence[Ruling], body: float) -> list[Part]:
    """The parts, where notes at the foot of columns are behind the last column, and cut sentences are joined.

    A note is recognised by its size, and by a raised mark or a short rule before it. What is right below a table
    belongs to the table.

    Args:
        parts: Of one page in reading order, without headers and footers.
        rulings: Of the page.
        body: Type size of the running text, in points.
    """
    rules = sorted((rule.box for rule in rulings if rule.horizontal), key=_top)
    flowing: list[Part] = []
    notes: list[Part] = []
    for column in _parts_to_columns(parts, body):
        if not column.goes_on:
            flowing += notes
            notes = []
        start = _column_to_notes_start(column.parts, rules, body)
        text = column.parts[:start]
        if column.goes_on and flowing and text and _is_cut(flowing[-1], text[0]):
            flowing[-1] = _join(flowing[-1], text.pop(0))
        flowing += text
        notes += [_part_to_note(part) for part in column.parts[start:]]
    return [*flowing, *notes]


def _parts_to_columns(parts: Sequence[Part], body: float) -> Iterator[_Column]:
    column = _Column(goes_on=False)
    for part in parts:
        if column.parts:
            last = column.parts[-1].box
            if part.box.x0 >= last.x1 and part.box.top < last.bottom:
                yield column
                column = _Column(goes_on=True)
            elif column.goes_on and part.box.x0 < column.parts[0].box.x0 - OUTDENT * body:
                yield column
                column = _Column(goes_on=False)
        column.parts.append(part)
    if column.parts:
        yield column


def _column_to_notes_start(parts: Sequence[Part], rules: Sequence[BBox], body: float) -> int:
    """The index of the first note at the column's foot; the number of parts where there is no note."""
    largest = NOTE_SIZE * max([body, *map(_text_to_size, parts)])
    small = len(parts)
    while small > 0 and _is_small(parts[small - 1], largest):
        small -= 1
    below_table = small > 0 and isinstance(parts[small - 1], Table)
    for index in range(small, len(parts)):
        if not below_table and _is_marked(parts[index]):
            return index
        if index > (small if below_table else 0) and _is_ruled_off(parts[index - 1], parts[index], rules):
            return index
    return len(parts)


def _text_to_size(part: Part) -> float:
    """The type size of a paragraph; 0 for a part that may not be running text."""
    if isinstance(part, Table) or part.kind not in _TEXT or len(part.lines) == 1 or part.angle:
        return 0.0
    return line_to_size(part.lines[0])


def _is_small(part: Part, largest: float) -> bool:
    return (
        isinstance(part, Block)
        and part.kind is not BlockKind.HEADING
        and not part.angle
        and line_to_size(part.lines[0]) <= largest
    )


def _says_something(part: Part) -> TypeGuard[Block]:
    """Whether it is a block with letters; a page number or the bar of a fraction is not."""
    return isinstance(part, Block) and any(letter.isalpha() for line in part.lines for letter in line_to_text(line))


def _is_marked(part: Part) -> bool:
    """Whether the block begins with a raised number or letter, or with a sign used for notes."""
    if not _says_something(part):
        return False
    runs = [run for run in line_to_runs(part.lines[0]) if run.text != "("]
    return bool(runs) and (runs[0].look.script is Script.SUPER or runs[0].text.startswith(_SIGNS))


def _is_ruled_off(upper: Part, lower: Part, rules: Sequence[BBox]) -> bool:
    """Whether a short rule at the column's left edge is between the two, and the lower one has text."""
    if not _says_something(lower):
        return False
    above, note = upper.box, lower.box
    slack = (note.bottom - note.top) / 2
    width = max(above.x1, note.x1) - min(above.x0, note.x0)
    left = min(above.x0, note.x0)
    start = bisect_left(rules, above.bottom - slack, key=_top)
    between = rules[start : bisect_right(rules, note.top + slack, key=_top)]
    return any(abs(rule.x0 - left) <= slack and rule.x1 - rule.x0 <= SHORT_RULE * width for rule in between)


def _top(box: BBox) -> float:
    return box.top


def _part_to_note(part: Part) -> Part:
    if isinstance(part, Table):
        return part
    return replace(part, kind=BlockKind.FOOTNOTE, level=0, ordered=False)


def _is_cut(upper: Part, lower: Part) -> bool:
    """Whether the column's end has cut a paragraph or an item whose rest is the lower block.

    A rest may begin with a capital letter (a name, a German noun) only below several full lines.
    """
    if isinstance(upper, Table) or isinstance(lower, Table):
        return False
    if upper.kind not in _TEXT or lower.kind is not BlockKind.PARAGRAPH:
        return False
    last, first = upper.lines[-1], lower.lines[0]
    width = max(_width(line) for line in (*upper.lines, *lower.lines))
    begins = line_to_text(first)
    return (
        _are_set_alike(last, first)
        and not _ENDED.search(_line_to_base(last))
        and _width(last) >= FULL * width
        and (len(upper.lines) > 1 or not begins[0].isupper())
        and CAPTION.match(begins) is None
    )


def _are_set_alike(last: Line, first: Line) -> bool:
    sizes = line_to_size(last), line_to_size(first)
    return max(sizes) <= SAME_SIZE * min(sizes) and is_bold(last) == is_bold(first)


def _line_to_base(line: Line) -> str:
    """The line's text without small type, as the mark of a note after its last full stop."""
    least = SCRIPT_SIZE * line_to_size(line)
    return "".join(char.text for word in line.words for char in word.chars if char.size > least)


def _width(line: Line) -> float:
    return line.box.x1 - line.box.x0


def _join(upper: Part, lower: Part) -> Part:
    if isinstance(upper, Table) or isinstance(lower, Table):
        return upper
    return replace(upper, box=boxes_to_box([upper.box, lower.box]), lines=(*upper.lines, *lower.lines))
