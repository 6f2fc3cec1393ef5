"""Words of pieces are the words of glyphs, at a third of the cost."""

from pathlib import Path

import pytest
from page_contents import TABLE_PDFS
from pdfs import numbered_pdf
from shared_files import needs_shared
from typeset import show, write_page

from pipeline.extraction import Char, PageContent, open_reader
from pipeline.extraction.readers.pdfium.reader import page_to_pieces
from pipeline.extraction.text.words import chars_to_words
from pipeline.pictures.render import PdfFile


def words_of(content: PageContent) -> list[tuple[str, int, int]]:
    return [(word.text, round(word.box.x0), round(word.box.top)) for word in chars_to_words(content.chars)]


def both_ways(path: Path, number: int = 1) -> tuple[PageContent, PageContent]:
    with open_reader(path, "pdfium") as reader, PdfFile(path) as file:
        return reader.read(number), page_to_pieces(file.page(number), file.reopen, number)


@pytest.mark.parametrize(
    "content",
    [
        show(50, 700, "The rain in Spain"),
        show(50, 700, "two  blanks   in a row"),
        b"BT /F1 10 Tf 50 700 Td [(Wi) -40 (de) -1200 (gap) 30 (s)] TJ ET",
        b"BT /F1 10 Tf 4 Tc 50 700 Td (spaced letters) Tj ET",
        b"BT /F1 10 Tf 50 700 Td (under) Tj 0 -12 Td (neath) Tj ET",
        b"BT /F1 10 Tf 0 1 -1 0 100 400 Tm (turned) Tj ET",
        b"BT /F1 10 Tf 50 700 Td (H) Tj /F1 6 Tf 7 -3 Td (2) Tj /F1 10 Tf 4 3 Td (O) Tj ET",
        b"BT /F1 10 Tf 50 700 Td (twice) Tj 0.2 0 Td (twice) Tj ET",
        b"BT 3 Tr /F1 10 Tf 50 700 Td (nobody sees this) Tj 0 Tr 0 -20 Td (but this) Tj ET",
        b"BT /F1 10 Tf 50 700 Td (Felix) Tj 4 0 Td (\xb4) Tj ET",
    ],
)
def test_pieces_make_the_words_that_glyphs_make(tmp_path: Path, content: bytes) -> None:
    glyphs, pieces = both_ways(write_page(tmp_path / "page.pdf", content))

    assert words_of(pieces) == words_of(glyphs)
    assert words_of(glyphs)


def test_letters_that_stand_close_are_one_piece(tmp_path: Path) -> None:
    glyphs, pieces = both_ways(numbered_pdf(tmp_path / "page.pdf", 1))

    assert len(pieces.chars) < len(glyphs.chars) / 2
    assert pieces.rulings == ()
    assert "".join(char.text for char in pieces.chars if char.text.strip()) == "".join(
        char.text for char in glyphs.chars if char.text.strip()
    )


def test_a_glyph_that_nobody_can_read_stays_by_itself(tmp_path: Path) -> None:
    content = b"BT /F1 10 Tf 50 700 Td (plain \x01 text) Tj ET"

    glyphs, pieces = both_ways(write_page(tmp_path / "page.pdf", content))

    def unread(chars: tuple[Char, ...]) -> list[str]:
        return [char.text for char in chars if not char.mapped]

    assert unread(pieces.chars) == unread(glyphs.chars)


@needs_shared
def test_pieces_make_the_words_of_real_papers() -> None:
    """Where text is drawn over text, both orders are guesses; elsewhere nothing may differ."""
    words = differing = 0
    for path in TABLE_PDFS[::6]:
        glyphs, pieces = both_ways(path)
        words += len(words_of(glyphs))
        differing += len(set(words_of(glyphs)) ^ set(words_of(pieces)))

    assert words > 1000
    assert differing <= words * 0.001
