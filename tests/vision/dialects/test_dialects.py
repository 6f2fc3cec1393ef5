"""Corners of the dialects that models answer in."""

import json
import random
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from answer_grids import table_to_grid
from fragments import check_fragment
from page_texts import text_to_page_text

import pipeline.vision.dialects as dialects_package
from pipeline.markup.sanitise import MAX_BYTES, sanitise
from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge
from pipeline.vision.dialects.dialect import dialects

PAGE = "The page in question says a few things about the year."


def _html(answer: str, finish_reason: str = "stop") -> str:
    page = judge(answer, finish_reason=finish_reason).page
    assert page is not None
    check_fragment(page.html)
    return page.html.replace("\n", "")


def _table(*rows: str) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


def _math(source: str) -> str:
    return f'<p><code class="math">{source.replace("<", "&lt;")}</code></p>'


_UNSEEN = '<p><span data-unseen="">5</span> 6</p>'
_HEADED = _table("1|2").replace(
    "<tbody>", '<thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody>'
)


@pytest.mark.parametrize(
    ("answer", "html"),
    [
        # Reasoning, in its various clothes.
        ("<|channel|>analysis<|message|>hm<|channel|>final<|message|># Title", "<h1>Title</h1>"),
        ("# Title\n\n<think>is that all?</think>\n\nMore text", "<h1>Title</h1><p>More text</p>"),
        ("# Title\n\n<think>is that all? <think>yes</think></think>\n\nMore", "<h1>Title</h1><p>More</p>"),
        # Envelopes.
        (json.dumps({"pages": [1], "markdown": "# Title"}), "<h1>Title</h1>"),
        (json.dumps(["# Title", "Text"]), "<h1>Title</h1><p>Text</p>"),
        (json.dumps({"choices": [{"message": {"content": "# Title"}}]}), "<h1>Title</h1>"),
        (json.dumps({"html": {"unknown": 1}, "text": "# Title"}), "<h1>Title</h1>"),
        (json.dumps([[[[[[[["# Too deep"]]]]]]]]), '<p>[[[[[[[["# Too deep"]]]]]]]]</p>'),
        # Front matter, and what only looks like it.
        ("---\nis_table: True\nprimary_language: en", ""),
        ("---\n\n# Title\n\n---\n\nText", "<hr><h1>Title</h1><hr><p>Text</p>"),
        ("---\n---\n# Title", "<hr><hr><h1>Title</h1>"),
        ("---\nlanguage: en\n----\n# Title", "<hr><h1>Title</h1>"),
        # Fences.
        ("`# Title`", "<h1>Title</h1>"),
        ("~~~\n# Title\n```\nno fence\n~~~", "<h1>Title</h1><p>no fence</p>"),
        ("```markdown\n# T\n```c\nx < 1;\n```\n```", "<h1>T</h1><pre>x &lt; 1;</pre>"),
        # Lists keep the numbers that were printed; a single star is a footnote.
        ("3. three\n5. five", '<ol start="3"><li value="3">three</li><li value="5">five</li></ol>'),
        ("* audited\n\nText", "<p>* audited</p><p>Text</p>"),
        ("* one\n* two", "<ul><li>one</li><li>two</li></ul>"),
        # Text that Markdown would bend.
        ("Total\n-----\n[1]: a note\n\n    indented", "<p>Total</p><hr><p>[1]: a note</p><p>indented</p>"),
        # Grounding in the mode in which the reference is the text.
        ("<|ref|>Invoice 12<|/ref|><|det|>[[1,2,3,4]]<|/det|>", "<p>Invoice 12</p>"),
        ("<|ref|>sub_title<|/ref|><|det|>[[1,2,3,4]]<|/det|>\n## Notes", "<h2>Notes</h2>"),
        # OTSL with closing tags, without a frame, with a continuation of nothing.
        ("<fcel>a</fcel><fcel>b</fcel><nl><ecel></ecel><fcel>c</fcel><nl>", _table("a|b", "|c")),
        ("<otsl><lcel>x<fcel>a<nl></otsl>after", _table("x|a") + "<p>after</p>"),
        ("<fcel>a<nl><fcel>b<nl>Source: office", _table("a", "b") + "<p>Source: office</p>"),
        # Equations and money.
        ("Costs $5 and $6, sum $x_1$ or $ y$.", '<p>Costs $5 and $6, sum <code class="math">x_1</code> or $ y$.</p>'),
        ("<p>**Total** and `\\(a`</p>", "<p><strong>Total</strong> and `\\(a`</p>"),
        ("<math><semantics><mi>x</mi><mo>&lt;</mo></semantics><annotation>y</annotation></math>", _math("x<y")),
        ("<p><!-- b --><span data-unseen>5</span> <span>6</span></p>", _UNSEEN),
        (
            '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_1</annotation></semantics></math>',
            _math("x_1"),
        ),
        ("Nothing in \\( \\) here", "<p>Nothing in \\( \\) here</p>"),
        # DocTags without a table; a table's tags without a table.
        ("<doctag><title>Title</title><text>Text</text></doctag>", "<h1>Title</h1><p>Text</p>"),
        ("</fcel>Text<nl>more", "<p>Text<br>more</p>"),
        # A turn that begins with the end of another.
        ("<|im_end|><|im_start|>assistant\n# Title", "<h1>Title</h1>"),
        # Made-up places for pictures.
        (
            "<figure><img alt='Chart'><figcaption>Figure 1</figcaption></figure>",
            '<figure><p><span class="image">Chart</span></p><figcaption>Figure 1</figcaption></figure>',
        ),
        ("<figcaption>Figure 1</figcaption>", "<p>Figure 1</p>"),
        ("<ul><ul><li>a</li></ul>b</ul>", "<ul><li><ul><li>a</li></ul></li><li>b</li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (
            "<table><tr><td data-unseen>1</td><td><h3>2</h3></td></tr></table>",
            '<table><tbody><tr><td data-unseen="">1</td><td><strong>2</strong></td></tr></tbody></table>',
        ),
    ],
)
def test_an_answer_becomes_html(answer: str, html: str) -> None:
    page = judge(answer).page

    assert (page.html.replace("\n", "") if page else "") == html


