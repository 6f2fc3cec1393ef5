"""The composition: from what a reader found on a page to its HTML and its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from pathlib import Path

from pipeline.extraction.errors import DeadlineExceeded
from pipeline.extraction.faults import Cost, Faults
from pipeline.extraction.html_writer import Writer
from pipeline.extraction.memory import uncollected
from pipeline.extraction.model import Char, PageContent, Table, Word
from pipeline.extraction.page_parts import parts_to_texts, words_to_asides, words_to_parts
from pipeline.extraction.readers.links import Anchors
from pipeline.extraction.readers.reader import Reader, open_reader
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.blocks import Block
from pipeline.extraction.text.hyphens import Hyphens
from pipeline.extraction.text.runs import no_links
from pipeline.extraction.text.turning import content_to_upright
from pipeline.extraction.text.watermarks import words_to_text_and_marks
from pipeline.extraction.text.words import chars_to_word, chars_to_words

_TABLES_CUT_SHORT = "Tables were not looked for to the end, for want of time."
#: Where places say nothing else, a glyph goes on with a word that ends at most this share of the type size away.
_NEAR = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PageExtraction:
    """What basic extraction made of a page.

    Attributes:
        html: A fragment: the page's content without a ``<section>`` around it.
        tables: In reading order.
        words: Of the whole page, those in tables among them.
        reader: Who read the characters.
        warnings: Sentences for a reader of the page.
        complete: False where the deadline or a limit cut the work short.
        text: The page as plain text, lines in reading order.
        unmapped: Share of the page's glyphs that no one can read, 0 to 1.
        turned: Degrees, clockwise, that the page was turned by because its text lies on its side; the boxes of words
            and tables are those of the turned page.
        size: Width and height of the page as they were before that, in points.
    """

    html: str
    tables: tuple[Table, ...]
    words: tuple[Word, ...]
    reader: str
    warnings: tuple[str, ...]
    complete: bool
    text: str
    unmapped: float = 0.0
    turned: int = 0
    size: tuple[float, float] = (0.0, 0.0)


def extract_page(source: Reader | Path, number: int, *, deadline: float | None = None) -> PageExtraction:
    """Read a page and make HTML of it.

    Args:
        source: An open reader, or the path of a PDF (opened with the default reader).
        number: Of the page, from 1.
        deadline: Seconds of ``time.thread_time()``; when it passes, what there is comes back.

    Raises:
        ExtractionError: The file or the page cannot be read.
    """
    if isinstance(source, Path):
        with open_reader(source) as reader:
            return extract_page(reader, number, deadline=deadline)
    with uncollected():
        return content_to_extraction(source.read(number, deadline=deadline), deadline=deadline)


def content_to_extraction(content: PageContent, *, deadline: float | None = None) -> PageExtraction:
    """Make HTML of what a reader, or an OCR engine, found on a page.

    Args:
        content: Of one page.
        deadline: Seconds of ``time.thread_time()``.
    """
    size = content.width, content.height
    content, turned = content_to_upright(content)
    faults = Faults()
    words = content.words or _chars_to_words(content.chars, faults)
    text, marks = words_to_text_and_marks(words)
    tables, in_time = _content_to_tables(content, text, deadline, faults)
    in_tables = {id(word) for table in tables for cell in table.cells for line in cell.lines for word in line.words}
    parts = words_to_parts([word for word in text if id(word) not in in_tables], tables, content, faults)
    parts += words_to_asides(marks)
    html = _parts_to_html(parts, words, content, faults)
    unread = len(content.chars) - sum(map(attrgetter("mapped"), content.chars))
    return PageExtraction(
        html=html,
        tables=tuple(part for part in parts if isinstance(part, Table)),
        words=tuple(words),
        reader=content.reader,
        warnings=(*content.warnings, *faults.warnings, *([] if in_time else [_TABLES_CUT_SHORT])),
        complete=content.complete and in_time,
        text="\n".join(parts_to_texts(parts)),
        unmapped=unread / len(content.chars) if content.chars else 0.0,
        turned=turned,
        size=size,
    )


def _chars_to_words(chars: Sequence[Char], faults: Faults) -> Sequence[Word]:
    with faults.cost_only(Cost.WORDS):
        return chars_to_words(chars)
    runs: list[list[Char]] = []
    last: Char | None = None
    for char in chars:
        if char.text.strip():
            if last is None or not _follows(char, last):
                runs.append([])
            runs[-1].append(char)
        last = char if char.text.strip() else None
    return tuple(chars_to_word(run) for run in runs)


def _follows(char: Char, last: Char) -> bool:
    return char.box.top == last.box.top and abs(char.box.x0 - last.box.x1) <= _NEAR * last.size


def _content_to_tables(
    content: PageContent, words: Sequence[Word], deadline: float | None, faults: Faults
) -> tuple[tuple[Table, ...], bool]:
    """The tables, and whether they were looked for to the end; what was found until then counts."""
    finder = TableFinder(content=content, words=words, deadline=deadline, faults=faults)
    try:
        with faults.cost_only(Cost.TABLES):
            finder.find()
    except DeadlineExceeded:
        return finder.found(), False
    return finder.found(), True


def _parts_to_html(parts: Sequence[Block | Table], words: Sequence[Word], content: PageContent, faults: Faults) -> str:
    with faults.cost_only(Cost.HTML):
        links = Anchors(content.links).target if content.links else no_links
        return Writer(Hyphens(word.text for word in words), links, frozenset(content.doubts)).page_to_html(parts)
    return "\n".join(f"<p>{escape(text)}</p>" for text in parts_to_texts(parts))
