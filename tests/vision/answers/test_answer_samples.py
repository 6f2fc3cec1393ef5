"""Every kind of messy answer that is known, each as a model would write it for a whole page.

The files are named by their number in the catalogue of messy answers, which groups them by what is wrong with them.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from fragments import check_fragment

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import AnswerStatus, Verdict, judge
from pipeline.vision.profiles.prompts import GENERAL

SAMPLES = Path(__file__).parent / "samples"

_DASH = "\N{EN DASH}"
# The figures of the interim report's table, row by row: every answer about that page must bring them all.
ROWS = f"""
Revenue 5 1,842.6 1,703.1 8.2 3,611.9 3,402.4
Cost of sales 6 (1,104.3) (1,041.8) 6.0 (2,180.7) (2,077.5)
Gross profit 738.3 661.3 11.6 1,431.2 1,324.9
Distribution costs (212.4) (205.9) 3.2 (418.8) (409.6)
Administrative expenses 7 (148.7) (151.2) {_DASH}1.7 (301.5) (298.3)
Research and development 8 (96.1) (88.4) 8.7 (190.2) (174.0)
Other operating income 12.9 9.5 35.8 21.6 18.7
Operating profit 294.0 225.3 30.5 542.3 461.7
Finance income 9 4.2 3.8 10.5 8.0 7.7
Finance costs 9 (31.6) (28.9) 9.3 (62.4) (57.1)
Share of result of associates 10 1.1 {_DASH} n/a 0.6 (0.4)
Profit before tax 267.7 200.2 33.7 488.5 411.9
Income tax expense 11 (69.6) (54.1) 28.7 (127.0) (111.2)
Profit for the period 198.1 146.1 35.6 361.5 300.7
""".strip().split("\n")
LEAKED = re.compile(
    r"<\||\|>|<loc_|<[fe]cel|<nl>|<unused|end_of_turn|</?think|```|\[INST|<page_number|<watermark|bbox|ched>"
)


class Sample(NamedTuple):
    """What is expected of one file: its verdict, repairs, tables, and texts that stand or do not stand in the HTML."""

    name: str
    repairs: str = ""
    reason: FallbackReason | None = None
    tables: int = 1
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    rows: int = 14


_E, _T, _R, _M, _U, _F = (
    FallbackReason.EMPTY,
    FallbackReason.TRUNCATED,
    FallbackReason.REPETITIVE,
    FallbackReason.MALFORMED,
    FallbackReason.UNFAITHFUL,
    FallbackReason.REFUSED,
)
EXPECTED = (
    Sample("00-clean-html", has=('<th scope="col" colspan="3">Second quarter</th>', "freight costs &amp; better")),
    Sample("00-clean-markdown", has=('<li value="3">No event', "<em>For the three", "<p>* Restated for")),
    Sample("01-fence-html", "fence"),
    Sample("01-fence-never-closed", "fence"),
    Sample("02-several-fences", "chatter fence", lacks=("Then the table", "two parts")),
    Sample(
        "02-genuine-code",
        "fence",
        has=(
            "<pre>pip install tabledecoder==1.4.2\n",
            "&lt;table id=",
            "1_000 and page.height &lt; 1_400",
            "<code>--beam</code>",
        ),
        rows=0,
    ),
    Sample("03-full-document", "document", lacks=("border-collapse", "refresh", "example.com")),
    Sample("04-chatter", "chatter", lacks=("Sure!", "Let me know", "skipped the handwritten")),
    Sample("04-unreadable-is-text", has=("[UNREADABLE], Chief",)),
    Sample("05-front-matter", "front_matter", lacks=("primary_language",)),
    Sample("05-front-matter-rotated", "front_matter", lacks=("rotation",)),
    Sample("05-front-matter-unterminated", "front_matter", lacks=("is_table", "---")),
    Sample("06-old-olmocr", "envelope", lacks=("natural_text", "\\n")),
    Sample("06-old-olmocr-null", "envelope", _E, 0, rows=0),
    Sample("07-pipe-no-separator", "separator"),
    Sample("07-pipe-ragged", "ragged uneven", rows=10),
    Sample("07-pipe-bar-in-cell", has=("<td><code>12 | 10</code></td><td>14</td>", "<td>6 | 1</td><td>7</td>"), rows=0),
    Sample(
        "08-html-in-pipes",
        has=("Research<br>and <b>development</b>", "<strong>Gross profit</strong>", "2024<sup>*</sup>"),
    ),
    Sample("08-html-table-in-markdown", has=('<th scope="col" rowspan="2">Note</th>', "<h2>Basis of preparation</h2>")),
    Sample("09-cut-html", "closed cut", _T, has=("<td>Finance income</td>",), lacks=("Finance costs",), rows=9),
    Sample("09-cut-markdown", "cut", _T, has=("<td>Finance income</td>",), lacks=("Finance costs",), rows=9),
    Sample("09-unclosed-tags", "closed"),
    Sample("10-broken-tags", "closed tags", has=("<p>Halvorsen</p>", "M. Halvorsen"), lacks=("--", "subtotal")),
    Sample("11-absurd-spans", "ragged spans uneven", lacks=("9999", "400", "abc", "1e3")),
    Sample("12-chandra", has=('<span class="image">Bar chart of revenue', "<td>(1,104.3)</td>"), lacks=("data-bbox",)),
    Sample("13-think", "thinking", lacks=("Wait, is it", "1,842.8")),
    Sample("13-think-end-only", "thinking", lacks=("Wait, is it", "1,842.8")),
    Sample("13-think-unclosed", "thinking", _E, 0, rows=0),
    Sample("14-only-thoughts", "", _E, 0, rows=0),
    Sample("15-leaked-tokens", "tokens"),
    Sample("15-next-turn", "tokens", lacks=("Gerne", "translate", "assistant")),
    Sample("15-user-thought", "tokens", lacks=("thought:",)),
    Sample(
        "16-equations",
        "tabular",
        has=(
            '<code class="math">n</code> is the number',
            '<p><code class="math">\\mathcal{L}_{total} = ',
            "\\qquad \\lambda &lt; 1</code></p>",
            "cost $1,200 on rented machines, of which $300",
            '<th scope="col" colspan="2">TEDS</th>',
            "<td>FinTabNet</td><td>112,887</td><td>95.1</td><td>97.2</td><td>0.038</td>",
            '<code class="math">\N{GREEK SMALL LETTER ALPHA}=1/2</code>',
        ),
        rows=0,
    ),
    Sample(
        "17-doctags",
        has=("<h2>Condensed", "<ol>\n<li>These", "<pre>margin = gross", "☑ Unaudited", '<th scope="row">Revenue</th>'),
    ),
    Sample("17-doctags-stripped", "tokens", _M, 0, rows=0),
    Sample("18-otsl", has=('<th scope="col" colspan="3">Second quarter</th>', '<th scope="col" rowspan="2">Note</th>')),
    Sample(
        "18-otsl-spans",
        has=(
            "<caption>Table 2. Staff by region</caption>",
            '<td rowspan="3">Europe</td>',
            '<td colspan="2" rowspan="2">Of which on leave</td>',
            '<td colspan="2">Not allotted</td><td>5</td><td></td><td>7</td><td></td>',
        ),
        rows=0,
    ),
    Sample("19-deepseek", has=("<h1>Condensed", "<p>Figure 4: Revenue"), lacks=("640", "table_caption")),
    Sample("20-mineru", has=("<h2>Condensed", 'colspan="3">Second quarter'), lacks=("078", "ref_start")),
    Sample("20-mineru-boxes-only", "tokens", _E, 0, rows=0),
    Sample(
        "21-layout",
        has=("<h1>Condensed", "<h2>Basis", "<li>These", '<code class="math">ROCE'),
        lacks=("1490", "Picture"),
    ),
    Sample("21-layout-truncated", "closed cut json", _T, has=("Finance income",), lacks=("Finance costs",), rows=9),
    Sample("21-layout-prose-before", "chatter fence", has=("<h1>Condensed", "<li>These"), lacks=("JSON object",)),
    Sample("21-layout-missing-comma", "json", has=("<h1>Condensed", "<li>These"), lacks=("1490",)),
    Sample("21-layout-bare-quotes", "json", has=("<h1>Condensed", 'colspan="3">Second quarter'), lacks=("1490",)),
    Sample("22-bbox2d", "fence", has=("<h1>Condensed", "<p>The notes on pages"), lacks=("1240", "bbox")),
    Sample("23-loop-cell", "closed ragged", _R, rows=0),
    Sample("23-loop-empty-rows", "closed ragged", _R, rows=0),
    Sample("23-loop-dots", "", _R, rows=0),
    Sample("23-loop-bars", "ragged", _R, rows=0),
    Sample("23-loop-paragraph", "", _R, 0, rows=0),
    Sample("23-loop-counting", "ragged", _R, rows=0),
    Sample("24-lazy-picture", "", _E, 0, rows=0),
    Sample("24-lazy-table", "", None, 0, has=('<span class="image">Condensed',), rows=0),
    Sample("25-refusal", "chatter", _F, 0, rows=0),
    Sample("26-pangram", "", _U, 0, rows=0),
    Sample("26-lorem", "", _U, 0, rows=0),
    Sample("26-invented", rows=0),
    Sample("27-prompt-echo", "prompt_echo", lacks=("Transcribe this page", "code fence")),
    Sample("27-only-prompt", "prompt_echo", _M, 0, rows=0),
    Sample("28-one-character", "", _E, 0, rows=0),
    Sample("28-white-space", "", _E, 0, rows=0),
    Sample(
        "29-printed-html",
        "escaped",
        has=(
            '&lt;script&gt;alert("printed, not run")&lt;/script&gt;</pre>',
            "(&lt;5% of users)",
            "R&amp;D at Q&amp;A Ltd found p&lt;0.05 and n&gt;30",
            "std::vector&lt;int&gt; and List&lt;String&gt;",
            "if x&lt;y then z.",
            "<td>AT&amp;T</td><td>a &lt; b &amp; c &gt; d</td><td>x&lt;y</td>",
            "?a=1&amp;copy=2",
        ),
        rows=0,
    ),
    Sample(
        "30-active-content",
        "active closed links tags",
        has=('<a href="https://example.com/ir">Website</a>', "Investor relations", "Data", "Vote", "Chart"),
        lacks=("evil", "alert", "javascript", "onerror", "onclick", "style", "data:text", "cookie"),
    ),
    Sample("31-prose-dropped"),
    Sample("32-row-invented-and-missing", has=("Amortisation of goodwill",), lacks=("Distribution costs",), rows=0),
    Sample("33-tool-call", "envelope", lacks=("emit_page", "arguments")),
    Sample("33-tool-call-tags", "envelope", lacks=("emit_page", "tool_call")),
    Sample("33-json-string", "envelope", lacks=("\\n",)),
    Sample("33-escaped-without-quotes", "envelope", lacks=("\\n",)),
    Sample(
        "34-nanonets",
        "tags",
        has=("<p>UNAUDITED</p>", "Logo of Halvorsen", "☑ Reviewed", "☐ Audited", "☑ Approved", "<p>12/48</p>"),
    ),
    Sample("35-content-parts", "envelope", lacks=("type",)),
)


def _judged(name: str) -> Verdict:
    cut = any(word in name for word in ("-cut-", "-truncated"))
    return judge(
        (SAMPLES / f"{name}.txt").read_text(encoding="utf-8"),
        finish_reason="length" if cut else "stop",
        prompt=GENERAL if name.startswith("27") else "",
    )


def test_every_sample_has_its_expectation() -> None:
    assert {path.stem for path in SAMPLES.glob("*.txt")} == {sample.name for sample in EXPECTED}
    assert {int(sample.name[:2]) for sample in EXPECTED} == set(range(36))


@pytest.mark.parametrize("sample", EXPECTED, ids=lambda sample: sample.name)
def test_a_messy_answer_gets_its_verdict_its_repairs_and_clean_html(sample: Sample) -> None:
    verdict = _judged(sample.name)

    expected = AnswerStatus.REJECTED if sample.reason else AnswerStatus.REPAIRED if sample.repairs else AnswerStatus.OK
    assert (verdict.status, verdict.reason) == (expected, sample.reason)
    assert bool(verdict.detail) == bool(sample.reason)
    if verdict.page is None:
        assert sample.reason is not None
        return
    html = verdict.page.html
    assert verdict.page.repairs == tuple(sample.repairs.split())
    assert len(verdict.page.tables) == html.count("<table>") == sample.tables
    assert [text for text in sample.has if text not in html] == []
    assert [text for text in sample.lacks if text in html] == []


@pytest.mark.parametrize("sample", EXPECTED, ids=lambda sample: sample.name)
def test_the_html_of_a_messy_answer_is_whole_and_clean(sample: Sample) -> None:
    page = _judged(sample.name).page
    if page is None:
        return

    check_fragment(page.html)
    assert not LEAKED.search(page.text.replace("<table id=", ""))
    text = " ".join(page.text.split())
    assert [row for row in ROWS[: sample.rows] if row not in text] == []