def test_code_that_is_printed_on_the_page_stays_code() -> None:
    code = '<table class="wide">\n<tr><td>1</td></tr>\n</table>'
    page_text = text_to_page_text(f"{PAGE}\nAn example of a table follows in the next lines:\n{code}\n{PAGE}")
    answer = f"{PAGE} An example of a table follows in the next lines:\n\n```html\n{code}\n```\n\n{PAGE}"

    assert judge(answer, page_text=page_text).accepted().tables == ()
    assert len(judge(answer).accepted().tables) == 1


def test_only_the_end_of_channels_is_the_answer() -> None:
    assert judge("<|channel|>analysis<|message|>Only thoughts, no page.").reason is FallbackReason.EMPTY


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("\\begin{tabular}{|l|r|}\\hline A & B \\\\ \\hline 1 & 2 \\\\ \\hline\\end{tabular}", ["A B", "1 2"]),
        ("\\begin{tabularx}{\\textwidth}{lX}{A} & B \\\\ 1 & 2 \\\\\\end{tabularx}", ["A B", "1 2"]),
        ("$$\\begin{array}{lr}\\text{A} & B \\\\ 1 & 2\\end{array}$$", ["A B", "1 2"]),
        (
            "\\[\\begin{tabular}[t]{lr}A \\& C & 5\\% \\\\[2pt] \\multirow{2}{*}{x} & 1 \\\\ & 2\\end{tabular}\\]",
            ["A & C 5%", "x 1", "2"],
        ),
        ("\\begin{tabular}{l}never & closed \\\\ 1 & 2", ["never closed", "1 2"]),
        ("\\begin{tabular}{l}\\multicolumn{2}{c}{\\textbf{Wide}} \\\\ 1 & 2\\end{tabular}", ["Wide", "1 2"]),
        ("\\begin{tabular}{lll", []),
    ],
)
def test_a_latex_table_becomes_a_table(source: str, rows: list[str]) -> None:
    html = _html(f"{PAGE}\n\n{source}")
    table = html.partition("<table>")[2]
    found = [" ".join(row.replace("</td>", " ").replace("</th>", " ").split()) for row in table.split("<tr>")[1:]]

    assert [_untagged(row) for row in found] == [row for row in rows if row]
    assert "\\begin" not in html


