"""Lines to blocks: which lines form a paragraph, and where the next one begins."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Line, Table, Word
from pipeline.extraction.readers.checkboxes import SIGNS
from pipeline.extraction.text.faces import line_to_uniform_face, lines_to_main_face, word_to_face
from pipeline.extraction.text.heading_words import is_section_number
from pipeline.extraction.text.lines import line_to_baseline, line_to_size, word_to_size
from pipeline.extraction.text.list_markers import line_to_marker

#: Lines of one paragraph differ in type size by at most this factor.
SAME_SIZE = 1.12
#: Bold lines whose first words differ in size by a larger factor are two headings. Lines more than this many times as
#: large as usual are a title, whose face may change from line to line.
OTHER_SIZE, LARGE_TYPE = 1.04, 1.2
#: The next line of a paragraph is at most this many usual line distances below.
LEADING = 1.35
#: Line distance, in type sizes, used where a region has too few lines to measure it.
USUAL_LEADING = 1.3
#: An indent, in type sizes.
INDENT = 0.7
#: Lines are centred if their middles differ by at most this share of the type size.
CENTRED = 0.8
#: Free space, in type sizes, beyond what the next word needs: with more, the author has ended the line.
ROOM = 1.2

#: A line that leaves this share of the region's width free was ended, even if no sentence ends there.
MUCH_ROOM = 0.25
#: Free space, in line heights, before the page number of an entry without dots.
ENTRY_GAP = 2.5
_ENTRY = re.compile(r"\.{5,}[\w-]{1,8}$|(?:\u2026){2,}[\w-]{1,8}$")
_SENTENCE_ENDS = (".", "!", "?", ":", ";", ")", "\u201d")
#: The running text is the largest type with at least this share of the letters.
BODY_SHARE = 0.2
#: Running text is at least this large (points).
SMALLEST_BODY = 1.0


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together.

    Attributes:
        level: For a heading 1 to 6; for an item its depth from 1; else 0.
        ordered: Whether an item is numbered.
        angle: By how many degrees, counter-clockwise, the block is turned.
    """

    kind: BlockKind
    box: BBox
    lines: tuple[Line, ...]
    level: int = 0
    ordered: bool = False
    angle: int = 0


#: What a page consists of, in reading order.
Part = Block | Table


