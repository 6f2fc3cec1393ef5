"""The text of a page is read in one call, and is what one call for every character gives."""

from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
from page_contents import TABLE_PDFS
from pdfs import objects_to_pdf, stream_object
from shared_files import needs_shared
from typeset import show, write_page

from pipeline.extraction.readers.pdfium.runs import RunReader, page_to_codes

#: Gives the code of "a" a letter beyond U+FFFF, which takes two units of the text.
_MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfchar <0061> <D835DC00> <0062> <0062> endbfchar
endcmap end end"""
_OBJECTS = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>",
    4: stream_object(b"BT /F1 10 Tf 50 700 Td <006200610062> Tj ET"),
    5: b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [6 0 R]"
    b" /ToUnicode 7 0 R >>",
    6: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 600"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    7: stream_object(_MAP),
}


def codes_one_by_one(page: pypdfium2.PdfTextPage) -> list[int]:
    return [pdfium_c.FPDFText_GetUnicode(page.raw, index) for index in range(page.count_chars())]


def text_page(path: Path) -> pypdfium2.PdfTextPage:
    return pypdfium2.PdfDocument(path)[0].get_textpage()


@pytest.mark.parametrize(
    "content",
    [
        show(50, 700, "The rain in Spain") + show(50, 680, "stays mainly"),
        b"BT /F1 10 Tf 50 700 Td (plain \x01 text) Tj ET",
    ],
    ids=["plain", "unmapped"],
)
def test_the_whole_text_is_the_text_of_every_character(tmp_path: Path, content: bytes) -> None:
    page = text_page(write_page(tmp_path / "page.pdf", content))

    codes = codes_one_by_one(page)

    assert list(map(ord, page_to_codes(page.raw))) == codes
    assert codes


def test_a_letter_of_two_units_moves_no_other_one(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(objects_to_pdf(_OBJECTS))
    page = text_page(path)

    codes = codes_one_by_one(page)

    assert max(codes) >= 0xD800
    assert list(map(ord, page_to_codes(page.raw))) == codes


@needs_shared
def test_the_whole_text_of_real_pages_is_the_text_of_every_character() -> None:
    for path in TABLE_PDFS[:5]:
        page = text_page(path)
        assert list(map(ord, page_to_codes(page.raw))) == codes_one_by_one(page)


def test_an_object_of_more_characters_than_are_asked_for_at_once_is_one_run(tmp_path: Path) -> None:
    text = "abcdefghij" * 250
    page = text_page(write_page(tmp_path / "page.pdf", show(5, 700, text)))

    (run,) = RunReader(page.raw).read(None)

    assert run.text == text
    assert len(run.xs) == len(run.ys) == len(run.rights) == len(run.indexes) == len(text)
