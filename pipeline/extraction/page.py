"""The composition: from what a reader found on a page to its HTML and its tables."""

from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from pipeline.extraction.errors import DeadlineExceeded
from pipeline.extraction.html_writer import Writer
from pipeline.extraction.memory import uncollected
from pipeline.extraction.model import PageContent, Table, Word
from pipeline.extraction.page_parts import parts_to_texts, words_to_parts
from pipeline.extraction.readers.anchors import Anchors
from pipeline.extraction.readers.reader import Reader, open_reader
from pipeline.extraction.tables.finder import page_to_tables
from pipeline.extraction.text.hyphens import Hyphens
from pipeline.extraction.text.runs import no_links
from pipeline.extraction.text.turning import content_to_upright
from pipeline.extraction.text.words import chars_to_words

_TABLES_CUT_SHORT = "Tables were not looked for to the end, for want of time."


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


def extract_page(source: Reader | Path, number: int, *, deadline: float | None = None) -> PageExtraction:
    """Read a page and make HTML of it.

    Args:
        source: An open reader, or the path of a PDF (opened with the default reader).
        number: Of the page, from 1.
        deadline: Seconds of ``time.monotonic()``; when it passes, what there is comes back.

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
        deadline: Seconds of ``time.monotonic()``.
    """
    content, turned = content_to_upright(content)
    words = content.words or chars_to_words(content.chars)
    warnings = list(content.warnings)
    tables: tuple[Table, ...] = ()
    complete = content.complete
    try:
        tables = page_to_tables(content, words, deadline)
    except DeadlineExceeded:
        complete = False
        warnings.append(_TABLES_CUT_SHORT)
    in_tables = {id(word) for table in tables for cell in table.cells for line in cell.lines for word in line.words}
    parts = words_to_parts(
        [word for word in words if id(word) not in in_tables], tables, content.rulings, content.height
    )
    links = Anchors(content.links).target if content.links else no_links
    writer = Writer(Hyphens(word.text for word in words), links)
    unread = len(content.chars) - sum(map(attrgetter("mapped"), content.chars))
    return PageExtraction(
        html=writer.page_to_html(parts),
        tables=tuple(part for part in parts if isinstance(part, Table)),
        words=tuple(words),
        reader=content.reader,
        warnings=tuple(warnings),
        complete=complete,
        text="\n".join(parts_to_texts(parts)),
        unmapped=unread / len(content.chars) if content.chars else 0.0,
        turned=turned,
    )
