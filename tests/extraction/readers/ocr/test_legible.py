"""Whether a page's own text is worth keeping, and which pictures may hold more."""

from pathlib import Path

import pytest
from pdfs import Canvas, Image, write_pdf

from pipeline.extraction import BBox, Char, PageContent, Word, open_reader
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.readers.ocr.legible import content_to_unread_pictures, plausible_share, text_fault


def content(text: str, *, hidden: bool = False) -> PageContent:
    chars = tuple(
        Char(letter, BBox(10 + 6 * index, 10, 16 + 6 * index, 20), "F", 10) for index, letter in enumerate(text)
    )
    return PageContent(
        number=1, width=600, height=800, reader="pdfium", chars=chars, rulings=(), fills=(), hidden=hidden
    )


@pytest.mark.parametrize("text", ["The sum of 4,310 cranes", "Größe in km²: 17", "Сумма кранов"])
def test_text_of_any_language_is_worth_keeping_seen_or_unseen(text: str) -> None:
    assert text_fault(content(text)) is None
    assert text_fault(content(text, hidden=True)) is None


def test_no_text_garbled_text_and_the_junk_behind_a_scan_are_not() -> None:
    junk = "~}lI|_ ;:rnr .{ '1l|! xqz|w }{lj"

    assert text_fault(content("  ")) is not None
    assert text_fault(content(UNMAPPED * 5 + "words")) is not None
    assert text_fault(content(junk, hidden=True)) is not None
    assert text_fault(content(junk)) is None, "what is drawn is what people see"


@pytest.mark.parametrize("word", ["(17)", "-3.5", "4,310", "12%", "2001/02", "Dr.", "O'Neill", "e-mail", "§a"])
def test_numbers_names_and_abbreviations_are_words(word: str) -> None:
    assert plausible_share([Word(word.lstrip("§"), BBox(0, 0, 1, 1), ())]) == 1


def test_pictures_without_words_of_the_page_on_them_may_hold_text_and_small_ones_may_not(tmp_path: Path) -> None:
    canvas = Canvas()
    grey = Image(4, 4, 1, bytes(16))
    canvas.image(grey, 72, 100, 300, 200)  # a table as a picture
    canvas.image(grey, 72, 300, 100, 310)  # a logo
    canvas.image(grey, 72, 400, 500, 500)  # a ground for text
    canvas.paragraph(80, 420, "The harbour has cranes, and each of them has its own sum in the ledger.")
    with open_reader(write_pdf(tmp_path / "a.pdf", [canvas])) as reader:
        pictures = content_to_unread_pictures(reader.read(1))

    (picture,) = pictures
    assert tuple(picture) == pytest.approx((72, 100, 300, 200), abs=0.1)


@pytest.mark.parametrize(("sentences", "unread"), [(1, 1), (30, 0)])
def test_a_scan_may_hold_text_below_a_stamp_and_not_below_a_text_of_its_own(
    tmp_path: Path, sentences: int, unread: int
) -> None:
    canvas = Canvas()
    canvas.image(Image(4, 4, 1, bytes(16)), 0, 0, canvas.width, canvas.height)
    canvas.paragraph(72, 60, "Stamped by the archive on the third of May, number 4711. " * sentences)
    with open_reader(write_pdf(tmp_path / "a.pdf", [canvas])) as reader:
        pictures = content_to_unread_pictures(reader.read(1))

    assert len(pictures) == unread
