"""An answer is held against the page's own text."""

from pathlib import Path
from typing import Final

import pytest
from fragments import check_fragment
from page_texts import html_to_blocks, text_to_page_text
from shared_files import needs_shared

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge
from pipeline.vision.faithfulness.comparison import Comparison, Faith, compare
from pipeline.vision.faithfulness.marking import mark
from pipeline.vision.faithfulness.numbers import blanks_joined, text_to_comparable, text_to_numbers
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text
from pipeline.vision.faithfulness.signs import figures_of_other_sign

_NOUNS = ("terms", "use", "copy", "print", "sale", "loan", "lease", "gift", "text", "page")
SAMPLES = Path(__file__).parents[1] / "answers" / "samples"
LAYER = text_to_page_text((SAMPLES / "page-a.layer").read_text(encoding="utf-8"))
ANSWER = (SAMPLES / "00-clean-html.txt").read_text(encoding="utf-8")


def _compared(answer: str, page_text: PageText = LAYER) -> Comparison:
    return compare(judge(answer).accepted().blocks, page_text)


def _marked(html: str, comparison: Comparison) -> str:
    return mark(html, html_to_blocks(html), comparison)


def test_a_faithful_answer_is_not_doubted() -> None:
    comparison = _compared(ANSWER)

    assert comparison.faith is Faith.FAITHFUL
    assert comparison.checks.text_recall == 0.9864  # the running head is not in the answer
    assert comparison.detail == ""


@pytest.mark.parametrize("name", ["01-fence-html", "12-chandra", "19-deepseek", "15-leaked-tokens", "34-nanonets"])
def test_the_same_page_in_another_dialect_brings_no_number_that_is_not_there(name: str) -> None:
    comparison = _compared((SAMPLES / f"{name}.txt").read_text(encoding="utf-8"))

    assert comparison.checks.numbers_missing == ()
    assert set(comparison.checks.numbers_unseen) <= {"4", "12", "48", "1", "2021", "2025"}


def test_a_changed_digit_is_seen_and_its_cell_marked() -> None:
    html = judge(ANSWER.replace("1,703.1", "1,708.1")).accepted().html

    comparison = compare(html_to_blocks(html), LAYER)
    marked = _marked(html, comparison)

    assert comparison.faith is Faith.DOUBTFUL
    assert comparison.checks.numbers_unseen == ("1,708.1",)
    assert comparison.checks.numbers_missing == ("1,703.1",)
    assert '<td data-unseen="">1,708.1</td>' in marked
    assert marked.count("data-unseen") == 1
    check_fragment(marked)


def test_a_changed_number_in_a_paragraph_is_marked_where_it_stands() -> None:
    html = judge(ANSWER.replace("€2,015 million", "€2,051 million")).accepted().html

    marked = _marked(html, compare(html_to_blocks(html), LAYER))

    assert '<span data-unseen="">€2,051</span> million' in marked
    check_fragment(marked)


def test_a_faithful_page_is_left_as_it_is_by_marking() -> None:
    html = judge(ANSWER).accepted().html

    assert _marked(html, compare(html_to_blocks(html), LAYER)) == html


def test_a_row_that_is_missing_and_one_that_is_invented_are_seen() -> None:
    answer = (SAMPLES / "32-row-invented-and-missing.txt").read_text(encoding="utf-8")

    comparison = _compared(answer)

    assert comparison.faith is Faith.DOUBTFUL
    assert {"17.3", "33.1"} <= set(comparison.checks.numbers_unseen)
    assert {"212.4", "409.6"} <= set(comparison.checks.numbers_missing)
    assert "does not have: 'Distribution costs" in comparison.detail


def test_a_row_without_a_number_that_is_missing_is_seen() -> None:
    page_text = text_to_page_text(
        (SAMPLES / "page-a.layer")
        .read_text(encoding="utf-8")
        .replace("2025 2024*\nRev", "2025 2024*\nContinuing operations\nRev")
    )

    assert _compared(ANSWER, page_text).faith is Faith.DOUBTFUL


