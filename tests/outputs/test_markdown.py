"""Markdown in GitHub's dialect, read back by another parser."""

import re
from collections.abc import Sequence

import pytest
from generated_tables import generated_tables
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from pipeline.markup.sanitise import sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.outputs.markdown import MarkdownPage, pages_to_markdown, table_to_markdown
from pipeline.table import Cell, Table, rows_to_table

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def markdown_of(html: str, *, notice: str = "") -> str:
    clean = sanitise(html)
    page = MarkdownPage(number=1, notice=notice, html=clean.html, tables=blocks_to_tables(clean.blocks))
    return b"".join(pages_to_markdown("r", [page])).decode()


def rendered(html: str) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(f"<div>{GITHUB.render(markdown_of(html))}</div>")


def words(element: lxml_html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def test_headings_paragraphs_and_looks_come_back() -> None:
    tree = rendered("<h2>Trees &amp; more</h2><p>An <b>old</b> <i>oak</i>, <s>gone</s>; m<sup>2</sup><br>next</p><hr>")

    assert words(tree.find("h2")) == "Trees & more"
    paragraph = tree.find("p")
    assert [child.tag for child in paragraph] == ["strong", "em", "s", "sup", "br"]
    assert words(paragraph) == "An old oak, gone; m2next"


@pytest.mark.parametrize(
    "text",
    [
        "# no heading", "1. no list", "- no list", "+ no list", "> no quote", "*no* _look_", "`no code`", "[no](link)",
        "<b>no tag</b>", "a | b", "~~no~~", "$no$ math", "&amp; no entity", "---", "===", "\\no escape", "3) no list",
        "***", "![no](picture)", "http://example.org", "#hash", "12.5 and 3.", "```", "- [ ] no task",
    ],
)  # fmt: skip
def test_whatever_a_page_says_stays_what_it_says(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    tree = rendered(f"<p>{escaped}</p>")

    [paragraph] = tree.findall("p")
    assert words(paragraph) == " ".join(text.split())
    assert len(paragraph) == 0


def test_lists_nest_and_keep_the_numbers_that_the_page_has() -> None:
    tree = rendered('<ul><li>a<ol start="3"><li>b</li><li>c</li></ol></li><li>d</li></ul>')

    assert [words(item)[:1] for item in tree.findall("ul/li")] == ["a", "d"]
    assert tree.find("ul/li/ol").get("start") == "3"
    marked = markdown_of('<ol class="marked"><li>7. g</li></ol><ul class="marked"><li>\N{BULLET} h</li></ul>')
    assert "7. g" in marked
    assert "- h" in marked


def test_code_and_formulas_keep_their_signs() -> None:
    text = markdown_of('<pre>a `b`\n```\n</pre><p>so <code class="math">x^2_1</code> and <code>a|`b`</code></p>')

    assert "$`x^2_1`$" in text
    tree = lxml_html.fromstring(f"<div>{GITHUB.render(text)}</div>")
    assert words(tree.find("pre/code")) == "a `b` ```"
    assert [code.text for code in tree.findall("p/code")][-1] == "a|`b`"


def test_a_link_keeps_its_target() -> None:
    tree = rendered('<p>see <a href="https://example.org/a(b)?c=d&amp;e">this [x]</a></p>')

    assert tree.find("p/a").get("href") == "https://example.org/a(b)?c=d&e"
    assert words(tree.find("p/a")) == "this [x]"


def test_a_plain_table_has_pipes_and_one_with_spans_is_html() -> None:
    plain = rows_to_table([["Kind", "Felled"], ["Oak | elm", "12"]], header_rows=1)
    spans = Table(cells=(Cell(row=0, column=0, colspan=2, text="<a>"), *_row("b", "c")), header_rows=0)

    assert table_to_markdown(plain).split("\n") == ["| Kind | Felled |", "| --- | --- |", "| Oak \\| elm | 12 |"]
    assert table_to_markdown(spans).startswith('<table><tr><td colspan="2">&lt;a&gt;</td></tr>')


def _row(*texts: str) -> Sequence[Cell]:
    return [Cell(row=1, column=column, text=text) for column, text in enumerate(texts)]


def test_tables_stand_where_the_page_has_them_also_those_in_cells() -> None:
    inner = "<table><tr><td>in</td></tr></table>"
    text = markdown_of(
        f"<p>one</p><table><tr><td>a{inner}</td></tr></table><p>two</p><table><tr><td>b</td></tr></table>"
    )

    assert re.findall(r"one|\| a in \||\| in \||two|\| b \|", text) == ["one", "| a in |", "| in |", "two", "| b |"]


def test_generated_tables_come_back_without_a_difference() -> None:
    for table in generated_tables(11, 200).tables:
        tree = lxml_html.fromstring(f"<div>{GITHUB.render(table_to_markdown(table.table))}</div>")
        found = [words(cell) for row in tree.findall(".//tr") for cell in row]
        told = [" ".join(cell.text.split()) for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column))]
        assert [text for text in found if text] == [text for text in told if text]


def test_a_page_that_fell_back_says_so() -> None:
    assert "> Page 1: too \\*slow\\*" in markdown_of("<p>x</p>", notice="too *slow*")
