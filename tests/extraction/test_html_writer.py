from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from typeset import chars_to_content, text_to_chars, text_to_words

from pipeline.extraction import BBox, Cell, Line, Link, PageContent, Table, content_to_extraction
from pipeline.extraction.html_writer import Writer
from pipeline.extraction.readers.links import address_to_target
from pipeline.extraction.text.hyphens import Hyphens

_LETTERS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs", "Zs")), max_size=40
)
_NOWHERE = BBox(0, 0, 1, 1)


def _cell(row: int, column: int, *, rowspan: int = 1, colspan: int = 1, header: bool = False) -> Cell:
    words = content_to_extraction(chars_to_content(text_to_chars(f"r{row}c{column}", 10, 20))).words
    line = Line(box=_NOWHERE, words=words)
    return Cell(row=row, column=column, rowspan=rowspan, colspan=colspan, box=_NOWHERE, lines=(line,), header=header)


def _html(content: PageContent) -> str:
    return content_to_extraction(content).html


@given(_LETTERS, st.booleans())
def test_any_text_makes_well_formed_html(text: str, bold: bool) -> None:  # noqa: FBT001 — hypothesis fills it in
    html = _html(chars_to_content(text_to_chars(text, 10, 100, bold=bold)))

    etree.fromstring(f"<section>{html}</section>")


def test_markup_on_the_page_is_text() -> None:
    html = _html(chars_to_content(text_to_chars('<script>alert("&")</script>', 10, 100)))

    assert html == '<p>&lt;script&gt;alert("&amp;")&lt;/script&gt;</p>'


def test_links_are_around_their_words() -> None:
    chars = text_to_chars("see this page now", 10, 100)
    link = Link(box=BBox(29, 90, 76, 104), target="https://example.org/?a=1&b=2")
    content = chars_to_content(chars)

    html = _html(
        PageContent(
            number=1, width=600, height=800, reader="test", chars=content.chars, rulings=(), fills=(), links=(link,)
        )
    )

    assert html == '<p>see <a href="https://example.org/?a=1&amp;b=2">this page</a> now</p>'


def test_bold_and_italic_words_are_marked_with_the_blank_between_them() -> None:
    chars = [
        *text_to_chars("a ", 10, 100),
        *text_to_chars("bold word", 20, 100, bold=True),
        *text_to_chars(" end", 65, 100),
    ]

    assert _html(chars_to_content(chars)) == "<p>a <b>bold word</b> end</p>"


def test_a_tables_head_spans_and_scopes_are_written() -> None:
    table = Table(
        box=_NOWHERE,
        rows=3,
        columns=3,
        header_rows=1,
        cells=(
            _cell(0, 0, header=True), _cell(0, 1, colspan=2, header=True),
            _cell(1, 0, rowspan=2, header=True), _cell(1, 1), _cell(1, 2),
            _cell(2, 1), _cell(2, 2),
        ),
    )  # fmt: skip

    html = Writer(Hyphens([])).table_to_html(table)

    assert html == (
        "<table>\n<thead>\n"
        '<tr><th scope="col">r0c0</th><th scope="colgroup" colspan="2">r0c1</th></tr>\n'
        "</thead>\n<tbody>\n"
        '<tr><th scope="rowgroup" rowspan="2">r1c0</th><td>r1c1</td><td>r1c2</td></tr>\n'
        "<tr><td>r2c1</td><td>r2c2</td></tr>\n"
        "</tbody>\n</table>"
    )


def test_only_the_web_and_mailboxes_are_targets() -> None:
    assert address_to_target(" https://example.org/x ") == "https://example.org/x"
    assert address_to_target("mailto:a@example.org") == "mailto:a@example.org"
    for address in ("javascript:alert(1)", "file:///etc/passwd", "https://a b", 'https://a"onclick=', "data:,x", ""):
        assert address_to_target(address) is None


def test_a_word_that_a_full_line_of_a_cell_cuts_is_whole_and_beside_a_longer_line_it_stays_two() -> None:
    [upper], [lower], [longer], [whole] = (
        text_to_words(text, 10, baseline)
        for text, baseline in (
            ("responsibi", 20),
            ("lities", 32),
            ("and-so-on-at-length", 44),
            ("responsibilities", 90),
        )
    )
    writer = Writer(Hyphens(word.text for word in (upper, lower, longer, whole)))
    lines = [Line(box=word.box, words=(word,)) for word in (upper, lower, longer)]

    def cell(*lines: Line) -> str:
        one = Cell(row=0, column=0, box=_NOWHERE, lines=lines)
        return writer.table_to_html(Table(box=_NOWHERE, rows=1, columns=1, cells=(one,)))

    assert "<td>responsibilities</td>" in cell(*lines[:2])
    assert "<td>responsibi lities and-so-on-at-length</td>" in cell(*lines)