def test_a_figure_whose_sign_was_turned_is_seen_and_its_cell_marked() -> None:
    for right, wrong in (("(1,104.3)", "1,104.3"), ("738.3", "-738.3"), ("738.3", "(738.3)")):
        html = judge(ANSWER.replace(f"<td>{right}</td>", f"<td>{wrong}</td>")).accepted().html

        comparison = compare(html_to_blocks(html), LAYER)

        assert comparison.faith is Faith.DOUBTFUL
        assert "another sign" in comparison.detail
        assert f'<td data-unseen="">{wrong}</td>' in _marked(html, comparison)


@pytest.mark.parametrize(
    ("page", "cells"),
    [
        ("Loss (1,204) and -5.2", ["-1,204", "\N{MINUS SIGN}1,204", "(5.2)", "-$1,204", "$ (1,204)"]),
        ("Gain 1,204 and +33.1", ["1,204", "+1,204", "33.1", "33.1*", "33.1 %", "$ 33.1"]),
        ("Years 2010\N{EN DASH}2011, note (3), pages 7-12", ["2011", "2010", "3", "(3)", "7-12", "12"]),
        ("Total - 7 12 0.0", ["-7", "7", "-0.0", "n/a", "-", ""]),
        ("Credit 1,204- and 33.1-", ["-1,204", "1,204", "(33.1)", "33.1-"]),
        ("Change -.21 and .5 after ....12", ["-0.21", "-.21", ".5", "0.5", "12"]),
    ],
)
def test_a_sign_in_another_spelling_is_the_same_sign(page: str, cells: list[str]) -> None:
    assert figures_of_other_sign([cells], [[page]]) == []
    assert figures_of_other_sign([[cell] for cell in cells], [[page]]) == []


PROFITS: Final = [
    ["2019", "0.2 1.3", "-0.4"],
    ["2020", "-0.2 1.3", "- 0.4"],
    ["2021 .... 1 649 692", "0.2", "(0.1-2.3) 7"],
]


@pytest.mark.parametrize(
    ("row", "turned"),
    [
        (["2019", "0.2", "1.3", "-0.4"], []),
        (["2019", "-0.2", "1.3", "-0.4"], ["0.2"]),
        (["2020", "0.2", "1.3", "-0.4"], ["0.2"]),
        (["2020", "-0.2", "1.3", "0.4"], []),
        (["2020", "-0.2", "-1.3", "0.4"], ["1.3"]),
        (["2021", "1 649 692", "0.2", "(0.1-2.3)", "7"], []),
        (["2021", "-1 649 692", "-0.2", "(0.1-2.3)", "7"], ["1649692", "0.2"]),
        (["2022", "-0.2", "1.3"], []),
    ],
)
def test_a_figure_with_both_signs_has_that_of_its_own_row(row: list[str], turned: list[str]) -> None:
    rows = [[blanks_joined(cell) for cell in row]]

    assert [number.value for number in figures_of_other_sign(rows, PROFITS)] == turned


@pytest.mark.parametrize(("lines", "turned"), [(20, ["1", "1"]), (200, [])])
def test_a_row_that_is_everywhere_is_held_against_no_line(lines: int, turned: list[str]) -> None:
    page = [["-1 -1 1"]] * lines

    assert [number.value for number in figures_of_other_sign([["1", "1", "1"]], page)] == turned


@pytest.mark.parametrize(
    "text", ["(" * 5000, "- " * 5000, "9" * 5000, f"({'9' * 5000})", "1," * 5000, "$(-" * 3000 + "1"]
)
def test_any_cell_is_looked_at_for_its_sign(text: str) -> None:
    figures_of_other_sign([[text], [text, text]], [[text], [text, text]])


def test_a_zero_before_the_point_makes_no_difference() -> None:
    words = "The share of all pages of this kind is given in the table below for each region and year: "
    page, answer = f"{words} .21 and 0.35 and (.05)", f"<p>{words} 0.21 and .35 and (0.05)</p>"

    assert compare(html_to_blocks(answer), text_to_page_text(page)).faith is Faith.FAITHFUL
    assert compare(html_to_blocks(answer.replace("0.05", "0.06")), text_to_page_text(page)).checks.numbers_unseen == (
        "0.06",
    )


