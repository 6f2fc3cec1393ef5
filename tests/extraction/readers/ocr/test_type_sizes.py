"""Type sizes of words of which only boxes are known."""

from pathlib import Path

import numpy as np
import pytest
from ocr_hands import grey_to_picture
from pdfs import Canvas, write_pdf
from scans import draw_page

from pipeline.extraction import BBox, open_reader
from pipeline.extraction.model import Word
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.rulings import picture_to_lines
from pipeline.extraction.readers.ocr.type_sizes import seen_to_words
from pipeline.extraction.text.lines import word_to_baseline
from pipeline.extraction.text.words import chars_to_words


def test_words_get_the_size_and_the_baseline_that_the_page_has_whatever_letters_they_are_of(tmp_path: Path) -> None:
    canvas = Canvas()
    canvas.text(72, 100, "A Ledger Gap", size=18)
    canvas.text(72, 140, "no sum was seen, 4,310 cranes; - jumping")
    path = write_pdf(tmp_path / "a.pdf", [canvas])
    with open_reader(path) as reader:
        wanted = chars_to_words(reader.read(1).chars)
    picture = grey_to_picture(draw_page(path, 1))
    # As engines box words: with a margin.
    boxes = [BBox(*(side / picture.points for side in word.box)) for word in wanted]
    boxed = [SeenWord(word.text, box, 90, round(box.top)) for word, box in zip(wanted, boxes, strict=True)]

    words = seen_to_words(boxed, picture)

    assert [word.text for word in words] == [word.text for word in wanted]
    for word, want in zip(words, wanted, strict=True):
        assert word.size == pytest.approx(want.chars[0].size, rel=0.07)
        assert word_to_baseline(word) == pytest.approx(word_to_baseline(want), abs=0.4)
        assert word.box.x0 == pytest.approx(want.box.x0, abs=1.5)
    assert len({word.size for word in words}) == 2


def test_a_line_of_nothing_but_signs_has_the_size_of_its_ink() -> None:

    page = np.full((100, 100), 255, np.uint8)
    page[40:44, 10:50] = 0

    (word,) = seen_to_words([SeenWord("\u2014", BBox(5, 30, 55, 50), 90, 0)], grey_to_picture(page))

    assert word.box.x0 == pytest.approx(10 * 0.36)
    assert word.size == 3.0


def test_a_rule_that_a_box_reaches_is_no_ink_of_its_word() -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[50:70, 20:100] = 0
    page[78:81, 5:395] = 0
    picture = grey_to_picture(page, dpi=72)
    box = BBox(15, 45, 105, 82)

    (word,) = seen_to_words([SeenWord("HE", box, 90, 0)], picture, picture_to_lines(picture))

    assert word.size == pytest.approx(20 / 0.69)


def read(**boxes: tuple[int, int, int, int]) -> list[Word]:
    """Words of one line that are black all over, by their text: left, top, right, bottom."""
    page = np.full((200, 400), 255, np.uint8)
    for left, top, right, bottom in boxes.values():
        page[top:bottom, left:right] = 0
    seen = [SeenWord(text, BBox(*box), 90, 0) for text, box in boxes.items()]
    return seen_to_words(seen, grey_to_picture(page, dpi=72))


def test_what_an_engine_takes_for_one_line_keeps_its_own_height_where_it_is_beside_the_middle_of_two() -> None:
    beside = {"10": (300, 65, 340, 85), "-": (360, 76, 370, 78)}

    words = read(HE=(20, 50, 100, 70), HAT=(120, 50, 200, 70), **beside)

    assert [round(word_to_baseline(word)) for word in words] == [70, 70, 85, 85]


def test_a_letter_that_hangs_below_the_baseline_as_in_italics_keeps_its_word_on_the_line() -> None:
    words = read(HE=(20, 50, 100, 70), of=(120, 50, 160, 76), HAT=(200, 50, 280, 70))

    assert [round(word_to_baseline(word)) for word in words] == [70, 70, 70]
    assert len({word.size for word in words}) == 1


def test_a_box_that_reaches_into_the_lines_beside_keeps_its_word_on_its_line_and_a_large_word_is_large() -> None:
    words = read(HER=(20, 50, 100, 70), IT=(120, 38, 140, 82), HATS=(160, 50, 240, 70), BIG=(260, 46, 360, 84))

    assert [round(word_to_baseline(word)) for word in words] == [70, 70, 70, 84]
    assert len({word.size for word in words[:3]}) == 1
    assert words[3].size > 1.5 * words[0].size


def test_letters_of_one_width_have_the_paper_around_them_and_others_have_not() -> None:
    page = np.full((1300, 700), 255, np.uint8)
    words = []
    for number in range(24):
        letters = 2 + number % 5
        page[50 * number : 50 * number + 30, 103 : 97 + 20 * letters] = 0
        words.append(SeenWord("n" * letters, BBox(100, 50 * number, 100 + 20 * letters, 50 * number + 30), 90, number))
    picture = grey_to_picture(page, dpi=72)

    even, few = seen_to_words(words, picture), seen_to_words(words[:10], picture)

    assert [side for word in even[:2] for side in (word.box.x0, word.box.x1)] == pytest.approx([100, 140, 100, 160])
    assert few[0].box.x0 == pytest.approx(103)