def _untagged(row: str) -> str:
    return " ".join(re.sub("<[^<>]*>", "", row).replace("&amp;", "&").split())


def test_a_formula_that_is_an_array_stays_a_formula() -> None:
    html = _html(f"{PAGE} $$\\begin{{array}}{{c}} x \\\\ y \\end{{array}}$$")

    assert "<table>" not in html
    assert '<code class="math">\\begin{array}' in html


@pytest.mark.parametrize(
    ("answer", "html"),
    [
        (
            '[{"bbox": [1], "category": "Title", "text": "Re\\u0070ort"}, {"bbox": [1], "text": "a\\tb" "c',
            "<h1>Report</h1>",
        ),
        ('{"blocks": [{"bbox": [1], "category": "Text", "text": 2019}, {"type": "Text", "bbox": [1]}]}', "<p>2019</p>"),
        (
            '[{"bbox_2d": [1], "label": "Total of all the receipts of 2019"}]',
            "<p>Total of all the receipts of 2019</p>",
        ),
        ('[{"category": "Formula", "bbox": [1], "text": "a = b"}]', '<p><code class="math">a = b</code></p>'),
        ('[{"bbox": [1], "text": "x"} {"bbox": [2], "category": "Picture"}]', "<p>x</p>"),
        (
            '[{"bbox": [1], "text": "say "yes" or\\u0020no\\n\\nto it"} {"bbox": [2], "x": 1}]',
            '<p>say "yes" or no</p><p>to it</p>',
        ),
    ],
)
def test_a_layout_becomes_html(answer: str, html: str) -> None:
    page = judge(answer).page

    assert page is not None
    assert page.html.replace("\n", "").replace("&quot;", '"').startswith(html)


def test_only_so_many_wrappings_are_taken_off() -> None:
    answer = f"# Title\n\n{PAGE}"
    for _ in range(4):
        answer = json.dumps(answer)

    assert judge(answer).accepted().text == f"Title\n{PAGE}"
    assert "Title" in judge(json.dumps(json.dumps(json.dumps(answer)))).accepted().text


def test_a_layout_nested_beyond_reason_gives_no_endless_work() -> None:
    chance = random.Random(3)
    for depth in (12, 5_000):
        opening = "".join(f'{{"{chance.randrange(16**9):x}":' for _ in range(depth))

        for closing in ("}" * min(depth, 12), "}"):
            page = judge(opening + '{"bbox": [1], "text": "deep down"}' + closing).page

            assert page is not None
            assert "deep down" in page.text


@pytest.mark.parametrize(
    ("answer", "html"),
    [
        ("<table><tr><td>1</td></tr><tr><td>2", _table("1")),
        ("<table><tr><td>1</td></tr>", _table("1")),
        ("<p>x</p><table>", "<p>x</p>"),
        ("<table><tr><td>1</td></tr></table><p>and th", _table("1") + "<p>and th</p>"),
        ("<fcel>1<nl><fcel>2", _table("1")),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", _HEADED),
        ("| a | b |\n|---|---|\n| 1 | 2 |", _HEADED),
        ("Text <b", "<p>Text</p>"),
    ],
)
def test_of_a_cut_answer_the_whole_rows_are_kept(answer: str, html: str) -> None:
    assert _html(answer, "length") == html
    assert judge(answer, finish_reason="length").reason is FallbackReason.TRUNCATED


@pytest.mark.parametrize(
    "answer",
    [
        "Here is the converted page:\n\n",
        "Certainly! Below is the HTML transcription of the document.\n\n",
        "Sure!\n\nThe following is the content of the page in Markdown:\n\n",
        "I've transcribed the page into HTML:\n",
        "Sure!\n\nHere is the page.\n\nBelow is the table as HTML.\n\n",
    ],
)
def test_an_introduction_is_removed(answer: str) -> None:
    assert _html(f"{answer}<h1>Title</h1>\n<p>{PAGE}</p>") == f"<h1>Title</h1><p>{PAGE}</p>"