def test_figures_of_two_columns_that_changed_places_are_seen_and_marked() -> None:
    html = judge(ANSWER.replace("<td>294.0</td><td>225.3</td>", "<td>225.3</td><td>294.0</td>")).accepted().html

    comparison = compare(html_to_blocks(html), LAYER)

    assert comparison.faith is Faith.DOUBTFUL
    assert "another order" in comparison.detail
    assert comparison.checks.numbers_unseen == ()
    assert '<td data-unseen="">225.3</td><td data-unseen="">294.0</td>' in _marked(html, comparison)


def test_a_table_without_the_text_around_it_is_doubted() -> None:
    comparison = _compared((SAMPLES / "31-prose-dropped.txt").read_text(encoding="utf-8"))

    assert comparison.faith is Faith.DOUBTFUL
    assert comparison.checks.text_recall is not None
    assert comparison.checks.text_recall < 0.6


@pytest.mark.parametrize("name", ["26-invented", "26-lorem", "26-pangram"])
def test_an_invented_page_is_known_as_one(name: str) -> None:
    verdict = judge((SAMPLES / f"{name}.txt").read_text(encoding="utf-8"))

    assert verdict.page is not None
    assert compare(verdict.page.blocks, LAYER).faith is Faith.INVENTED


def test_an_answer_of_one_word_for_a_full_page_is_rejected_as_empty() -> None:
    verdict = judge("<p>OK, instructions followed.</p>", page_text=LAYER)

    assert verdict.reason is FallbackReason.EMPTY
    assert "24 characters" in verdict.detail


def test_what_the_page_itself_says_is_no_remark_of_the_model() -> None:
    line = "Note: I have skipped the table in the image, which I could not read."
    page_text = text_to_page_text(f"{line}\n" + "Some more words of this page stand here in a row.\n" * 2)
    answer = "Some more words of this page stand here in a row.\n\n" * 2 + line

    assert "skipped" in judge(answer, page_text=page_text).accepted().text
    assert "skipped" not in judge(answer).accepted().text


def test_a_page_without_usable_text_is_not_compared() -> None:
    unreadable = text_to_page_text("\ufffd\ufffd\ufffd \ufffd\ufffd (cid:12)(cid:13) " * 20)

    assert not unreadable.usable
    assert text_to_page_text("one \N{ZERO WIDTH SPACE} two").lines == (("one", "two"),)
    assert not text_to_page_text("Page 3").usable
    assert _compared(ANSWER, unreadable).faith is Faith.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,234", "1234"),
        ("1,234.50", "1.234,50"),
        ("1'234.5", "1234,5"),
        ("\N{LATIN SMALL LIGATURE FI}ve 5", "five 5"),
        ("x\N{SUPERSCRIPT TWO}", "x2"),
        ("007", "7"),
        ("0,125", "0.125"),
        ("3\N{MIDDLE DOT}14", "3.14"),
    ],
)
def test_two_spellings_of_one_number_are_the_same(one: str, other: str) -> None:
    values = [[number.value for number in text_to_numbers(text_to_comparable(text))] for text in (one, other)]

    assert values[0] == values[1]
    assert values[0]


@pytest.mark.parametrize(("one", "other"), [("12.34", "1234"), ("1.5", "15"), ("100", "1000"), ("0.125", "125")])
def test_two_numbers_are_not_the_same_for_having_the_same_digits(one: str, other: str) -> None:
    values = [[number.value for number in text_to_numbers(text)] for text in (one, other)]

    assert values[0] != values[1]


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("1 234 567", "1,234,567"),
        ("1,2343", "1,234"),
        ("1,234 3", "1,234<sup>3</sup>"),
        ("1,2343", "1,234<sup>3</sup>"),
        ("[17,22]", "[17, 22]"),
        ("(1,104.3)", "-1,104.3"),
        ("12.5%", "12,5 %"),
    ],
)
def test_how_a_number_is_set_makes_no_difference(page: str, answer: str) -> None:
    words = "The figure in question for this year is given as follows by the office"
    page_text = text_to_page_text(
        f"Heading of the page\nwith a second line\n{words}\n{page}\nmore\nand more\nand the last"
    )

    comparison = _compared(
        f"<p>Heading of the page with a second line {words} {answer} more and more and the last</p>", page_text
    )

    assert comparison.checks.numbers_unseen == ()
    assert comparison.checks.numbers_missing == ()


