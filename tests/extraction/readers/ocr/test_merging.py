"""A page's own text together with what was read in the pictures on it."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction import BBox, Char, PageContent, Ruling, Word
from pipeline.extraction.readers.ocr.merging import contents_to_content

OWN = PageContent(
    number=1,
    width=600,
    height=800,
    reader="pdfminer",
    chars=tuple(
        Char(letter, BBox(110 + 6 * index, 110, 116 + 6 * index, 120), "F", 10) for index, letter in enumerate("sum")
    ),
    rulings=(),
    fills=(),
)
PICTURE = BBox(100, 100, 300, 300)
LEDGER = ("Crane", "Year", "Sum", "Anna", "2001", "4,310", "Berta", "2002", "880", "Carla", "2003", "1,207")


def words(count: int, *, pitch: float = 15.0) -> list[Word]:
    """Words in lines of three, from the second line of the picture on."""
    placed = []
    for index in range(count):
        text = LEDGER[index % len(LEDGER)]
        x0, top = 110 + 60 * (index % 3), 140 + pitch * (index // 3)
        placed.append(Word(text, BBox(x0, top, x0 + 6 * len(text), top + 10), (), 10))
    return placed


def merged(found: Sequence[Word], *, doubts: Sequence[Word] = ()) -> PageContent:
    rules = Ruling(box=BBox(110, 190, 250, 190), width=1), Ruling(box=BBox(10, 500, 60, 500), width=1)
    boxes = tuple(word.box for word in doubts)
    read = replace(OWN, reader="tesseract", chars=(), words=tuple(found), rulings=rules, doubts=boxes)
    return contents_to_content(OWN, read, [PICTURE])


def test_what_is_read_in_a_picture_of_text_is_added_with_its_rulings() -> None:
    page = merged([*words(24), Word("beside", BBox(10, 600, 40, 610), (), 10)])

    assert [each.text for each in page.words] == ["sum", *LEDGER, *LEDGER]
    assert (page.reader, [ruling.box.top for ruling in page.rulings], page.chars) == ("pdfminer", [190], OWN.chars)


def test_what_the_page_has_itself_is_not_added_again() -> None:
    page = merged([*words(24), Word("sun", BBox(111, 111, 127, 121), (), 10)])

    assert [each.text for each in page.words].count("sun") == 0


def test_charts_photographs_and_logos_add_nothing() -> None:
    junk = [word._replace(text="~|x}q") for word in words(24)]

    assert merged(words(12)) is OWN, "few words"
    assert merged(words(24), doubts=words(12)) is OWN, "few that are sure"
    assert merged([word._replace(size=3) for word in words(24)]) is OWN, "much else"
    assert merged(junk) is OWN
    assert merged([]) is OWN


def test_what_is_doubted_stays_doubted() -> None:
    found = words(30)

    assert merged(found, doubts=found[5:7]).doubts == (found[5].box, found[6].box)