@pytest.mark.parametrize(
    "answer",
    [
        "Let me know if you need anything else!",
        "Note: I could not read the stamp in the image.",
        "I hope this helps.",
        "If you'd like, I can also extract the table as CSV.",
        "This HTML preserves the structure of the page.\n\nHope this helps.\n\nFeel free to ask for changes.",
    ],
)
def test_a_closing_remark_is_removed(answer: str) -> None:
    assert _html(f"# Title\n\n{PAGE}\n\n{answer}") == f"<h1>Title</h1><p>{PAGE}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "Here is a list of the members of the board.",
        "I have the honour to report on the year.",
        "Note 5: Provisions are measured at the best estimate.",
        "Please note that the office is closed on Mondays.",
        "The document contains statements about the text of the law.",
        "I have the honour to remain, Sir, your obedient servant.",
        "Let me know if you have any questions.",
        "We are unable to see the images of the far side of the moon before 1959, the report says.",
    ],
)
def test_what_only_resembles_a_remark_stays(text: str) -> None:
    assert text in judge(f"{text}\n\n{PAGE}\n\n{PAGE}").accepted().text
    assert text in judge(f"# Title\n\n{PAGE}\n\n{text}").accepted().text


@pytest.mark.parametrize(
    "text",
    [
        "I\N{RIGHT SINGLE QUOTATION MARK}m sorry, but I can\N{RIGHT SINGLE QUOTATION MARK}t assist with that.",
        "No image was provided. Please upload the document.",
        "As an AI language model, I do not have the ability to view pictures.",
        "This model does not support images.",
        "I cannot see any image in this conversation.",
    ],
)
def test_a_refusal_is_known_as_one(text: str) -> None:
    assert judge(text).reason is FallbackReason.REFUSED


def test_an_answer_that_grows_beyond_reason_is_malformed() -> None:
    chance = random.Random(5)
    text = " ".join(f"{chance.randrange(16**9):x}{chance.choice('&<>')}" for _ in range(90_000))

    assert len(text) < MAX_BYTES
    assert judge(text).reason is FallbackReason.MALFORMED
    assert judge("x" * (MAX_BYTES + 1)).reason is FallbackReason.MALFORMED


def test_where_two_parsers_disagree_only_escaped_text_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = SimpleNamespace(clean=lambda _: "<p>half</p>")
    monkeypatch.setattr("pipeline.markup.sanitise._GATE", gate)

    clean = sanitise("<h1>a &lt; b</h1><p>whole</p>")

    assert clean.blocks == ()
    assert clean.html == "<p>a &lt; b</p>\n<p>whole</p>"


NEW_DIALECT = """
import re

from pipeline.markup.table import table_to_html
from pipeline.table import rows_to_table
from pipeline.vision.dialects.dialect import Dialect

MARK = re.compile(r"@row ([^\\n]*)\\n?")


def to_markup(text, reading):
    table = rows_to_table([row.split(" / ") for row in MARK.findall(text)])
    return MARK.sub("", text) + reading.keep_block(table_to_html(table, str))


DIALECT = Dialect(name="at_rows", order=45, shows=lambda text: bool(MARK.search(text)), to_markup=to_markup)
"""


def test_a_new_dialect_is_one_module_that_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "at_rows.py").write_text(NEW_DIALECT)
    monkeypatch.setattr(dialects_package, "__path__", [*dialects_package.__path__, str(tmp_path)])
    dialects.cache_clear()
    try:
        verdict = judge("Fees\n@row Punt / 4.50\n@row Skiff / 6.00\n")
    finally:
        monkeypatch.undo()
        dialects.cache_clear()

    assert table_to_grid(verdict.accepted().tables[0]) == "Punt|4.50;Skiff|6.00"
    assert verdict.dialects == ("at_rows", "markdown")
