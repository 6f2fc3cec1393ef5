"""Untrusted markup becomes a clean fragment."""

import math

import pytest
from fragments import check_fragment
from processor_time import processor_seconds

from pipeline.markup.repairs import SENTENCES, Repair
from pipeline.markup.sanitise import MAX_BYTES, Clean, TooMuchMarkup, sanitise

# Other programs on the machine make a measurement longer, never shorter: what is too slow is so each time.
_TRIES = 8

ACTIVE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt&colon;alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="//evil.example/">x</a>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<body onload=alert(1)>x",
    "<form action=//evil.example><input type=submit></form>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    '<link rel=stylesheet href="//evil.example/x.css">',
    '<base href="//evil.example/">',
    "<style>@import '//evil.example/x.css'</style>",
    "<object data=x></object><embed src=x>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<p title='\"><script>alert(1)</script>'>x",
    "<x onclick=alert(1)>y</x>",
    '<a href="https://ok.example/" onmouseover="alert(1)">x</a>',
    "<textarea><script>alert(1)</script></textarea>",
    "<title><script>alert(1)</script></title>",
    "<xmp><script>alert(1)</script></xmp>",
    "<table background=javascript:alert(1)><tr><td background=x>1</td></tr></table>",
)


@pytest.mark.parametrize("html", ACTIVE)
def test_nothing_active_is_left(html: str) -> None:
    clean = sanitise(f"<p>before</p>{html}<p>after</p>")

    check_fragment(clean.html)
    assert "before" in clean.text
    assert clean.blocks


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>if x<y then</p>", "if x<y then"),
        ("<p>a<b and c>d</p>", "a<b and c>d"),
        ("<p>a<b<c and i<p or s>u</p>", "a<b<c and i<p or s>u"),
        ("<p>p<0.05, n>30, <5 %</p>", "p<0.05, n>30, <5 %"),
        ("<p>List<String> and vector<int></p>", "List<String> and vector<int>"),
        ("<p>R&D, AT&T, ?a=1&copy=2</p>", "R&D, AT&T, ?a=1&copy=2"),
        ("<p>&lt;script&gt; &amp;amp; &eacute; &#8364; &#x20AC;</p>", "<script> &amp; é € €"),
        ("<p>see <https://example.org> and <me@example.org></p>", "see <https://example.org> and <me@example.org>"),
        ("plain text", "plain text"),
        ("<p>1 < 2 <= 3</p>", "1 < 2 <= 3"),
    ],
)
def test_text_that_looks_like_markup_stays_text(html: str, text: str) -> None:
    clean = sanitise(html)

    check_fragment(clean.html)
    assert clean.text == text


def test_what_html_printed_on_the_page_says_is_shown_and_not_run() -> None:
    clean = sanitise("<pre>&lt;table&gt;\n  &lt;script&gt;x()&lt;/script&gt;\n&lt;/table&gt;</pre>")

    assert clean.html == "<pre>&lt;table&gt;\n  &lt;script&gt;x()&lt;/script&gt;\n&lt;/table&gt;</pre>"
    assert clean.tables == 0


