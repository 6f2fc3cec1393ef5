"""Basic extraction of a page by a chain of readers."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from odd_pdfs import scanned_pdf
from pdfs import Canvas, Image, blank_pdf, numbered_pdf, objects_to_pdf, pages_to_objects, stream_object, write_pdf

from pipeline.extraction import BBox, PageContent, Word, content_to_extraction
from pipeline.extraction.readers.ocr.upright import Stance
from pipeline.page_result import Content, Method, OcrFacts
from pipeline.worker.basic_extraction import is_blank, read_page
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.recognised_page import RecognisedPage
from pipeline.worker.recognition import NeedsRecognition, PageRecognition
from pipeline.worker.tasks import READERS, ReaderName


@contextmanager
def opened(path: Path) -> Iterator[OpenPdf]:
    pdf = OpenPdf(path)
    try:
        yield pdf
    finally:
        pdf.close()


def read(path: Path, number: int = 1, readers: tuple[ReaderName, ...] = READERS) -> tuple[Content, list[ReaderName]]:
    announced: list[ReaderName] = []
    with opened(path) as pdf:
        return read_page(pdf, number, readers, lambda name, _: announced.append(name)), announced


@pytest.mark.parametrize("reader", READERS)
def test_a_page_with_text_and_a_table_is_read_by_either_reader(tmp_path: Path, reader: ReaderName) -> None:
    content, announced = read(numbered_pdf(tmp_path / "a.pdf", 2), 2, (reader,))

    assert (content.method, content.reader, len(content.tables)) == (Method.TEXT_LAYER, reader, 1)
    assert "<table" in content.html
    assert announced == [reader]


def test_the_second_reader_is_not_troubled_where_the_first_finds_the_text(tmp_path: Path) -> None:
    content, announced = read(numbered_pdf(tmp_path / "a.pdf", 1))

    assert content.reader == announced[-1] == "pdfminer"


def test_a_page_without_ink_is_blank(tmp_path: Path) -> None:
    path = blank_pdf(tmp_path / "a.pdf")

    assert read(path)[0] == Content(method=Method.BLANK)
    with opened(path) as pdf:
        assert is_blank(pdf, 1)


def page_with_content(path: Path, content: bytes) -> Path:
    """A page whose content stream is this object."""
    objects = pages_to_objects([Canvas()])
    page = next(number for number, body in objects.items() if b"/Type /Page " in body)
    objects[page + 1] = content
    path.write_bytes(objects_to_pdf(objects))
    return path


NOISE = bytes(random.Random(1).randbytes(300))


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (b"<< /Length 300 /Filter /FlateDecode >>\nstream\n" + NOISE + b"\nendstream", "cannot be decompressed"),
        (b"<< /Length 300 >>\nstream\n" + NOISE + b"\nendstream", "no drawing code"),
        (b"<< /Length 300 /Filter /Nonsense >>\nstream\n" + NOISE + b"\nendstream", "cannot be decoded"),
        (b"null", "is missing"),
    ],
)
def test_a_page_whose_content_is_damaged_is_not_blank(tmp_path: Path, content: bytes, clause: str) -> None:
    found, _ = read(page_with_content(tmp_path / "a.pdf", content))

    assert found.method is Method.NONE
    assert clause in found.warnings[-1]


@pytest.mark.parametrize("code", [b"", b" \n", b"q Q", b"BT ET", b"1 1 1 rg 0 0 612 792 re f"])
def test_a_page_that_draws_nothing_is_blank(tmp_path: Path, code: bytes) -> None:
    assert read(page_with_content(tmp_path / "a.pdf", stream_object(code)))[0] == Content(method=Method.BLANK)


def test_a_drawing_without_text_is_neither_blank_nor_read(tmp_path: Path) -> None:
    page = Canvas()
    page.fill(100, 100, 300, 300, grey=0.0)

    content, announced = read(write_pdf(tmp_path / "a.pdf", [page]))

    assert content.method is Method.NONE
    assert content.html.startswith("<figure><img ")
    assert announced == [*READERS]


@pytest.mark.parametrize("complete", [True, False])
def test_it_is_told_whether_a_reader_before_gave_a_part_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, complete: bool
) -> None:
    monkeypatch.setattr(
        "pipeline.worker.basic_extraction.content_to_extraction",
        lambda *given, **how: replace(content_to_extraction(*given, **how), complete=complete),
    )
    told: list[tuple[ReaderName, bool]] = []

    with opened(numbered_pdf(tmp_path / "a.pdf", 1)) as pdf:
        read_page(pdf, 1, READERS, lambda *reader: told.append(reader))

    assert told == [("pdfminer", False), ("pdfium", True)][: 1 if complete else 2]


def test_without_readers_a_page_of_text_has_nothing(tmp_path: Path) -> None:
    content, announced = read(numbered_pdf(tmp_path / "a.pdf", 1), 1, ())

    assert (content.method, announced) == (Method.NONE, [])


@pytest.mark.parametrize("draw", [blank_pdf, lambda path: numbered_pdf(path, 1)], ids=["blank", "words"])
def test_a_page_that_no_reader_has_read_is_not_blank_and_tells_nothing_of_the_exception(
    tmp_path: Path, draw: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(tmp_path / "a.pdf")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("<b>inner words</b>")

    monkeypatch.setattr("pipeline.worker.basic_extraction.content_to_extraction", fail)
    content, announced = read(path)

    assert (content.method, announced) == (Method.NONE, list(READERS))
    assert all("fault of the program" in warning and "inner" not in warning for warning in content.warnings)
    assert len(content.warnings) == len(READERS)


def recognised(confidence: float) -> RecognisedPage:
    """One word, as it was read in a picture."""
    box = BBox(72.0, 72.0, 120.0, 82.0)
    content = PageContent(
        number=1,
        width=612,
        height=792,
        reader="tesseract",
        chars=(),
        rulings=(),
        fills=(),
        words=(Word("ledger", box, (), 10.0),),
        doubts=(box,),
    )
    return RecognisedPage(content=content, stance=Stance(turn=90), confidence=confidence, low_words=("ledger",))


def read_scan(path: Path, recognition: PageRecognition) -> Content:
    with opened(scanned_pdf(path, 1, dpi=72)) as pdf:
        return read_page(pdf, 1, READERS, lambda *_: None, recognition)


def test_a_scan_asks_for_its_text_once_it_is_known_that_it_has_none_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(NeedsRecognition) as need:
        read_scan(tmp_path / "a.pdf", PageRecognition(possible=True))

    assert need.value.areas == ()
    assert read(blank_pdf(tmp_path / "b.pdf"))[0].method is Method.BLANK


def test_what_was_read_in_a_scan_is_its_content_and_what_was_doubted_is_marked(tmp_path: Path) -> None:
    content = read_scan(tmp_path / "a.pdf", PageRecognition(page=recognised(0.9)))

    assert (content.method, content.reader, content.size) == (Method.OCR, "tesseract", (792, 612))
    assert content.html == '<p><span data-unseen="">ledger</span></p>'
    assert content.ocr == OcrFacts(engine="tesseract", confidence=0.9, low_words=("ledger",))


def test_what_makes_no_sense_is_no_content_and_the_pages_picture_stands_in(tmp_path: Path) -> None:
    content = read_scan(tmp_path / "a.pdf", PageRecognition(page=recognised(0.3)))

    assert content.method is Method.NONE
    assert content.html.startswith("<figure><img ")
    assert any("30% sure" in warning for warning in content.warnings)


def test_why_a_picture_was_not_read_stands_with_the_page(tmp_path: Path) -> None:
    assert "No engine." in read_scan(tmp_path / "a.pdf", PageRecognition(problems=("No engine.",))).warnings


def test_a_scan_below_a_stamp_asks_for_its_text_and_is_shown_where_nothing_reads_it(tmp_path: Path) -> None:
    stamped = Canvas()
    stamped.image(Image(4, 4, 1, bytes(16)), 0, 0, stamped.width, stamped.height)
    stamped.paragraph(72, 60, "Received by the archive on the third of May.")
    with opened(write_pdf(tmp_path / "a.pdf", [stamped])) as pdf:
        with pytest.raises(NeedsRecognition) as need:
            read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(possible=True))
        content = read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(problems=("No engine.",)))

    assert len(need.value.areas) == 1
    assert content.method is Method.NONE
    assert content.html.startswith("<p>Received by the archive on the third of May.</p>")
    assert "<figure><img " in content.html
    assert "No engine." in content.warnings


def shifted(text: str) -> str:
    """Text in an encoding of its own, as fonts with a wrong table of characters give it."""
    return "".join(chr(33 + (ord(letter) + 30) % 90) if letter.isalpha() else letter for letter in text)


GIBBERISH = shifted("The harbour has cranes, and each of them has its own sum in the ledger of the port. " * 4)


def test_text_in_a_wrong_encoding_is_read_in_the_picture_or_shown_as_one(tmp_path: Path) -> None:
    page = Canvas()
    page.paragraph(72, 60, GIBBERISH)
    with opened(write_pdf(tmp_path / "a.pdf", [page])) as pdf:
        with pytest.raises(NeedsRecognition):
            read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(possible=True))
        read = read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(page=recognised(0.9)))
        unread = read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(problems=("No engine.",)))

    assert (read.method, read.html) == (Method.OCR, '<p><span data-unseen="">ledger</span></p>')
    assert unread.method is Method.NONE
    assert "<figure><img " in unread.html
    assert "makes no sense" in unread.warnings[1]


def test_text_that_looks_like_gibberish_is_kept_where_the_picture_shows_the_same(tmp_path: Path) -> None:
    page = Canvas()
    page.paragraph(72, 60, GIBBERISH)
    seen = recognised(0.9)
    words = [Word(text, BBox(72.0, 72.0, 120.0, 82.0), (), 10.0) for text in GIBBERISH.split()]
    alike = replace(seen, content=replace(seen.content, words=tuple(words)))
    with opened(write_pdf(tmp_path / "a.pdf", [page])) as pdf:
        content = read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(page=alike))

    assert (content.method, content.reader) == (Method.TEXT_LAYER, "pdfminer")


def test_handwriting_below_a_stamp_is_shown(tmp_path: Path) -> None:
    stamped = Canvas()
    stamped.image(Image(4, 4, 1, bytes(16)), 0, 0, stamped.width, stamped.height)
    stamped.paragraph(72, 60, "Received by the archive on the third of May.")
    seen = recognised(0.3)
    many = replace(seen, content=replace(seen.content, words=seen.content.words * 30))
    with opened(write_pdf(tmp_path / "a.pdf", [stamped])) as pdf:
        content = read_page(pdf, 1, READERS, lambda *_: None, PageRecognition(page=many))

    assert content.method is Method.NONE
    assert content.html.startswith("<p>Received by the archive on the third of May.</p><figure>")
