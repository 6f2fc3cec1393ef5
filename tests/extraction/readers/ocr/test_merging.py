"""A page's own text together with what was read in the pictures on it."""

from dataclasses import replace

from pipeline.extraction import BBox, Char, PageContent, Ruling, Word
from pipeline.extraction.readers.ocr.merging import contents_to_content

OWN = PageContent(
    number=1,
    width=600,
    height=800,
    reader="pdfminer",
    chars=tuple(
        Char(letter, BBox(10 + 6 * index, 10, 16 + 6 * index, 20), "F", 10) for index, letter in enumerate("sum")
    ),
    rulings=(),
    fills=(),
)


def word(text: str, x0: float, top: float) -> Word:
    return Word(text, BBox(x0, top, x0 + 6 * len(text), top + 10), (), 10)


def read(*words: Word, doubts: tuple[BBox, ...] = ()) -> PageContent:
    rule = Ruling(box=BBox(10, 90, 60, 90), width=1)
    return replace(OWN, reader="tesseract", chars=(), words=words, rulings=(rule,), doubts=doubts)


def test_what_is_read_in_pictures_is_added_with_its_rulings() -> None:
    merged = contents_to_content(OWN, read(word("cranes", 10, 100), word("4,310", 60, 100)))

    assert [each.text for each in merged.words] == ["sum", "cranes", "4,310"]
    assert (merged.reader, len(merged.rulings), merged.chars) == ("pdfminer", 1, OWN.chars)


def test_what_the_page_has_itself_is_not_added_again() -> None:
    merged = contents_to_content(OWN, read(word("sun", 11, 11), word("cranes", 10, 100)))

    assert [each.text for each in merged.words] == ["sum", "cranes"]


def test_a_photograph_adds_nothing() -> None:
    words = word("ecl", 10, 100), word("rw", 60, 100), word("tree", 90, 100)

    assert contents_to_content(OWN, read(*words, doubts=(words[0].box, words[1].box))) is OWN
    assert contents_to_content(OWN, read()) is OWN


def test_what_is_doubted_stays_doubted() -> None:
    words = [word(text, 10 + 40 * index, 100) for index, text in enumerate(["Year", "Crane", "Sum", "l7"])]

    assert contents_to_content(OWN, read(*words, doubts=(words[3].box,))).doubts == (words[3].box,)
