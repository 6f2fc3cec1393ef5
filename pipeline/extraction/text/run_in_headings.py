"""Run-in headings: bold or slanted words at the start of a paragraph, on its first line, that are its heading."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.extraction.model import Line, Table, Title, Word
from pipeline.extraction.text.blocks import Block, BlockKind, Part, block_to_text
from pipeline.extraction.text.faces import Face, lines_to_main_face, word_to_face
from pipeline.extraction.text.heading_words import (
    is_names,
    is_usual,
    may_head,
    text_to_depth,
    text_to_letters,
    without_number,
)
from pipeline.extraction.text.lines import line_to_size, words_to_line

#: The levels of run-in headings: bold ones, and ones that are only slanted or in another font.
BOLD_LEVEL, SLANTED_LEVEL = 5, 6
#: The most letters of a run-in heading, and the least number of letters in the paragraph after it.
MAX_LETTERS, REST = 130, 40
#: Slanted words without a full stop are a name of a species or a book, unless there are so many words.
WORDS = 2
#: Type smaller than this share of the body's size is for notes.
SMALL = 0.93
_ENDS = (".", ".\u2014", "\u2014", "?")
_REFERENCE = re.compile(r"\[\d+\]|\d+[.)]\s")


def parts_to_run_in(parts: Sequence[Part], body: float, titles: Sequence[Title] = ()) -> list[Part]:
    """The parts, where every run-in heading is a heading of its own before its paragraph.

    Args:
        parts: Of one page in reading order, with other headings marked.
        body: Type size of the running text, in points.
        titles: The headings named in the file itself.
    """
    named = {text_to_letters(title.text) for title in titles}
    lines = [line for part in parts if isinstance(part, Block) for line in part.lines]
    main = lines_to_main_face([line for line in lines if abs(line_to_size(line) - body) <= body * (1 - SMALL)])
    found: list[Part] = []
    for part in parts:
        if isinstance(part, Table) or part.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM} or part.angle:
            found.append(part)
        else:
            found += _block_to_parts(part, body, main, named)
    return found


def _block_to_parts(block: Block, body: float, main: Face | None, named: Collection[str]) -> list[Block]:
    if main is None or line_to_size(block.lines[0]) < SMALL * body:
        return [block]
    count = _count_of_heading(block, main)
    text = " ".join(word.text for word in _words(block)[:count])
    rest = len(block_to_text(block)) - len(text)
    if not count or rest < REST or len(text) > MAX_LETTERS or not may_head(text):
        return [block]
    face = _first_face(block)
    level = BOLD_LEVEL if face is not None and face.bold else SLANTED_LEVEL
    if not (text_to_letters(text) in named or is_usual(text) or _is_titled(text, level)):
        return [block]
    return list(_split(block, count, level))


def _is_titled(text: str, level: int) -> bool:
    """Whether the words end as a heading does, or are numbered; references and names are no headings."""
    depth = text_to_depth(text)
    if (_REFERENCE.match(text) and depth <= 1) or is_names(without_number(text)):
        return False
    if level == BOLD_LEVEL:
        return text.endswith(_ENDS) or depth > 1
    is_plain = not any(letter.isdigit() for letter in without_number(text))
    return is_plain and (depth > 1 or (text.endswith(_ENDS) and len(text.split()) >= WORDS))


def _words(block: Block) -> list[Word]:
    return [word for line in block.lines for word in line.words]


def _first_face(block: Block) -> Face | None:
    return next((face for word in _words(block) if (face := word_to_face(word)) is not None), None)


def _count_of_heading(block: Block, main: Face) -> int:
    """How many words at the start are bold or slanted, unlike the running text; 0 where there are none."""
    face = _first_face(block)
    if face is None or (face.bold, face.italic) == (main.bold, main.italic):
        return 0
    words = _words(block)
    faces = map(word_to_face, words)  # a bold heading may contain slanted names
    is_other = (other is not None and (other != face and not (face.bold and other.bold)) for other in faces)
    end = next((index for index, other in enumerate(is_other) if other), 0)
    while end > 0 and word_to_face(words[end - 1]) is None and not words[end - 1].text.endswith(_ENDS):
        end -= 1  # numbers and signs before the text belong to it
    return end


def _split(block: Block, count: int, level: int) -> tuple[Block, Block]:
    heading: list[Line] = []
    rest: list[Line] = []
    for line in block.lines:
        taken = min(count, len(line.words))
        count -= taken
        if taken:
            heading.append(line if taken == len(line.words) else words_to_line(line.words[:taken]))
        if taken < len(line.words):
            rest.append(words_to_line(line.words[taken:]) if taken else line)
    return (
        replace(block, kind=BlockKind.HEADING, lines=tuple(heading), level=level, ordered=False),
        replace(block, kind=BlockKind.PARAGRAPH, lines=tuple(rest), level=0, ordered=False),
    )
