"""Hebrew and Arabic, from the page to the published document."""

from pathlib import Path

import pytest
from fragments import check_fragment
from pdfs import objects_to_pdf, stream_object

from pipeline.extraction import content_to_extraction, open_reader
from pipeline.page_result import Method, PageTimings, content_to_result
from pipeline.results.document_html import pages_to_html
from pipeline.worker.basic_extraction import read_page
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.tasks import READERS, ReaderName

HEBREW = ("שלום לכולם", "ירושלים")
ARABIC = ("مرحبا بكم جميعا", "القاهرة")
LATIN = "See the note below"

_MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
3 beginbfrange <0020> <007E> <0020> <05D0> <05EA> <05D0> <0620> <064A> <0620> endbfrange
endcmap end end"""


def _show(x: float, y: float, text: str, *, right_to_left: bool = True) -> bytes:
    """The glyphs as they stand on the page: the last letter of right-to-left text leftmost."""
    codes = (text[::-1] if right_to_left else text).encode("utf-16-be").hex().encode()
    return b"BT /F1 12 Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n" % (x, y, codes)


def _write(path: Path, words: tuple[str, str]) -> Path:
    """A paragraph in either direction, and a ruled table of two by two."""
    sentence, name = words
    content = _show(300, 720, sentence) + _show(50, 680, LATIN, right_to_left=False)
    for row in range(2):
        content += _show(60, 605 - 20 * row, str(1200 + row), right_to_left=False) + _show(160, 605 - 20 * row, name)
    content += b"".join(b"50 %d m 250 %d l S\n" % (y, y) for y in (620, 600, 580))
    content += b"".join(b"%d 580 m %d 620 l S\n" % (x, x) for x in (50, 150, 250))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream_object(content),
        5: b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [6 0 R]"
        b" /ToUnicode 7 0 R >>",
        6: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 600 /FontDescriptor 8 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        7: stream_object(_MAP),
        8: b"<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200"
        b" /CapHeight 700 /ItalicAngle 0 /StemV 80 >>",
    }
    path.write_bytes(objects_to_pdf(objects))
    return path


@pytest.mark.parametrize("words", [HEBREW, ARABIC], ids=["hebrew", "arabic"])
@pytest.mark.parametrize("reader", READERS)
def test_text_from_right_to_left_says_so_up_to_the_published_document(
    tmp_path: Path, reader: ReaderName, words: tuple[str, str]
) -> None:
    pdf = OpenPdf(_write(tmp_path / "a.pdf", words))
    try:
        content = read_page(pdf, 1, (reader,), lambda *_: None)
    finally:
        pdf.close()
    page = content_to_result(content, 1, fallback=None, attempts=(), timings=PageTimings())
    published = b"".join(pages_to_html("a.pdf", [(page, content.html)], page_count=1, fallback_pages=())).decode()

    sentence, name = words
    assert content.method is Method.TEXT_LAYER
    check_fragment(content.html)
    assert f'<p dir="rtl">{sentence}</p>' in published
    assert f"<p>{LATIN}</p>" in published
    assert published.count(f'<td dir="rtl">{name}</td>') == 2
    assert published.count('dir="rtl"') == 3


@pytest.mark.parametrize("words", [HEBREW, ARABIC], ids=["hebrew", "arabic"])
def test_both_readers_give_the_same(tmp_path: Path, words: tuple[str, str]) -> None:
    path = _write(tmp_path / "a.pdf", words)
    pages = []
    for kind in ("pdfium", "pdfminer"):
        with open_reader(path, kind) as reader:
            pages.append(content_to_extraction(reader.read(1)).html)

    assert pages[0] == pages[1]
