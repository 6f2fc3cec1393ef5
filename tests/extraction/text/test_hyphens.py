"""Words that a line's end divides, with and without a hyphen."""

import pytest

from pipeline.extraction.text.hyphens import Hyphens

LONG = "bundesausbildungsgesetz"


@pytest.mark.parametrize(
    ("others", "upper", "lower", "cut"),
    [
        (["Responsibilities"], "Responsibi", "lities", True),
        (["Responsibilities", "Responsibi"], "Responsibi", "lities", False),
        ([], "Responsibi", "lities", False),
        ([], LONG, "förderung", True),
        (["und"], LONG, "und", False),
        ([], LONG, "Amt", False),
        ([], LONG + ",", "amt", False),
        ([], "well-known-and-often-said", "so", False),
    ],
)
def test_a_word_is_cut_without_a_hyphen_if_the_page_has_it_whole_or_it_is_too_long_for_a_word(
    others: list[str],
    upper: str,
    lower: str,
    cut: bool,  # noqa: FBT001
) -> None:
    assert Hyphens([*others, upper, lower]).is_cut(upper, lower) is cut
