"""Rules that are typed bound tables; leaders, blanks to be filled in and contents are no rules."""

import pytest
from page_contents import html_to_letters
from typeset import chars_to_content

from pipeline.extraction import BBox, Char, PageExtraction, content_to_extraction

_WORDS = """Name          Task           Place
Anna          sews           the house
Bertha        mends nets     the harbour
Clara         writes         the town hall"""

_FORM = """Name: ______________________ Date: __________
Place: _____________________ Age: ___________
Job: _______________________ Tax: ___________
Street: ____________________ Nr: ____________"""
_SIGNATURES = """______________________    ______________________
The buyer                 The seller
______________________    ______________________
Place                     Date
______________________    ______________________
A witness                 Another witness
______________________    ______________________"""
_CONTENTS = """Contents
1  Introduction ................... 3
2  Method ......................... 7
3  Results ........................ 12
4  Discussion ..................... 20"""
_DOTTED_CELLS = """Year          1990          2000          2010
apples          12            14            15
          ..........    ..........    ..........
pears            7             9            11
plums           31            28            30"""


def _extract(text: str) -> PageExtraction:
    """A page of fixed-pitch type, ten points high."""
    chars = [
        Char(text=letter, box=BBox(60 + 6 * x, 192 + 12 * y, 66 + 6 * x, 202 + 12 * y), font="Courier", size=10.0)
        for y, line in enumerate(text.split("\n"))
        for x, letter in enumerate(line)
        if letter != " "
    ]
    return content_to_extraction(chars_to_content(chars))


def _ruled(text: str, rule: str) -> str:
    head, *body = text.split("\n")
    return "\n".join([rule, head, rule, *body, rule])


@pytest.mark.parametrize("sign", ["-", "_", "=", "\u2014", "\u2500", "."])
def test_a_table_of_words_between_typed_rules_is_found_and_keeps_every_character(sign: str) -> None:
    page = _extract(_ruled(_WORDS, sign * 42))

    [table] = page.tables
    assert (table.rows, table.columns) == (4, 3)
    assert not any(sign in word.text for cell in table.cells for line in cell.lines for word in line.words)
    kept = html_to_letters(page.html)
    assert kept["\u2026"] == 3 if sign == "." else kept[sign] == 3 * 42


def test_rules_make_a_table_of_words_that_are_too_few_without_them() -> None:
    few = _WORDS.rsplit("\n", 1)[0]

    assert _extract(few).tables == ()
    assert len(_extract(_ruled(few, "-" * 42)).tables) == 1


@pytest.mark.parametrize("text", [_FORM, _SIGNATURES, _CONTENTS], ids=["form", "signatures", "contents"])
def test_blanks_and_leaders_make_no_table(text: str) -> None:
    assert _extract(text).tables == ()


def test_several_cells_of_dots_are_no_rule() -> None:
    [table] = _extract(_DOTTED_CELLS).tables

    assert sum(".........." in word.text for cell in table.cells for line in cell.lines for word in line.words) == 3
