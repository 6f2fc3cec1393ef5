from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from typeset import text_to_chars

from pipeline.extraction import Char
from pipeline.extraction.text.words import chars_to_words

_TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
_PLACES = st.tuples(st.integers(0, 500), st.integers(10, 700), st.sampled_from([6.0, 10.0, 14.0]))


def _texts(chars: list[Char]) -> list[str]:
    return [word.text for word in chars_to_words(chars)]


def test_words_end_at_drawn_blanks_and_at_gaps() -> None:
    drawn = text_to_chars("two words", 10, 100)
    apart = [*text_to_chars("no", 10, 120), *text_to_chars("blank", 25, 120)]

    assert _texts([*drawn, *apart]) == ["two", "words", "no", "blank"]


def test_spaced_out_letters_stay_one_word() -> None:
    heading = text_to_chars("HEADING", 10, 100, spacing=2.5)

    assert _texts(heading) == ["HEADING"]


def test_kerned_letters_stay_one_word() -> None:
    kerned = text_to_chars("AVAVA", 10, 100, spacing=-0.8)

    assert _texts(kerned) == ["AVAVA"]


def test_bold_by_drawing_twice_counts_once() -> None:
    once = text_to_chars("poor", 10, 100)
    again = [char._replace(box=char.box._replace(x0=char.box.x0 + 0.3, x1=char.box.x1 + 0.3)) for char in once]

    [word] = chars_to_words([*once, *again])
    assert word.text == "poor"
    assert all(char.bold for char in word.chars)


def test_what_is_drawn_twice_at_one_place_counts_once_and_is_not_bold() -> None:
    [word] = chars_to_words(text_to_chars("poor", 10, 100) * 2)

    assert word.text == "poor"
    assert not any(char.bold for char in word.chars)


def test_double_letters_are_no_double_strike() -> None:
    assert _texts(text_to_chars("eel balloon 1100", 10, 100)) == ["eel", "balloon", "1100"]


def test_a_blank_printed_over_a_word_does_not_cut_it() -> None:
    word = text_to_chars("whole", 10, 100)
    blank = text_to_chars(" ", 17, 100)

    assert _texts([*word, *blank]) == ["whole"]


def test_right_to_left_words_are_read_from_the_right() -> None:
    as_drawn = text_to_chars("\u05dd\u05d5\u05dc\u05e9", 10, 100)  # the page shows the last letter leftmost

    assert _texts(as_drawn) == ["\u05e9\u05dc\u05d5\u05dd"]


def test_numbers_in_right_to_left_words_keep_their_order() -> None:
    as_drawn = text_to_chars("123\u05d1\u05d0", 10, 100)

    assert _texts(as_drawn) == ["\u05d0\u05d1123"]


def test_upward_text_is_read_upward() -> None:
    upright = text_to_chars("up", 0, 0)
    upward = [
        char._replace(
            box=char.box._replace(x0=100 - 7.8, top=300 - char.box.x1, x1=100 + 2.2, bottom=300 - char.box.x0),
            upright=False,
            angle=90,
        )
        for char in upright
    ]

    assert _texts(upward) == ["up"]


@given(st.lists(st.tuples(_TEXTS, _PLACES), max_size=6))
def test_every_letter_is_in_a_word_unless_it_was_drawn_twice(lines: list[tuple[str, tuple[int, int, float]]]) -> None:
    chars = [char for text, (x, y, size) in lines for char in text_to_chars(text, x, y, size=size)]

    words = chars_to_words(chars)

    drawn = Counter(char.text for char in chars if char.text != " ")
    kept = Counter(char.text for word in words for char in word.chars)
    assert not kept - drawn
    assert set(kept) == set(drawn)
    if len(lines) == 1:
        assert kept == drawn


@given(st.lists(st.tuples(_TEXTS, _PLACES), max_size=5, unique_by=lambda line: line[1][1]), st.integers())
def test_the_order_of_drawing_does_not_matter(lines: list[tuple[str, tuple[int, int, float]]], seed: int) -> None:
    chars = [char for text, (x, y, size) in lines for char in text_to_chars(text, x, y * 3, size=size)]
    shuffled = list(chars)
    Random(seed).shuffle(shuffled)

    assert [word.text for word in chars_to_words(shuffled)] == [word.text for word in chars_to_words(chars)]
