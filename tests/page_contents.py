"""Every page of the sample PDFs as a reader found it, read once per process."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

from lxml import html as lxml_html
from shared_files import SHARED

from pipeline.extraction import PageContent, ReaderKind, open_reader

TABLE_PDFS = sorted((SHARED / "tables-dev").glob("*/*.pdf"))


@lru_cache(maxsize=4)
def pdf_to_contents(path: Path, kind: ReaderKind) -> tuple[PageContent, ...]:
    """All pages of a file."""
    with open_reader(path, kind) as reader:
        return tuple(reader.read(number) for number in range(1, reader.page_count + 1))


def html_to_letters(fragment: str) -> Counter[str]:
    """How often every character but blanks is in the text of the HTML."""
    element = lxml_html.fromstring(f"<section>{fragment}</section>")
    return Counter(letter for text in element.itertext() for letter in str(text) if not letter.isspace())