def test_control_characters_and_surrogates_are_removed() -> None:
    clean = sanitise("<p>a\x00b\x1b[31mc\x7f\ud800d&#27;e\ufdd0</p>\r\n<p>f</p>")

    assert clean.text == "ab[31mcde\nf"
    assert clean.repairs == (Repair.CONTROLS,)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Rows that end early are filled, at the end and below a row span.
        ("<tr><td>1<td>2<tr><td>3", "<tr><td>1</td><td>2</td></tr><tr><td>3</td><td></td></tr>"),
        (
            "<tr><td rowspan=2>1<td>2<tr><td>3<td>4",
            '<tr><td rowspan="2">1</td><td>2</td><td></td></tr><tr><td>3</td><td>4</td></tr>',
        ),
        # Spans end at the table's edge; those that are no number are one.
        ('<tr><td rowspan="99">1<td>2<tr><td>3', '<tr><td rowspan="2">1</td><td>2</td></tr><tr><td>3</td></tr>'),
        ("<tr><td colspan=9999>1<tr><td>2<td>3", '<tr><td colspan="2">1</td></tr><tr><td>2</td><td>3</td></tr>'),
        ("<tr><td colspan=abc rowspan=-1>1<td colspan=0>2", "<tr><td>1</td><td>2</td></tr>"),
        # A span that would run into the cell above it ends before it.
        (
            "<tr><td>1<td rowspan=2>2<td>3<tr><td colspan=3>4<td>5",
            '<tr><td>1</td><td rowspan="2">2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr>',
        ),
        # Rows without a cell vanish, and what spans them becomes shorter.
        ("<tr><td rowspan=3>1<td>2<tr></tr><tr><td>3", '<tr><td rowspan="2">1</td><td>2</td></tr><tr><td>3</td></tr>'),
        # Text between cells is a cell; cells without a row are one.
        ("<tr>Total<td>5", "<tr><td>Total</td><td>5</td></tr>"),
        ("<td>1<td>2<tr><td>3<td>4", "<tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>"),
    ],
)
def test_a_table_becomes_rectangular(rows: str, expected: str) -> None:
    clean = sanitise(f"<table>{rows}</table>")

    check_fragment(clean.html)
    assert clean.html.replace("\n", "") == f"<table><tbody>{expected}</tbody></table>"


def test_header_rows_are_the_head_and_header_cells_of_other_rows_label_their_row() -> None:
    clean = sanitise("<table><tr><th>a<th>b<tr><th>c<td>1<tr><td>d<td>2</table>")

    assert clean.html.replace("\n", "") == (
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">c</th><td>1</td></tr><tr><td>d</td><td>2</td></tr></tbody></table>'
    )


def test_head_body_and_foot_come_in_order_whatever_order_they_were_written_in() -> None:
    clean = sanitise(
        "<table><caption>T</caption><tfoot><tr><td>f</tfoot><tbody><tr><td>b</tbody><thead><tr><td>h</thead>nb</table>"
    )

    assert clean.text == "T\nh\nf\nb\nnb"
    assert clean.repairs == (Repair.STRAY_TEXT,)


def test_a_table_in_a_cell_stays_there_and_both_are_rectangular() -> None:
    clean = sanitise("<table><tr><td>1<table><tr><td>2<tr><td>3<td>4</table><td>5<tr><td>6</table>")

    check_fragment(clean.html)
    assert clean.tables == 2


def test_rows_and_items_without_their_parent_are_given_one() -> None:
    clean = sanitise("<li>a<li>b</li><p>c</p><dt>d<dd>e</dd><hr><tr><td>1</td></tr>")

    assert clean.html.replace("\n", "") == (
        "<ul><li>a</li><li>b</li></ul><p>c</p><dl><dt>d</dt><dd>e</dd></dl><hr><table><tbody><tr><td>1</td></tr></tbody></table>"
    )
    assert clean.repairs == (Repair.LOOSE_CELLS,)


def test_only_addresses_of_known_kinds_are_linked() -> None:
    clean = sanitise(
        '<p><a href="https://a.example/">a</a><a href="mailto:b@b.example">b</a><a href="#page-3">c</a>'
        '<a href="#x">d</a><a href="ftp://e.example">e</a><a name=f>f</a></p>'
    )

    assert clean.html.count("<a ") == 3
    assert clean.text == "abcdef"
    assert clean.repairs == (Repair.LINKS,)


def test_an_image_leaves_its_description_and_a_box_its_state() -> None:
    clean = sanitise("<p><img alt='A chart' src=x>and<input type=checkbox checked>yes<input type=checkbox>no</p>")

    assert clean.html == '<p><span class="image">A chart</span> and☑ yes☐ no</p>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<math><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math>",
            "x=1/(a+2)",
        ),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msub><mi>a</mi><mi>i</mi></msub></math>", "x^2+a_i"),
        ("<math><msqrt><mi>x</mi></msqrt><msubsup><mi>y</mi><mn>1</mn><mn>2</mn></msubsup></math>", "√(x)y_1^2"),
        (
            '<math><mi>x</mi><annotation encoding="application/x-tex">\\frac{1}{2}</annotation></math>',
            "\\frac{1}{2}",
        ),
    ],
)
def test_mathml_becomes_a_line_of_text(html: str, text: str) -> None:
    assert sanitise(html).html == f'<p><code class="math">{text}</code></p>'


