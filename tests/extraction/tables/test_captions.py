"""Captions belong to their tables, and asides in parentheses are no headings."""

from collections.abc import Sequence

import pytest
from table_pages import grid, page, prose_to_chars, rows_to_chars
from typeset import text_to_chars

from pipeline.extraction import Char, content_to_extraction
from pipeline.markup.sanitise import sanitise

_ROWS = (("Item", "Count"), ("apples", "12"), ("pears", "7"), ("plums", "31"))
_RULES = grid((50, 150, 250), (196, 211, 226, 241, 256))


def _table() -> list[Char]:
    return rows_to_chars(_ROWS, (55, 155), 206)


def _html(*pieces: Sequence[Char]) -> str:
    return content_to_extraction(page([char for piece in pieces for char in piece], _RULES)).html


@pytest.mark.parametrize("baseline", [186, 270])
def test_a_caption_right_above_or_below_goes_into_its_table(baseline: float) -> None:
    html = _html(prose_to_chars(50, 400), _table(), text_to_chars("Table 3: Fruit", 50, baseline, bold=True))

    assert "<table>\n<caption>Table 3: Fruit</caption>\n<thead>" in html
    assert html.count("Table 3: Fruit") == 1
    assert "<caption>Table 3: Fruit</caption>" in sanitise(html).html


def test_the_unit_below_a_caption_goes_with_it() -> None:
    html = _html(
        prose_to_chars(50, 400),
        _table(),
        text_to_chars("Table 3: Fruit", 50, 166, size=14),
        text_to_chars("(in thousands)", 50, 184),
    )

    assert "<caption>Table 3: Fruit (in thousands)</caption>" in html


def test_the_title_below_a_bare_number_goes_with_it() -> None:
    html = _html(
        prose_to_chars(50, 400),
        _table(),
        text_to_chars("Table 3.", 50, 146),
        text_to_chars("Fruit of the Year", 50, 166, size=14, bold=True),
        text_to_chars("(in thousands)", 50, 184),
    )

    assert "<caption>Table 3. Fruit of the Year (in thousands)</caption>" in html


@pytest.mark.parametrize(
    ("text", "baseline"),
    [
        ("Table 3 shows how many there are of each", 186),  # a sentence
        ("Table 3: Fruit", 130),  # far above
        ("Figure 3: Fruit", 186),  # of something else
    ],
)
def test_what_is_no_caption_stays_outside(text: str, baseline: float) -> None:
    html = _html(prose_to_chars(50, 400), _table(), text_to_chars(text, 50, baseline))

    assert "<caption>" not in html
    assert text in html


def test_a_caption_between_two_tables_goes_to_the_nearer() -> None:
    second = rows_to_chars([("Tree", "Height"), ("oak", "21"), ("elm", "18"), ("ash", "17")], (55, 155), 306)
    rules = [*_RULES, *grid((50, 150, 250), (296, 311, 326, 341, 356))]
    caption = text_to_chars("Table 4: Trees", 50, 290)

    extraction = content_to_extraction(page([*_table(), *second, *caption], rules))

    assert [len(table.caption) for table in extraction.tables] == [0, 1]
    assert extraction.text.index("plums") < extraction.text.index("Table 4: Trees") < extraction.text.index("Tree\t")


def test_an_aside_in_parentheses_is_no_heading() -> None:
    title, aside = (
        text_to_chars("Fruit of the land", 50, 100, size=18),
        text_to_chars("(Numbers in thousands)", 50, 120, size=13),
    )

    html = _html(title, aside, prose_to_chars(50, 400), prose_to_chars(50, 500))

    assert "<h1>Fruit of the land</h1>\n<p>(Numbers in thousands)</p>" in html


def test_a_heading_with_parentheses_at_both_ends_stays_one() -> None:
    title = text_to_chars("(a) Fruit of the land (dried)", 50, 100, size=18)

    assert "<h1>(a) Fruit of the land (dried)</h1>" in _html(title, prose_to_chars(50, 400), prose_to_chars(50, 500))
