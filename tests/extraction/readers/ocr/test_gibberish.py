"""Text that no one could read is told from text of any kind that people write."""

import random
import string

import pytest

from pipeline.extraction import BBox, Word
from pipeline.extraction.readers.ocr.gibberish import agrees, is_gibberish

_ENGLISH = "The harbour has cranes, and each of them has its own sum in the ledger of the port. " * 6
_CONSONANTS = "".join(sorted(set(string.ascii_lowercase) - set("aeiou")))


def seen(text: str) -> list[Word]:
    return [Word(word, BBox(0, 0, 1, 1), ()) for word in text.split()]


def words_of(letters: str, count: int) -> str:
    dice = random.Random(4)
    return " ".join("".join(dice.choices(letters, k=dice.randint(4, 9))) for _ in range(count))


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(ord(letter) - 29) if letter.isalpha() else letter for letter in _ENGLISH),
        "".join(chr(ord(letter) + 0x80) if letter.isalpha() else letter for letter in _ENGLISH),
        words_of(_CONSONANTS, 40),
        (
            ":., dP . . i, . .i' \u00bb .. ? 14 e. .. rP : sr . N , ., \u2022ki k LIL 1 sa % s , .. 2 Y. . g , . %Z."
            " I ' I . '4 .n., .41. . ;. i"
        ),
        "\"#$% &'() *+,- ./:; " * 8,
    ],
    ids=["shifted", "high bytes", "consonants", "dirt", "numbers of glyphs"],
)
def test_wrong_encodings_and_dirt_read_as_text_are_gibberish(text: str) -> None:
    assert is_gibberish(text)


@pytest.mark.parametrize(
    "text",
    [
        _ENGLISH,
        _ENGLISH.upper(),
        "Jede dieser Größen prüft der Zöllner, wöchentlich, für höchstens fünfzig Schiffe. " * 3,
        "Zażółć gęślą jaźń, a potem szybko przejdź przez wąską ścieżkę między drzewami. " * 3,
        "Mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. " * 3,
        "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. " * 3,
        "Bütün insanlar hür, haysiyet ve haklar bakimindan eşit doğarlar. " * 4,
        "Все люди рождаются свободными и равными в своем достоинстве и правах. " * 3,  # noqa: RUF001 — other scripts are the point
        "人人生而自由，在尊严和权利上一律平等。" * 8,  # noqa: RUF001 — other scripts are the point
        "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. " * 4,
        "4,310 (12.5) -17% $8,400.00 [3] * † 1/2 " * 12,
        "(a+b)² = a² + 2ab + b²; ∑ xᵢ/n ≤ ∫ f(x) dx, ∀ x ∈ ℝ, p < .05 " * 5,  # noqa: RUF001 — other scripts are the point
        "3f9a 77b2 c0de dead beef 0x1f4b 9e107d9d372bb6826bd81d3542a419d6 " * 8,
        '{"key": "value", "keys": [{"a": "b"}, {"c": ["d"]}]}; if (a[i] != b) { c->d[i] = e(f[g]); }' * 4,
        "Smith, J. K., Brown, A. B., et al., Annals of the Port, 12(3), pp. 4-5, doi:10.1/2. Li, X., The Ledger. " * 4,
        "Introduction ............................. 1\nResults . . . . . . . . . . . . . . . . 17\n____________\n" * 9,
        "\u2610 \u2611 \u2701 \u2702 \u2703 " * 20,
        words_of(_CONSONANTS, 8),
    ],
)
def test_languages_figures_formulas_codes_contents_and_little_text_are_not(text: str) -> None:
    assert not is_gibberish(text)


def test_text_agrees_with_what_was_seen_if_half_of_the_words_are_in_it() -> None:
    codes = words_of(_CONSONANTS, 40)

    assert agrees(codes, seen(codes))
    assert agrees(codes.replace(" ", ""), seen(codes.upper()))
    assert not agrees(codes, seen(_ENGLISH))
    assert not agrees(codes, [])
