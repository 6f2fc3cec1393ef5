"""Where cells and doubted places stand in a page's HTML."""

import pytest

from pipeline.markup.table import html_to_tables
from pipeline.results.page_places import html_to_places
from pipeline.results.review_file import Place

SPANS = (
    '<table><caption>Of <i>trees</i></caption><thead><tr><th rowspan="2">a</th><th colspan="2">b</th></tr>'
    "<tr><th>c</th>"
    '<th>d</th></tr></thead><tbody><tr><td>1 &lt; 2</td><td rowspan="2">3</td><td>4</td></tr>'
    "<tr><td>5</td><td>6</td></tr></tbody></table>"
)
NESTED = (
    "<table><tbody><tr><td>x<table><tbody><tr><td>y</td><td>z</td></tr></tbody></table></td><td>w</td></tr></tbody></table>"
    "<table><tbody><tr><td>v</td></tr></tbody></table>"
)
RUNNING = (
    '<p><span data-unseen="">1</span> <span class="image">no</span> '
    '<span data-settled="" data-was="a > b">2 <span>x</span></span></p><table><caption><span data-unseen="">3</span>'
    '</caption><tbody><tr><td><span data-unseen="">no</span></td></tr></tbody>'
    "</table><p><span data-unseen>4</span></p>"
)


@pytest.mark.parametrize("html", [SPANS, NESTED, SPANS + NESTED, RUNNING])
def test_every_cell_has_the_place_that_the_tables_give_it(html: str) -> None:
    texts = {
        (number, cell.row + 1, cell.column + 1)
        for number, table in enumerate(html_to_tables(html), 1)
        for cell in table.cells
    }

    found = html_to_places(html, 7)

    assert {(each.table, each.row, each.column) for each in found if each.table} == texts
    assert {each.page for each in found} == {7}


def test_what_is_found_is_the_element_with_its_content() -> None:
    found = html_to_places(SPANS, 1)[Place(page=1, table=1, row=3, column=1)]

    assert SPANS[found.start : found.inner] == "<td>"
    assert SPANS[found.inner : found.inner_end] == "1 &lt; 2"


def test_marks_are_counted_in_running_text_and_captions_and_settled_ones_count_too() -> None:
    found = html_to_places(RUNNING, 1)

    marks = {each.mark: RUNNING[at.inner : at.inner_end] for each, at in found.items() if each.mark}
    assert marks == {1: "1", 2: "2 <span>x</span>", 3: "3", 4: "4"}
