"""Leader dots in tables and in tables of contents, and dots that are none."""

import re

from table_pages import figures_to_chars, page, rows_to_chars, table_to_rows
from typeset import lines_to_chars

from pipeline.extraction import BBox, Line, PageExtraction, Word, content_to_extraction
from pipeline.extraction.text.leaders import line_to_led

FIGURES = [["2008", "2009"], ["1,204", "1,310"], ["310", "295"], ["87", "..."], ["2,110", "2,205"]]


def _extract(labels: list[str]) -> PageExtraction:
    """A table without rules: the labels, and beside each of them a row of figures."""
    chars = rows_to_chars([[label] for label in labels], [60], 130)
    return content_to_extraction(page([*chars, *figures_to_chars(FIGURES, [300, 360], 115)]))


def test_dots_that_lead_from_labels_to_figures_are_left_out() -> None:
    result = _extract(
        ["Wheat and rye . . . . . .", "Barley...............", "Oats that are long. . . .", "Maize in ..."]
    )

    [table] = result.tables
    assert [row[0] for row in table_to_rows(table)] == ["", "Wheat and rye", "Barley", "Oats that are long", "Maize in"]
    assert "Barley\t310\t295" in result.text
    assert ">Barley</th><td>310</td>" in result.html


def test_dots_that_stand_for_a_missing_figure_stay() -> None:
    [table] = _extract(["Wheat and rye . . . . . .", "Barley", "Oats", "Maize"]).tables

    assert table_to_rows(table)[3] == ["Oats", "87", "..."]


def test_an_ellipsis_at_the_end_of_a_label_stays_where_no_other_label_has_leaders() -> None:
    [table] = _extract(["Wheat and rye", "Barley and ...", "Oats", "Maize"]).tables

    assert table_to_rows(table)[2][0] == "Barley and ..."


def test_leaders_of_a_table_of_contents_are_one_ellipsis() -> None:
    lines = ["Introduction ............ 7", "Method" + " ." * 14 + " 12", "Data........15"]

    html = content_to_extraction(page(lines_to_chars(lines, 50, 200))).html

    assert re.findall("<p>([^<]+)</p>", html) == ["Introduction \u2026 7", "Method \u2026 12", "Data \u2026 15"]


def test_an_ellipsis_in_prose_stays_as_it_is_drawn() -> None:
    lines = ["and so on ... until the end. . . . Then it goes on.... but not", "for long, as nobody knows ..."]

    assert content_to_extraction(page(lines_to_chars(lines, 50, 200))).html == f"<p>{' '.join(lines)}</p>"


def test_words_without_characters_are_left_alone() -> None:
    line = Line(box=BBox(0, 0, 9, 9), words=(Word(text="Data........15", box=BBox(0, 0, 9, 9), chars=()),))

    assert line_to_led(line) == line
