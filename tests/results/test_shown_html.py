"""A page as the document shows it, and back."""

import json
import random

import pytest
from shared_files import SHARED, needs_shared

from pipeline.markup.sanitise import sanitise
from pipeline.markup.table import html_to_tables
from pipeline.results.shown_html import has_doubt, page_to_headings, page_to_shown, shown_to_page
from pipeline.results.table_ids import TableNames


def shown(html: str, number: int = 3) -> str:
    tables = html_to_tables(html)
    return page_to_shown(html, number, tables, TableNames().of_page(number, tables))


def table(*cells: str) -> str:
    return f"<table><tbody><tr>{''.join(cells)}</tr></tbody></table>"


def test_headings_have_names_and_contents_know_them() -> None:
    html = "<h1>A <b>tree</b> &amp; more</h1><p>x</p><h3></h3><h2>" + "y" * 200 + "</h2>"

    text = shown(html)

    assert '<h1 id="page-3-heading-1">A <b>tree</b>' in text
    assert '<h2 id="page-3-heading-3">' in text
    first, second = page_to_headings(html, 3)
    assert (first.ident, first.level, first.text) == ("page-3-heading-1", 1, "A tree & more")
    assert (second.ident, len(second.text)) == ("page-3-heading-3", 120)
    assert shown_to_page(text) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <span data-unseen>5</span> b <span data-unseen>6</span></p>",
        table('<td colspan="2" data-unseen>12</td>', "<td data-unseen>x</td>"),
        table("<td>1</td>", '<th scope="row" data-unseen>x</th>'),
    ],
)
def test_the_first_doubt_of_a_page_has_a_name_to_jump_to(html: str) -> None:
    text = shown(html)

    assert text.count('id="page-3-doubt"') == 1
    assert text.index('id="page-3-doubt"') < text.index("data-unseen")
    assert (has_doubt(html), has_doubt("<p>5</p>")) == (True, False)
    assert shown_to_page(text) == html


def test_a_wide_table_has_a_box_that_scrolls_and_can_be_reached() -> None:
    narrow, wide, widest = (table(*["<td>a</td>"] * columns) for columns in (7, 8, 14))

    text = shown(narrow + wide + widest)

    assert text.startswith('<div class="table"><table id="page-3-table-1">')
    region = 'role="region" tabindex="0" aria-label="Table {} of page 3"'
    assert f'<div class="table wide" {region.format(2)}><table id="page-3-table-2">' in text
    assert f'<div class="table widest" {region.format(3)}><table id="page-3-table-3">' in text
    assert shown_to_page(text) == narrow + wide + widest


def test_a_table_in_a_cell_has_no_box_of_its_own() -> None:
    html = table(f"<td>{table('<td>1</td>')}</td>", "<td>2</td>") + table("<td>3</td>")

    text = shown(html)

    assert text.count('<div class="table') == text.count("</div>") == 2
    assert shown_to_page(text) == html


@pytest.mark.parametrize(
    "cell",
    ["12", "(734)", "1,234", "12,5 %", "\N{EN DASH}", "*****", "(X)", "n/a", "<b>12</b>", "12<sup>1</sup>"],
)
def test_figures_and_what_stands_for_them_go_to_the_right(cell: str) -> None:
    html = table(f'<td rowspan="1" data-unseen="">{cell}</td>')

    assert f' class="number" rowspan="1" data-unseen="">{cell}</td>' in shown(html)
    assert shown_to_page(shown(html)) == html


@pytest.mark.parametrize("cell", ["", "Oak", "12 oaks", "<p>12</p>", "1-2", "A12"])
def test_text_stays_where_it_is(cell: str) -> None:
    assert "number" not in shown(table(f"<td>{cell}</td>"))


_PIECES = (
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    '<td rowspan="2">',
    "<th>",
    "<caption>",
    "12",
    "(3.5)",
    " ",
    "a < b",
    "&lt;div&gt;",
    "<h2>",
    "</h2>",
    "<h5>",
    "<b>",
    "</b>",
    "<sup>1</sup>",
    "<div>",
    "</div>",
    '<div class="table">',
    '<td class="number">',
    '<h1 id="page-1-heading-1">',
    '<table id="page-1-table-1">',
    "<ul><li>",
    "</ul>",
    "<p>",
    "</p>",
    "<br>",
    "&amp;",
    "<pre>",
    "</pre>",
)


def test_whatever_a_page_holds_comes_back_byte_for_byte() -> None:
    for seed in range(500):
        chance = random.Random(seed)
        html = sanitise("".join(chance.choices(_PIECES, k=chance.randint(1, 60)))).html
        assert shown_to_page(shown(html)) == html


@needs_shared
def test_real_answers_come_back_byte_for_byte() -> None:
    lines = (SHARED / "real-answers" / "answers-dev.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        html = sanitise(str(json.loads(line))).html
        assert shown_to_page(shown(html)) == html
