"""Lines: large type beside small, drop capitals, raised and lowered words."""

import pytest
from typeset import lines_to_chars, text_to_chars, text_to_words

from pipeline.extraction.text.lines import words_to_lines
from pipeline.extraction.text.runs import line_to_text
from pipeline.extraction.text.words import chars_to_words

BESIDE = ["he first line of a paragraph", "the second line goes on here", "and the third one is the last"]


def _texts(*parts: object) -> list[str]:
    chars = [char for part in parts for char in part]  # type: ignore[attr-defined]
    return [line_to_text(line) for line in words_to_lines(chars_to_words(chars))]


@pytest.mark.parametrize("down", [0, 1, 2])
def test_a_drop_capital_joins_the_first_line_wherever_its_foot_is(down: int) -> None:
    capital = text_to_chars("T", 50, 100 + 12 * down, size=12.0 * (down + 1) + 8)
    left = capital[0].box.x1 + 0.5

    lines = _texts(capital, lines_to_chars(BESIDE, left, 100))

    assert lines == ["T" + BESIDE[0], *BESIDE[1:]]


def test_a_quotation_mark_belongs_to_the_drop_capital_before_it() -> None:
    capital = text_to_chars("\u201cT", 50, 112, size=30)

    lines = _texts(capital, lines_to_chars(BESIDE, 81, 100))

    assert lines[0] == "\u201cT" + BESIDE[0]


@pytest.mark.parametrize("baseline", [100.0, 104.0, 112.0])
def test_a_key_figure_comes_before_the_lines_that_say_what_it_counts(baseline: float) -> None:
    figure = text_to_chars("42%", 50, baseline, size=40)

    assert _texts(figure, lines_to_chars(BESIDE[:2], 130, 96)) == ["42%", *BESIDE[:2]]


def test_a_large_total_comes_behind_the_lines_left_of_it() -> None:
    total = text_to_chars("1,237.60", 400, 120, size=36)

    assert _texts(lines_to_chars(BESIDE, 50, 100), total) == [*BESIDE, "1,237.60"]


def test_one_line_with_large_type_at_its_start_stays_one_line() -> None:
    assert _texts(text_to_chars("42%", 50, 100, size=40), text_to_chars("of all", 115, 100)) == ["42% of all"]


def test_raised_and_lowered_words_stay_in_their_line() -> None:
    words = [
        *text_to_words("energy E = mc", 50, 100),
        *text_to_words("2", 115.5, 96, size=6),
        *text_to_words("and H", 124, 100),
        *text_to_words("2", 149.5, 102, size=6),
        *text_to_words("O", 153, 100),
    ]

    assert [line_to_text(line) for line in words_to_lines(words)] == ["energy E = mc2 and H2O"]


def test_small_lines_between_the_lines_of_a_large_one_are_no_scripts_of_it() -> None:
    lines = _texts(
        text_to_chars("ACME", 50, 110, size=36),
        lines_to_chars(["Mill Lane 4, Oakham", "Tel. 0555 1234", "mail@acme.example"], 140, 90),
    )

    assert lines == ["ACME", "Mill Lane 4, Oakham", "Tel. 0555 1234", "mail@acme.example"]
