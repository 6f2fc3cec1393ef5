"""Which blocks are headings, and of which level.

A heading is recognised by its look, compared with the page's running text (size, weight, slant, another font, capitals,
a number), by its words, and by its surroundings: text begins below it at the same edge.  A heading that the file itself
names (in its outline or its structure) counts where the page has that text.  On the page with the document's title,
text above the title and between it and the running text (masthead, authors, addresses) is no heading.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeGuard

from pipeline.extraction.model import BBox, Line, Table, Title
from pipeline.extraction.text.blocks import (
    Block,
    BlockKind,
    Part,
    block_to_text,
    is_bold,
    line_is_capital,
    words_to_bold_share,
)
from pipeline.extraction.text.faces import Face, line_to_uniform_face, lines_to_main_face
from pipeline.extraction.text.heading_words import (
    is_names,
    is_usual,
    may_head,
    text_to_depth,
    text_to_letters,
    without_number,
)
from pipeline.extraction.text.lines import line_to_size

#: The level of a heading from this many times the body size on.
LEVELS = ((1.75, 1), (1.35, 2), (1.12, 3))
#: Headings of these levels are recognised by size alone, without regard to weight.
TITLE_LEVELS = 2
#: The level of a heading of the body's size: if it is bold; if only its font, slant or number shows it.
BOLD_LEVEL = 4
PLAIN_LEVEL = 5
DEEPEST = 6
#: Type smaller than this share of the body's size is for notes and labels. Bold type in another font may be smaller,
#: since letters of other fonts can be larger at the same size.
SMALL, SMALLEST = 0.93, 0.7
#: A heading has at most so many lines and letters; a title, in large type, may have more.
MAX_LINES, MAX_LETTERS = 4, 220
MAX_TITLE_LINES, MAX_TITLE_LETTERS = 8, 400
TITLE_RATIO = 1.35
#: The most letters of a heading of body size; fewer if only its font shows it, and then its last line is short.
MAX_PLAIN_LETTERS, MAX_FONT_LETTERS, SHORT_LINE = 160, 90, 0.85
#: If more than this share of a page's letters are bold, weight is no evidence.
BOLD_PAGE = 0.5
#: The text below a heading has at least so many letters.
TEXT = 60
#: The text below a heading begins at most this many body sizes below it.
BELOW = 4.0
#: Running heads are within this share of the page's height from its edge; so many labels on a line are column heads.
EDGE, TWINS = 0.055, 2
#: Texts on one line with a gap of so many type sizes are in columns.
COLUMN_GAP = 2.5
#: At most so many headings follow each other before the text.
CHAIN = 3
#: A title is in this upper part of its page, mostly below a masthead at the edge, and has at least so many letters.
TITLE_HEIGHT, MASTHEAD, TITLE_LETTERS = 0.5, 0.07, 12
#: The same where an abstract follows, with this many body sizes.
ABSTRACT_LETTERS, ABSTRACT_RATIO = 30, 1.05
#: A text with so many letters is the document's text; authors and addresses before it take at most so many blocks.
LONG_TEXT, FRONT = 250, 16
_SENTENCE_ENDS = (".", ",", ";")

_ABSTRACT = re.compile(
    r"(?:abstract|a b s t r a c t|summary|introduction|background|zusammenfassung|r\u00e9sum\u00e9)\b", re.IGNORECASE
)

# Type size in half points, and whether all of it is bold.
_Look = tuple[float, bool]
# To sort the looks of headings: negative size in half points; not bold; not in capitals.
_Rank = tuple[float, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """The type of a page, and other evidence for its headings.

    Attributes:
        height: Of the page, in points.
        body: Type size of the running text, in points.
        titles: The headings named in the file itself.
        images: The places of pictures; labels in pictures are no headings.
    """

    height: float
    body: float
    titles: Sequence[Title] = ()
    images: Sequence[BBox] = ()


def parts_to_headed(parts: Sequence[Part], look: PageLook) -> list[Part]:
    """The parts, with the blocks that are headings marked as such.

    Args:
        parts: Of one page in reading order, headers and footers marked.
        look: Of the page.
    """
    return _Judge(parts, look).headed()


class _Judge:
    """Decides which blocks of one page are headings."""

    def __init__(self, parts: Sequence[Part], look: PageLook) -> None:
        self._parts = parts
        self._look = look
        blocks = [part for part in parts if isinstance(part, Block) and not part.angle]
        lines = [line for block in blocks for line in block.lines]
        words = [word for line in lines for word in line.words]
        self._bold_tells = words_to_bold_share(words) <= BOLD_PAGE
        body = [line for line in lines if abs(line_to_size(line) - look.body) <= look.body * (1 - SMALL)]
        self._face = lines_to_main_face(body)
        large = TITLE_RATIO * look.body
        self._running = {found for block in blocks if _is_long(block) and (found := _block_to_look(block))[0] < large}
        # The outline comes before the structure and has priority: programs tag any text as a heading.
        titles = reversed(look.titles)
        self._titles: Mapping[str, int] = {text_to_letters(title.text): title.level for title in titles}
        self._rows: dict[int, list[Block]] = {}
        for block in blocks:
            if len(block.lines) == 1:
                self._rows.setdefault(round(block.box.bottom), []).append(block)
        self._has_abstract = any(_ABSTRACT.match(block_to_text(block)) for block in blocks)
        self._looks = [self._look_to_level(part) for part in parts]
        self._title = self._to_title()
        self._front = self._to_front()

    def headed(self) -> list[Part]:
        """The parts, with headings."""
        return self._with_ranks([self._headed(index, part) for index, part in enumerate(self._parts)])

    def _with_ranks(self, parts: Sequence[Part]) -> list[Part]:
        """Give different levels to headings of one level that look different; larger, bold, or capitals is higher."""
        looks: dict[int, set[_Rank]] = {}
        for part in parts:
            if self._is_ranked(part):
                looks.setdefault(part.level, set()).add(_block_to_rank(part))
        ranked: list[Part] = []
        for part in parts:
            if self._is_ranked(part):
                lower = sorted(looks[part.level]).index(_block_to_rank(part))
                ranked.append(replace(part, level=min(DEEPEST, part.level + lower)))
            else:
                ranked.append(part)
        return ranked

    def _is_ranked(self, part: Part) -> TypeGuard[Block]:
        """Whether it is a heading whose level comes neither from the file nor from a number."""
        if isinstance(part, Table) or part.kind is not BlockKind.HEADING:
            return False
        text = block_to_text(part)
        return text_to_depth(text) == 0 and text_to_letters(text) not in self._titles

    def _headed(self, index: int, part: Part) -> Part:
        if isinstance(part, Table):
            return part
        level = self._named_level(part)
        if level is None and index not in self._front:
            level = self._looks[index]
            if level is not None and index != self._title and not self._has_text_below(index):
                level = None
        return part if level is None else replace(part, kind=BlockKind.HEADING, level=level, ordered=False)

    def _named_level(self, block: Block) -> int | None:
        """The level where the file names the block as a heading and it is no running text."""
        if not self._titles or block.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM} or _is_long(block):
            return None
        text = block_to_text(block)
        level = self._titles.get(text_to_letters(text)) or self._titles.get(text_to_letters(without_number(text)))
        if level is None or self._look_to_level(block) is not None:
            return level
        is_text = text.endswith(_SENTENCE_ENDS) or len(text) > MAX_PLAIN_LETTERS or not may_head(text)
        return None if is_text or is_names(without_number(text)) else level

    def _look_to_level(self, part: Part) -> int | None:
        """The level by the block's look and words; None where it looks like text."""
        if isinstance(part, Table) or part.angle or part.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM}:
            return None
        text = block_to_text(part)
        size, is_all_bold = _block_to_look(part)
        ratio = size / self._look.body
        if ratio < (SMALLEST if is_all_bold else SMALL) or not may_head(text):
            return None
        if _is_long(part, is_title=ratio >= TITLE_RATIO) or self._is_label(part, ratio):
            return None
        # A whole paragraph in this type makes it text, even with few letters: notes may have more letters than text.
        level = None if (size, is_all_bold) in self._running else _ratio_to_level(ratio)
        if level is not None and not is_all_bold and ratio < TITLE_RATIO and text.endswith(_SENTENCE_ENDS):
            return None
        if level is None:
            level = self._plain_level(part, text, is_large=ratio >= ABSTRACT_RATIO)
        elif level > TITLE_LEVELS and not is_all_bold:
            level += 1
        return None if level is None else min(DEEPEST, level + max(0, text_to_depth(text) - 1))

    def _plain_level(self, block: Block, text: str, *, is_large: bool) -> int | None:
        """The same for a block of about the body's size."""
        if (len(text) > MAX_PLAIN_LETTERS and not is_large) or text.endswith(_SENTENCE_ENDS):
            return None
        if self._bold_tells and all(map(is_bold, block.lines)):
            return BOLD_LEVEL + any(_is_italic(line_to_uniform_face(line)) for line in block.lines)
        if text.endswith(":") or (block.kind is BlockKind.ITEM and text_to_depth(text) == 0):
            return None
        faces = {line_to_uniform_face(line) for line in block.lines}
        is_capital = text.upper() == text and text_to_depth(text) == 0
        if is_capital or (None not in faces and self._is_other(faces, block, text)):
            return PLAIN_LEVEL + any(map(_is_italic, faces))
        return PLAIN_LEVEL if text_to_depth(text) > 1 or is_usual(text) else None

    def _is_other(self, faces: Collection[Face | None], block: Block, text: str) -> bool:
        """Whether the block is in another face than the running text; another font alone counts in short lines only."""
        if self._face is None or self._face in faces:
            return False
        if any(face is not None and face.italic != self._face.italic for face in faces):
            return True
        width = max((part.box.x1 - part.box.x0 for part in self._parts if _is_near_below(block, part)), default=0.0)
        last = block.lines[-1].box
        return len(text) <= MAX_FONT_LETTERS and last.x1 - last.x0 < SHORT_LINE * width

    def _is_label(self, block: Block, ratio: float) -> bool:
        """Whether it is in a picture, at the page's edge, or beside several others like it, as heads of a table are."""
        top, bottom = block.box.top / self._look.height, block.box.bottom / self._look.height
        at_edge = (bottom < EDGE or top > 1 - EDGE) and ratio < TITLE_RATIO
        row = self._rows.get(round(block.box.bottom), ())
        return at_edge or len(row) > TWINS or any(map(_has_columns, block.lines)) or self._is_in_picture(block)

    def _is_in_picture(self, block: Block) -> bool:
        """Whether it is in a picture that does not fill the page."""
        x, y = (block.box.x0 + block.box.x1) / 2, (block.box.top + block.box.bottom) / 2
        return any(
            box.x0 < x < box.x1 and box.top < y < box.bottom and box.bottom - box.top < self._look.height / 2
            for box in self._look.images
        )

    def _to_front(self) -> set[int]:
        """The parts above a document's title, and those between title and text: these are no headings."""
        if self._title is None:
            return set()
        front = set(range(self._title))
        for index in range(self._title + 1, min(len(self._parts), self._title + 1 + FRONT)):
            part = self._parts[index]
            text = block_to_text(part) if isinstance(part, Block) else ""
            if isinstance(part, Table) or len(text) >= LONG_TEXT or is_usual(text) or text_to_depth(text):
                break
            front.add(index)
        return front

    def _to_title(self) -> int | None:
        """The index of the document's title: the largest heading, high on the page, without text above it."""
        sizes = {
            index: line_to_size(part.lines[0])
            for index, part in enumerate(self._parts)
            if isinstance(part, Block) and self._looks[index] is not None and self._may_be_title(part)
        }
        below = {
            index: size for index, size in sizes.items() if self._parts[index].box.top > self._look.height * MASTHEAD
        }
        found = max(below or sizes, key=lambda index: (round(sizes[index]), _letters(self._parts[index])), default=None)
        if found is None:
            return None
        above = (part for part in self._parts[:found] if isinstance(part, Block))
        return found if all(len(block_to_text(part)) < LONG_TEXT for part in above) else None

    def _may_be_title(self, block: Block) -> bool:
        letters, ratio = len(block_to_text(block)), line_to_size(block.lines[0]) / self._look.body
        text = block_to_text(block)
        if is_usual(text) or text_to_depth(text):
            return False
        is_large = ratio >= TITLE_RATIO and letters >= TITLE_LETTERS
        is_over_abstract = ratio >= ABSTRACT_RATIO and letters >= ABSTRACT_LETTERS and self._has_abstract
        return (is_large or is_over_abstract) and block.box.top <= TITLE_HEIGHT * self._look.height

    def _has_text_below(self, index: int) -> bool:
        """Whether text begins below the block, at its edge or in the next column, perhaps after other headings."""
        block = self._parts[index]
        last = block.box
        is_large = isinstance(block, Block) and _block_to_look(block)[0] >= TITLE_RATIO * self._look.body
        for number, part in enumerate(self._parts[index + 1 :], index + 1):
            if isinstance(part, Block) and part.kind in {BlockKind.HEADER, BlockKind.FOOTER}:
                continue
            if is_large:
                return True
            is_next_column = part.box.top < last.top
            if not is_next_column and not (
                part.box.top - last.bottom <= BELOW * self._look.body and _overlaps(part.box, block.box)
            ):
                return False
            if isinstance(part, Table):
                return True
            if self._looks[number] is None or number - index > CHAIN:
                is_text = len(block_to_text(part)) >= TEXT or len(part.lines) > 1
                return is_text and self._may_be_below(block, part)
            last = part.box
        return False

    def _may_be_below(self, heading: Part, text: Block) -> bool:
        """Whether the text is large enough for the heading: small labels have small text below them."""
        if isinstance(heading, Table) or _block_to_look(heading)[0] >= SMALL * self._look.body:
            return True
        return line_to_size(text.lines[0]) >= SMALL * self._look.body


