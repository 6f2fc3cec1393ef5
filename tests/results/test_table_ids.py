"""Names of tables, and tables that run over pages."""

from collections.abc import Sequence

from pipeline.markup.table import html_to_tables
from pipeline.results.table_ids import TableNames, with_names, without_names

HEAD = "<thead><tr><th>Tree</th><th>Felled &amp; sold</th></tr></thead>"


def table(body: str, head: str = HEAD) -> str:
    """A table of two columns."""
    return f"<table>{head}<tbody>{body}</tbody></table>"


def named(pages: Sequence[tuple[int, str]]) -> list[str]:
    """The HTML of pages with the names of its tables."""
    names = TableNames()
    return [with_names(html, names.of_page(number, html_to_tables(html))) for number, html in pages]


OAK = table("<tr><td>Oak</td><td>12</td></tr>")
ELM = table("<tr><td>Elm</td><td>31</td></tr>")
NESTED = "<table><tbody><tr><td><table><tbody><tr><td>in</td></tr></tbody></table></td></tr></tbody></table>"


def test_every_table_has_its_name() -> None:
    [first, second] = named([(4, f"<p>a</p>{OAK}<p>b</p>{ELM}"), (5, NESTED)])

    assert '<p>a</p><table id="page-4-table-1">' in first
    assert '<p>b</p><table id="page-4-table-2">' in first
    assert second == NESTED.replace("<table>", '<table id="page-5-table-1">', 1).replace(
        "<table>", '<table id="page-5-table-2">', 1
    )


def test_names_are_taken_away_again() -> None:
    pages = [(1, f"<p>a</p>{ELM}{OAK}"), (2, ELM + OAK), (3, NESTED)]

    assert [without_names(html) for html in named(pages)] == [html for _, html in pages]


def test_a_table_under_the_same_head_goes_on_from_the_page_before() -> None:
    pages = [(1, ELM + OAK), (2, ELM + OAK), (3, ELM)]

    [first, second, third] = named(pages)

    assert "data-continues" not in first
    assert '<table id="page-2-table-1" data-continues="page-1-table-2">' in second
    assert '<table id="page-2-table-2">' in second
    assert '<table id="page-3-table-1" data-continues="page-2-table-2">' in third


def test_other_heads_other_columns_and_pages_left_out_part_tables() -> None:
    other = table("<tr><td>Ash</td><td>1</td></tr>", HEAD.replace("Tree", "Bush"))
    wider = table("<tr><td>Ash</td><td>1</td></tr>", HEAD.replace("<th>Tree", '<th colspan="2">Tree'))
    blank = table("<tr><td>Ash</td><td>1</td></tr>", "<thead><tr><th></th><th></th></tr></thead>")

    for pages in ([(1, OAK), (2, other)], [(1, OAK), (2, wider)], [(1, OAK), (3, ELM)], [(1, blank), (2, blank)]):
        assert not any("data-continues" in html for html in named(pages))


def test_a_page_without_tables_ends_a_table() -> None:
    assert not any("data-continues" in html for html in named([(1, OAK), (2, "<p>a</p>"), (3, ELM)]))
