import pytest
from typeset import text_to_chars

from pipeline.extraction import Char
from pipeline.extraction.readers.glyphs import UNMAPPED, code_point_to_text
from pipeline.extraction.readers.guesses import SHIFT, chars_to_guessed


def _unmapped(text: str) -> list[Char]:
    return [
        Char(text=char.text, box=char.box, font="Silent", size=10, mapped=False) for char in text_to_chars(text, 10, 20)
    ]


def _text(chars: list[Char]) -> str:
    return "".join(char.text for char in chars)


def test_latin_codes_are_taken_as_they_are() -> None:
    chars, numbered = chars_to_guessed(_unmapped("Plain text, 1996"))

    assert _text(chars) == "Plain text, 1996"
    assert all(char.mapped for char in chars)
    assert numbered == 0


def test_glyph_numbers_of_the_usual_order_are_read() -> None:
    text = "A sentence of some length, so that one can see whether it makes sense in 2026."

    chars, numbered = chars_to_guessed(_unmapped("".join(chr(ord(letter) - SHIFT) for letter in text)))

    assert _text(chars) == text
    assert numbered == 1


def test_codes_that_make_no_sense_are_not_printed() -> None:
    chars, numbered = chars_to_guessed(_unmapped("\x01\x05\u19d2\u1971" * 8))

    assert set(_text(chars)) == {UNMAPPED}
    assert not any(char.mapped for char in chars)
    assert numbered == 0


def test_known_characters_stay_as_they_are() -> None:
    known = text_to_chars("known", 10, 20)

    chars, _ = chars_to_guessed([*known, *_unmapped("\x01")])

    assert _text(chars) == "known" + UNMAPPED


def test_code_points_become_what_they_show() -> None:
    assert [code_point_to_text(code) for code in (0xFB03, 0xA0, 0x2003, 0xAD, 0xF0B7, 0x200B)] == [
        "ffi", " ", " ", "-", "\u2022", "",
    ]  # fmt: skip
    assert [code_point_to_text(code) for code in (0, 1, 0xE000, 0xD800, 0xFFFF, 0x110000, -1)] == [UNMAPPED] * 7


@pytest.mark.parametrize("font", ["TimesNewRomanPSMT", "ArialMT", "Verdana-Bold"])
def test_a_few_glyphs_of_a_font_whose_order_is_known_are_read(font: str) -> None:
    chars = [char._replace(font=font) for char in _unmapped("\x17\x13\x3c\x03")]

    settled, numbered = chars_to_guessed(chars)

    assert _text(settled) == "40Y "
    assert numbered == 1


def test_a_few_glyphs_of_another_font_are_not() -> None:
    settled, _ = chars_to_guessed([char._replace(font="Fancy") for char in _unmapped("\x17\x13\x3c")])

    assert _text(settled) == UNMAPPED * 3


def _number_with_sign(font: str, before: str = "V: ") -> list[Char]:
    text = text_to_chars(before, 10, 20)
    sign = text_to_chars("\x03", text[-1].box.x1, 20)[0]._replace(font=font, mapped=False)
    return [*text, sign, *text_to_chars("0.9393", sign.box.x1, 20)]


def test_a_sign_of_a_mathematical_font_before_numbers_is_a_minus() -> None:
    settled, _ = chars_to_guessed(_number_with_sign("AdvMacMthSyN"))

    assert _text(settled) == "V: \u22120.9393"


@pytest.mark.parametrize(("font", "before"), [("AdvMacMthSyN", "x"), ("AdvTimes", "V: ")])
def test_a_sign_behind_a_letter_or_of_another_font_is_none(font: str, before: str) -> None:
    settled, _ = chars_to_guessed(_number_with_sign(font, before))

    assert UNMAPPED in _text(settled)


def test_a_sign_that_also_stands_elsewhere_is_none() -> None:
    settled, _ = chars_to_guessed([*_number_with_sign("CMSY10"), *_number_with_sign("CMSY10", "x")])

    assert _text(settled).count(UNMAPPED) == 2


@pytest.mark.parametrize("before", ["250 ", "250"])
def test_a_sign_between_a_number_and_a_unit_is_micro(before: str) -> None:
    text = text_to_chars(before, 10, 20)
    sign = text_to_chars("\x08", text[-1].box.x1, 20)[0]._replace(font="MinionMath-Regular", mapped=False)

    settled, _ = chars_to_guessed([*text, sign, *text_to_chars("g/mL", sign.box.x1, 20)])

    assert _text(settled) == f"{before}\u00b5g/mL"