def test_elements_nested_too_deeply_are_flattened_with_their_text() -> None:
    clean = sanitise("<blockquote>" * 5_000 + "deep" + "</blockquote>" * 5_000 + "<p>after</p>")

    check_fragment(clean.html)
    assert clean.text == "deep\nafter"
    assert Repair.DEPTH in clean.repairs


def test_a_table_wider_than_any_page_is_narrowed_and_keeps_its_text() -> None:
    wide = "<table><tr>" + "<td>x" * 2_000 + "<tr><td>y" * 2_000 + "</table>"

    clean = sanitise(wide)

    check_fragment(clean.html)
    assert clean.text.count("x") == 2_000
    assert Repair.WIDE in clean.repairs
    assert len(clean.html) < 250_000


def test_more_than_a_mebibyte_is_refused() -> None:
    assert sanitise("x" * MAX_BYTES).text

    with pytest.raises(TooMuchMarkup):
        sanitise("\N{EURO SIGN}" * (MAX_BYTES // 3 + 1))


@pytest.mark.parametrize(
    "unit",
    [
        *("<div>", "<b>", "<table><tr><td>", "<ul><li>", "<", "<a ", '<a "', "<td>", "<!--", "<script>", "&", "<p>x"),
        *("<i></b>", "<td rowspan=200 colspan=200>", "<tr><td>", "<math><mfrac>", "&amp;", "<x></x>", "<!-- --a"),
    ],
)
def test_the_time_grows_no_faster_than_the_markup(unit: str) -> None:
    short, long = unit * (5_000 // len(unit)), unit * (40_000 // len(unit))

    # Eight times the length would be 64 times the time if it were quadratic.
    best = [math.inf, math.inf]
    for _ in range(_TRIES):
        best = [min(least, _seconds(html)) for least, html in zip(best, (short, long), strict=True)]
        if best[1] < 30 * max(best[0], 0.01):
            return
    pytest.fail(f"{best[0]:.3f} s became {best[1]:.3f} s")


def _seconds(html: str) -> float:
    checks: list[Clean] = []
    seconds = processor_seconds(lambda: checks.append(sanitise(html)))
    assert checks[0].html is not None
    return seconds


def test_every_repair_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Repair)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<p dir="rtl">x</p>', '<p dir="rtl">x</p>'),
        ('<h2 dir="RTL">x</h2>', '<h2 dir="rtl">x</h2>'),
        ('<p class="footnote" dir="ltr">x</p>', '<p class="footnote" dir="ltr">x</p>'),
        ('<ul dir="rtl"><li dir="rtl">x</li></ul>', '<ul dir="rtl">\n<li dir="rtl">x</li>\n</ul>'),
        ('<p dir="auto">x</p>', "<p>x</p>"),
        ('<p dir="rtl onclick=alert(1)">x</p>', "<p>x</p>"),
        ('<span dir="rtl">x</span>', "<p>x</p>"),
    ],
)
def test_a_direction_is_kept_where_it_is_one(html: str, clean: str) -> None:
    assert sanitise(html).html == clean


def test_tables_cells_and_captions_keep_their_direction_and_labels_their_indent() -> None:
    clean = sanitise(
        '<table dir="rtl"><caption dir="rtl">t</caption><tr><th>a</th><th dir="rtl">b</th></tr>'
        '<tr><th scope="row" class="indent-2">c</th><td dir="rtl" class="indent-2">d</td></tr></table>'
    )

    assert clean.tables == 1
    assert clean.html.replace("\n", "") == (
        '<table dir="rtl"><caption dir="rtl">t</caption>'
        '<thead><tr><th scope="col">a</th><th scope="col" dir="rtl">b</th></tr></thead>'
        '<tbody><tr><th scope="row" class="indent-2">c</th><td dir="rtl">d</td></tr></tbody></table>'
    )
