"""The PDFs that tests draw are what they say, to the readers that Dropleaf uses."""

import io
from collections.abc import Callable
from pathlib import Path

import odd_pdfs
import pypdfium2
import pytest
from pdfminer.high_level import extract_text
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfs import A4, Canvas, blank_pdf, numbered_pdf, write_pdf
from simulator import Mark, mark_to_sheet


def page_texts(path: Path, password: str | None = None) -> list[str]:
    with pypdfium2.PdfDocument(path, password=password) as pdf:
        return [str(page.get_textpage().get_text_range()) for page in pdf]


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_numbered_page_holds_the_words_of_its_sheet(tmp_path: Path, rotate: int) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 3, document=7, rotate=rotate)

    expected = [sorted(words(mark_to_sheet(Mark(7, page)).text)) for page in (1, 2, 3)]
    assert [sorted(words(text)) for text in page_texts(path)] == expected


def test_pdfminer_reads_the_same_words(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 1, document=7)

    assert sorted(words(extract_text(path))) == sorted(words(mark_to_sheet(Mark(7, 1)).text))


def test_pages_have_the_size_that_was_asked_for_however_they_are_turned(tmp_path: Path) -> None:
    for rotate in (0, 90):
        path = numbered_pdf(tmp_path / "a.pdf", 1, size=A4, rotate=rotate)
        with pypdfium2.PdfDocument(path) as pdf:
            assert pdf[0].get_size() == A4


def test_blank_pages_are_blank(tmp_path: Path) -> None:
    assert page_texts(blank_pdf(tmp_path / "a.pdf", 2)) == ["", ""]
    assert [bool(text) for text in page_texts(numbered_pdf(tmp_path / "b.pdf", 3, blank=(2,)))] == [True, False, True]


def test_text_with_special_signs_is_kept(tmp_path: Path) -> None:
    page = Canvas()
    page.text(72, 72, r"a (b) \ c é")

    assert page_texts(write_pdf(tmp_path / "a.pdf", [page])) == [r"a (b) \ c é"]


def test_a_thousand_pages_are_a_thousand_pages(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 1000)

    with pypdfium2.PdfDocument(path) as pdf:
        assert len(pdf) == 1000
        assert mark_to_sheet(Mark(0, 1000)).title in pdf[999].get_textpage().get_text_range()


def test_a_scanned_page_has_no_text_but_a_picture(tmp_path: Path) -> None:
    path = odd_pdfs.scanned_pdf(tmp_path / "a.pdf", 1, dpi=72)

    assert page_texts(path) == [""]
    with pypdfium2.PdfDocument(path) as pdf:
        shade = pdf[0].render(scale=1, grayscale=True)
        assert 0.8 < bytes(shade.buffer).count(b"\xff") / len(bytes(shade.buffer)) < 1


def test_an_encrypted_file_opens_with_its_password_only(tmp_path: Path) -> None:
    path = odd_pdfs.encrypted_pdf(tmp_path / "a.pdf")

    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        page_texts(path)
    with pytest.raises(PDFPasswordIncorrect):
        extract_text(path)
    assert mark_to_sheet(Mark(0, 1)).title in page_texts(path, odd_pdfs.PASSWORD.decode())[0]


def test_a_damaged_table_of_objects_is_survived(tmp_path: Path) -> None:
    assert len(page_texts(odd_pdfs.damaged_pdf(tmp_path / "a.pdf"))) == 3


def test_a_broken_page_leaves_the_others_sound(tmp_path: Path) -> None:
    texts = page_texts(odd_pdfs.broken_page_pdf(tmp_path / "a.pdf", 3, broken=2))

    assert [bool(text) for text in texts] == [True, False, True]


@pytest.mark.parametrize("make", [odd_pdfs.not_a_pdf, odd_pdfs.empty_file, odd_pdfs.pageless_pdf])
def test_what_is_no_document_or_has_no_page_does_not_open(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "a.pdf")

    with pytest.raises(pypdfium2.PdfiumError, match="Failed to load document"):
        page_texts(path)


def test_a_cut_file_is_shorter_than_a_whole_one(tmp_path: Path) -> None:
    cut = odd_pdfs.cut_pdf(tmp_path / "a.pdf", keep=0.5).read_bytes()
    whole = odd_pdfs.cut_pdf(tmp_path / "b.pdf", keep=1.0).read_bytes()

    assert whole.startswith(cut)
    assert len(page_texts(tmp_path / "b.pdf")) == 3
    assert io.BytesIO(cut).read(5) == b"%PDF-"