def lines_to_blocks(lines: Sequence[Line]) -> list[Block]:
    """The paragraphs and list items that the lines of one region form.

    Args:
        lines: From top to bottom.
    """
    if not lines:
        return []
    setting = _Setting(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and setting.continues(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_lines_to_block(group) for group in groups]


def _lines_to_block(lines: Sequence[Line]) -> Block:
    marker = line_to_marker(lines[0])
    return Block(
        kind=BlockKind.PARAGRAPH if marker is None else BlockKind.ITEM,
        box=boxes_to_box([line.box for line in lines]),
        lines=tuple(lines),
        level=0 if marker is None else 1,
        ordered=marker is not None and marker.ordered,
    )


class _Setting:
    """How the lines of a region are set: their margins and their distance."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.face = lines_to_main_face(lines)
        self.size = median(map(line_to_size, lines))
        self.left = min(line.box.x0 for line in lines)
        self.right = max(line.box.x1 for line in lines)
        self.leading = _lines_to_leading(lines)

    def continues(self, block: Sequence[Line], line: Line) -> bool:
        """Whether the line continues the block."""
        last = block[-1]
        size = line_to_size(line)
        if (
            not self._is_next(last, line, size)
            or line_to_marker(line) is not None
            or _is_entry(last)
            or (_has_box(last) and _has_box(line))
        ):
            return False
        if self._changes_face(block, line) or _changes_weight(block, line):
            return False
        if line_to_marker(block[0]) is not None:
            return self._continues_item(block, line, size)
        if _is_centred(last, line, size) or (is_bold(line) and is_bold(last)):
            return not _begins_heading(last, line)
        return not self._has_room(last, line, size) and not self._is_indented(block, line, size)

    def _is_next(self, last: Line, line: Line, size: float) -> bool:
        last_size = line_to_size(last)
        if max(size, last_size) > SAME_SIZE * min(size, last_size):
            return False
        step = line_to_baseline(line) - line_to_baseline(last)
        leading = self.leading.get(round(size), USUAL_LEADING * size)
        return step <= LEADING * leading

    def _changes_face(self, block: Sequence[Line], line: Line) -> bool:
        """Whether the line ends a heading in another face than the region's, or begins one below a finished sentence.

        A heading has a face of its own: a line that begins in the face in which the line before ended may continue it.
        """
        last = block[-1]
        was, now = line_to_uniform_face(last), line_to_uniform_face(line)
        ends, begins = word_to_face(last.words[-1]), word_to_face(line.words[0])
        if ends is None or begins is None or ends == begins or line_to_size(line) > LARGE_TYPE * self.size:
            return False
        is_font_only = ends[1:] == begins[1:]
        if was is not None and was != self.face:
            is_short = not is_font_only or last.box.x1 < self.right - MUCH_ROOM * (self.right - self.left)
            is_other = lines_to_main_face([line]) != was and all(line_to_uniform_face(each) == was for each in block)
            return is_short and is_other
        is_short = not is_font_only or line.box.x1 < self.right - MUCH_ROOM * (self.right - self.left)
        return now is not None and now != self.face and is_short and last.words[-1].text.endswith(_SENTENCE_ENDS)

    def _continues_item(self, block: Sequence[Line], line: Line, size: float) -> bool:
        marker = line_to_marker(block[0])
        text = block[0].words[1].box.x0 if marker is not None and len(block[0].words) > 1 else block[0].box.x0
        if len(block) > 1:
            text = block[-1].box.x0
        hangs = line.box.x0 >= text - INDENT * size
        return hangs or (line.box.x0 <= block[0].box.x0 + INDENT * size and not self._has_room(block[-1], line, size))

    def _has_room(self, last: Line, line: Line, size: float) -> bool:
        """Whether the author ended the last line although the next word would have had room.

        Ragged text and long words leave room, too. So a sentence that continues with a small letter is not ended, and
        one without an end mark needs much room to count as ended.
        """
        first = line.words[0]
        room = self.right - last.box.x1 - (first.box.x1 - first.box.x0)
        if first.text[:1].islower():
            return False
        if last.words[-1].text.endswith(_SENTENCE_ENDS):
            return room > ROOM * size
        return room > max(ROOM * size, MUCH_ROOM * (self.right - self.left))

    def _is_indented(self, block: Sequence[Line], line: Line, size: float) -> bool:
        """Whether the line begins a paragraph by its indent (a block of one line may have had its own indent).

        After an unfinished sentence, an indent is a hanging indent.
        """
        if len(block) == 1:
            ended = block[0].words[-1].text.endswith(_SENTENCE_ENDS)
            return ended and line.box.x0 > block[0].box.x0 + INDENT * size
        return line.box.x0 > min(other.box.x0 for other in block[1:]) + INDENT * size


def _has_box(line: Line) -> bool:
    """Whether the line has tick boxes."""
    return any(not SIGNS.isdisjoint(word.text) for word in line.words)


def _changes_weight(block: Sequence[Line], line: Line) -> bool:
    """Whether bold lines end here, or begin below a single line."""
    was_bold = is_bold(block[-1])
    return is_bold(line) != was_bold and (was_bold or len(block) == 1) and not _runs_on(block[-1], line)


def _begins_heading(last: Line, line: Line) -> bool:
    """Whether a bold or centred line is no rest of the heading above: it has a number, other type, other capitals."""
    sizes = word_to_size(last.words[0]), word_to_size(line.words[0])
    capitals = [line_is_capital(each) for each in (last, line)]
    is_other = max(sizes) > OTHER_SIZE * min(sizes) or capitals[0] != capitals[1]
    return is_section_number(line.words[0].text) or (is_other and is_bold(last) and is_bold(line))


def line_is_capital(line: Line) -> bool:
    """Whether it has several letters and all are capitals."""
    letters = [letter for word in line.words for letter in word.text if letter.isalpha()]
    return len(letters) > 3 and all(letter.isupper() for letter in letters)  # noqa: PLR2004 — DNA is no heading


def _runs_on(last: Line, line: Line) -> bool:
    """Whether the weight is equal before and after the line's end."""
    return bool(last.words[-1].chars and line.words[0].chars) and (
        last.words[-1].chars[-1].bold == line.words[0].chars[0].bold
    )


def _is_entry(line: Line) -> bool:
    """Whether the line is an entry of a table of contents: it ends with a number after dots or a wide gap."""
    if _ENTRY.search("".join(word.text for word in line.words)) is not None:
        return True
    if len(line.words) < 2:  # noqa: PLR2004 — a title and a number
        return False
    before, last = line.words[-2:]
    gap = last.box.x0 - before.box.x1
    return last.text.isdigit() and gap > ENTRY_GAP * (last.box.bottom - last.box.top)


def block_to_text(block: Block) -> str:
    """The block's words, separated by blanks."""
    return " ".join(word.text for line in block.lines for word in line.words)


def is_bold(line: Line) -> bool:
    """Whether most of the line's letters are bold."""
    return words_to_bold_share(line.words) > 0.5  # noqa: PLR2004 — most


def words_to_bold_share(words: Iterable[Word]) -> float:
    """The share of the words' letters that are bold, 0 to 1; a word counts as bold if its first letter is."""
    bold = total = 0
    for word in words:
        total += len(word.chars)
        if word.chars and word.chars[0].bold:
            bold += len(word.chars)
    return bold / total if total else 0.0


def _is_centred(last: Line, line: Line, size: float) -> bool:
    """Whether both lines have the same middle, and different edges."""
    middle = (last.box.x0 + last.box.x1) / 2
    off = abs((line.box.x0 + line.box.x1) / 2 - middle)
    return off < CENTRED * size and abs(line.box.x0 - last.box.x0) > 2 * CENTRED * size


def _lines_to_leading(lines: Sequence[Line]) -> dict[int, float]:
    """The usual line distance for each type size (rounded)."""
    steps: dict[int, list[float]] = {}
    for upper, lower in pairwise(lines):
        size = line_to_size(lower)
        step = line_to_baseline(lower) - line_to_baseline(upper)
        if 0.7 * size < step < 2.5 * size:
            steps.setdefault(round(size), []).append(step)
    return {size: median(found) for size, found in steps.items() if len(found) >= 2}  # noqa: PLR2004 — one is chance


def blocks_to_body_size(blocks: Sequence[Block], tables: Sequence[Table]) -> float:
    """The type size of the page's running text; of its tables where there is no running text.

    It is the largest size with a fair share of the letters: notes may have more letters than the text they belong to.
    """
    sizes: Counter[float] = Counter()
    for line in (line for block in blocks for line in block.lines):
        sizes[round(line_to_size(line) * 2) / 2] += sum(len(word.text) for word in line.words)
    if not sizes:
        for table in tables:
            for line in (line for cell in table.cells for line in cell.lines):
                sizes[round(line_to_size(line) * 2) / 2] += sum(len(word.text) for word in line.words)
    total = sum(sizes.values())
    return max(SMALLEST_BODY, max((size for size, count in sizes.items() if count >= BODY_SHARE * total), default=10.0))