def test_a_table_that_is_drawn_column_by_column_is_read_line_by_line() -> None:
    columns = (("Year", "2019", "2020"), ("Goods", "1", "5"), ("Total", "234", "678"))
    words = [
        PlacedWord(text, 50 + 100 * across, 20 * down, 50 + 100 * across + 5 * len(text), 20 * down + 10)
        for across, column in enumerate(columns)
        for down, text in enumerate(column)
    ]
    grouped = [PlacedWord("12", 50, 60, 60, 70), PlacedWord("345,6", 62, 60, 80, 70)]

    page_text = words_to_page_text([*words, *grouped])

    assert page_text.lines == (("Year", "Goods", "Total"), ("2019", "1", "234"), ("2020", "5", "678"), ("12345,6",))


def test_a_hyphen_at_a_lines_end_and_words_run_together_are_no_difference() -> None:
    page_text = text_to_page_text(
        "Heading\nof this page\nThe infor-\nmation of the EUTotal is here\nfor every country\nlast\nline"
    )

    comparison = _compared(
        "<p>Heading of this page The information of the EU Total is here for every country last line</p>", page_text
    )

    assert comparison.faith is Faith.FAITHFUL


def test_a_stamp_on_a_scan_proves_nothing_against_an_answer() -> None:
    stamp = text_to_page_text("Received by the registry of the court\nFiled under number 12 of the year 1987")

    comparison = _compared(ANSWER, stamp)

    assert stamp.usable
    assert comparison.faith is Faith.UNKNOWN
    assert "too little to compare" in comparison.detail


def test_a_page_whose_own_text_is_only_a_part_of_it_is_doubted_but_not_thrown_away() -> None:
    note = " ".join(f"{word} of this licence" for word in _NOUNS)
    comparison = _compared(f"<p>{note}</p>{ANSWER}", text_to_page_text(f"{note}\n{note}"[: len(note)]))

    assert comparison.faith is Faith.DOUBTFUL
    assert "only a part" in comparison.detail


def test_chinese_is_compared_sign_by_sign_wherever_its_lines_end() -> None:
    text = (
        "\u672c\u516c\u53f8\u4e8c\u96f6\u4e8c\u4e94\u5e74\u4e0a\u534a\u5e74\u8425\u4e1a\u6536\u5165\u540c\u6bd4\u589e\u957f"
        * 3
    )
    page_text = text_to_page_text(
        "\n".join(" ".join(text[start : start + 3] for start in range(at, at + 9, 3)) for at in range(0, 63, 9))
    )

    assert _compared(f"<p>{text}</p>", page_text).faith is Faith.FAITHFUL
    assert _compared("<p>" + "\u65e5\u672c\u306e\u4f1a\u793e" * 20 + "</p>", page_text).faith is Faith.INVENTED


def test_a_script_that_may_be_stored_back_to_front_proves_nothing_against_an_answer() -> None:
    words = ["\u05e9\u05dc\u05d5\u05dd", "\u05e2\u05d5\u05dc\u05dd", "\u05e1\u05e4\u05e8"] * 12
    page_text = text_to_page_text(" ".join(word[::-1] for word in words))

    assert _compared(f"<p>{' '.join(words)}</p>", page_text).faith is Faith.UNKNOWN


@needs_shared
@pytest.mark.timeout(300)  # a hundred whole pages
def test_most_of_what_is_changed_in_real_tables_is_seen() -> None:
    from benchmarks.faithfulness import measure  # noqa: PLC0415 — reads files that may be absent

    rates = {name: doubted / tried for name, (doubted, tried) in measure(1, every=6).items()}

    assert rates["unchanged"] == 0.0
    # A cell in another row is told where its row's own line is sure: not beside labels of several lines.
    assert rates.pop("swap_cells") >= 0.7
    assert rates.pop("swap_labels") >= 0.4
    assert min(rate for name, rate in rates.items() if name != "unchanged") >= 0.9
