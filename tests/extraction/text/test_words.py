from collections import Counter
from random import Random

import pytest
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


def test_two_strings_that_run_into_each_other_keep_their_letters() -> None:
    first = text_to_chars("VALSANGIACOMO BLANCOS", 10, 100)
    second = text_to_chars("FERNANDO JORGE", 85, 100)

    assert _texts([*first, *second]) == ["VALSANGIACOMO", "BLANCOS", "FERNANDO", "JORGE"]
    assert _texts([*second, *first]) == ["VALSANGIACOMO", "BLANCOS", "FERNANDO", "JORGE"]


def test_what_runs_over_is_squeezed_into_the_room_before_the_next_string() -> None:
    words = chars_to_words([*text_to_chars("756 Ashland Avenue", 10, 100), *text_to_chars("Saint Paul", 70, 100)])

    assert [word.text for word in words] == ["756", "Ashland", "Avenue", "Saint", "Paul"]
    assert words[2].box.x1 < words[3].box.x0 == 70


def test_accents_that_are_drawn_over_their_letters_part_no_word() -> None:
    word = text_to_chars("cafe", 10, 100)
    accent = text_to_chars("\u00b4", word[3].box.x0, 100)

    assert sorted(*_texts([*word[:3], *accent, word[3], *text_to_chars("teria", word[3].box.x1, 100)])) == sorted(
        "caf\u00b4eteria"
    )


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("(\u05d1\u05d0)", "(\u05d0\u05d1)"),  # by their shapes, as most files have them
        (")\u05d1\u05d0(", "(\u05d0\u05d1)"),  # by their meaning
        ("\u05d2(\u05d1)\u05d0", "\u05d0(\u05d1)\u05d2"),
        ("[\u05d1\u05d0]", "[\u05d0\u05d1]"),
        ("\u05d0 (2)", "(2)"),
        ("\u05d0 )2(", "(2)"),
    ],
)
def test_brackets_from_right_to_left_are_those_that_are_meant(shown: str, read: str) -> None:
    assert read in _texts(text_to_chars(shown, 10, 100))


def test_brackets_of_other_text_stay_as_they_are() -> None:
    assert _texts(text_to_chars("the interval ]0,1[ :)", 10, 100)) == ["the", "interval", "]0,1[", ":)"]


def test_a_mark_of_arabic_stands_behind_its_letter() -> None:
    letters = text_to_chars("\u0628\u0627", 10, 100)  # alef rightmost, as it is read first
    mark = letters[1]._replace(text="\u064b", box=letters[1].box._replace(x0=17.0, x1=17.0))

    assert _texts([letters[0], mark, letters[1]]) == ["\u0627\u064b\u0628"]


def _tight(*words: str, gap: float) -> list[Char]:
    chars: list[Char] = []
    x = 10.0
    for word in words:
        chars += text_to_chars(word, x, 100)
        x = chars[-1].box.x1 + gap
    return chars


def test_narrow_gaps_end_words_where_no_blanks_are_drawn_and_letters_touch() -> None:
    words = ["Vasodilatation", "and", "cardioprotective", "effect"]

    assert _texts(_tight(*words, gap=1.4)) == words


def test_numbers_and_rows_with_drawn_blanks_keep_their_narrow_gaps() -> None:
    assert _texts(_tight("Cardioprotectiveeffectsofplants1,", "204", gap=1.4))[-1].endswith("1,204")
    assert _texts([*_tight("cardioprotectiveeffectsof", "plants", gap=1.4), *text_to_chars(" drawn", 180, 100)]) == [
        "cardioprotectiveeffectsofplants",
        "drawn",
    ]