def _has_columns(line: Line) -> bool:
    """Whether the line has gaps as wide as between columns, except one after a number."""
    words = line.words[1:] if text_to_depth(line.words[0].text) else line.words
    return any(right.box.x0 - left.box.x1 > COLUMN_GAP * line_to_size(line) for left, right in pairwise(words))


def _letters(part: Part) -> int:
    return len(block_to_text(part)) if isinstance(part, Block) else 0


def _is_near_below(upper: Part, lower: Part) -> bool:
    gap = lower.box.top - upper.box.bottom
    return (
        gap + upper.box.bottom - upper.box.top >= 0
        and gap <= upper.box.bottom - upper.box.top
        and _overlaps(upper.box, lower.box)
    )


def _overlaps(first: BBox, second: BBox) -> bool:
    """Whether two boxes share some of their width."""
    return first.x0 < second.x1 and second.x0 < first.x1


def _block_to_rank(block: Block) -> "_Rank":
    size, is_all_bold = _block_to_look(block)
    return -size, not is_all_bold, not all(map(line_is_capital, block.lines))


def _is_italic(face: Face | None) -> bool:
    return face is not None and face.italic


def _is_long(block: Block, *, is_title: bool = False) -> bool:
    """Whether it is longer than headings, or titles, can be."""
    lines, letters = (MAX_TITLE_LINES, MAX_TITLE_LETTERS) if is_title else (MAX_LINES, MAX_LETTERS)
    return len(block.lines) > lines or len(block_to_text(block)) > letters


def _block_to_look(block: Block) -> _Look:
    size = max(line_to_size(line) for line in block.lines)
    return round(size * 2) / 2, all(is_bold(line) for line in block.lines)


def _ratio_to_level(ratio: float) -> int | None:
    return next((level for least, level in LEVELS if ratio >= least), None)
