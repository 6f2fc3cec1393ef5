# ruff: noqa: E501, RUF001 — an answer stands on one line, as models write it
"""Kinds of answers that nobody had thought of before: signs that only look like others, calls of tools, other markup.

All content is made up.
"""

import pytest
from answer_kinds import Kinds, NoPage, Page, check, kinds_to_cases

from pipeline.vision.answers.judge import judge

MILLS = ("Mill|t;Upper|12;Lower|14",)
LOOKS: Kinds = {
    "bars of other alphabets": tuple(
        Page(f"{bar} Mill {bar} t {bar}\n{bar}---{bar}---{bar}\n{bar} Upper {bar} 12 {bar}\n{bar} Lower {bar} 14 {bar}", MILLS)
        for bar in "¦∣ǀ❘।‖｜│┃"
    ),
    "dashes of other alphabets": (
        Page("| Mill | t |\n|———|———|\n| Upper | 12 |\n| Lower | 14 |", MILLS),
        Page("| Mill | t |\n|–––|−−−|\n| Upper | 12 |\n| Lower | 14 |", MILLS),
        Page("| Mill | t |\n|---|---|\n| Upper | — |\n| Lower | – |", ("Mill|t;Upper|—;Lower|–",)),
    ),
    "signs without width": (
        Page("|\u200b Mill\u200b |\u200b t |\n|\u200b---|---|\n| Upper | 1\u200b2 |\n| Lower | 14 |\ufeff", MILLS),
        Page("\ufeff| Mill | t |\n|---|---|\n| Upper | 12 |\n| Lower\u2060 | 14 |", MILLS),
        Page("Kept\u200d as\u200c it is", (), ("Kept\u200d as\u200c it is",)),
    ),
    "rows on one line": (
        Page("| Mill | t |\\n|---|---|\\n| Upper | 12 |\\n| Lower | 14 |", MILLS),
        Page("| Mill | t |<br>|---|---|<br>| Upper | 12 |<br>| Lower | 14 |", MILLS),
        Page("| Mill | t |\n|---|---|\n| Upper<br>old | 12 |", ("Mill|t;Upper old|12",)),
    ),
    "quotation marks that are escaped": (
        Page('<table border=\\"1\\"><tr><td colspan=\\"2\\">Mill</td></tr>\\n<tr><td>Upper</td><td>12</td></tr></table>', ("Mill|Mill;Upper|12",)),
        Page('<p class=\\"a\\">One</p>\\n<p class=\\"b\\">Two</p>', (), ("One", "Two")),
        Page('<p class="a">A \\"mill\\" it is</p>', (), ('A \\"mill\\" it is',)),
    ),
    "bars that are doubled": (
        Page("|| Mill || t ||\n||---||---||\n|| Upper || 12 ||\n|| Lower || 14 ||", MILLS),
        Page("|| Mill || t ||\n|| Upper || 12 ||\n|| Lower || 14 ||", MILLS),
        Page("| Mill || t |\n|---|---|---|\n| Upper || 12 |", ("Mill||t;Upper||12",)),
    ),
    "marks before each row": (
        Page("> | Mill | t |\n> |---|---|\n> | Upper | 12 |\n> | Lower | 14 |", MILLS),
        Page("+ | Mill | t |\n+ |---|---|\n+ | Upper | 12 |\n+ | Lower | 14 |", MILLS),
        Page("1. | Mill | t |\n2. | Upper | 12 |\n3. | Lower | 14 |", MILLS),
    ),
    "tabs that align": (
        Page("Mill\t\tt\nUpper\t\t12\nLower\t14\n", ("Mill|t;Upper|12;Lower|14",)),
        Page("Mill\tWheat\tRye\nUpper\t12\t14\nLower\t13\t\nSteam\t\t18", ("Mill|Wheat|Rye;Upper|12|14;Lower|13|;Steam||18",)),
        Page("Name\t\t\tWheat\tRye\nUpper mill\t12\t14\nOld\t\t\t13\t15", ("Name|Wheat|Rye;Upper mill|12|14;Old|13|15",)),
    ),
    "a separator with crosses": (
        Page("| Mill  |  t |\n|-------+----|\n| Upper | 12 |\n| Lower | 14 |", MILLS),
        Page("| Mill | t | s |\n|---+---+---|\n| Upper | 12 | 1 |", ("Mill|t|s;Upper|12|1",)),
        Page("| Sign | t |\n|---|---|\n| + | - |\n| a | 1 |", ("Sign|t;+|-;a|1",)),
    ),
}  # fmt: skip
WRAPPED: Kinds = {
    "thoughts in tags of other names": tuple(
        Page(f"<{name}>Is the total 118 or 113?</{name}>\n# Fees\n\nPaid 118.", (), ("Fees", "Paid 118."))
        for name in (
            "reason", "inner_monologue", "chain_of_thought", "cot", "rationale", "plan", "internal", "observation", "a:thinking",
            "thought_process",
        )
    ),
    "thoughts below a label": (
        Page("**Thinking:** The page shows a table with fees, I need to transcribe it.\n\n**Answer:**\n\n# Fees", (), ("Fees",)),
        Page("## Analysis\n\nThe image shows a list of fees.\n\n## Final Transcription\n\n# Fees\n\nPaid.", (), ("Fees", "Paid.")),
        Page("## Analysis\n\nThe mills ground more.\n\n## Output\n\nIt rose.", (), ("Analysis", "The mills ground more.", "Output", "It rose.")),
    ),
    "calls of tools": (
        Page('<function=write_page>{"html": "<h1>Fees</h1><p>Paid 118.</p>"}</function>', (), ("Fees", "Paid 118.")),
        Page('<function_calls><invoke name="write"><parameter name="html"><h1>Fees</h1></parameter></invoke></function_calls>', (), ("Fees",)),
        Page('<|python_tag|>write_page(html="<h1>Fees</h1><p>Paid 118.</p>")', (), ("Fees", "Paid 118.")),
        Page('<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>write\n```json\n{"html":"<h1>Fees</h1>"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>', (), ("Fees",)),
        Page("<tool_call>\n<function=write>\n<parameter=html>\n<h1>Fees</h1>\n</parameter>\n</function>\n</tool_call>", (), ("Fees",)),
        Page("<tool_call>write_page\n<arg_key>html</arg_key>\n<arg_value><h1>Fees</h1></arg_value>\n</tool_call>", (), ("Fees",)),
        Page('print("""# Fees\nPaid 118.""")', (), ("Fees", "Paid 118.")),
        Page('say("hello") is printed', (), ('say("hello") is printed',)),
    ),
}  # fmt: skip
MARKUP: Kinds = {
    "tables in other kinds of XML": (
        Page("<table><row><cell>Mill</cell><cell>t</cell></row><row><cell>Upper</cell><cell>12</cell></row></table>", ("Mill|t;Upper|12",)),
        Page('<table rows="2" cols="2"><head>Grain</head><row role="label"><cell cols="2">Mill</cell></row><row><cell>Upper</cell><cell>12</cell></row></table>', ("Mill|Mill;Upper|12",), ("Grain",)),
        Page('<table><tgroup cols="3"><colspec colname="c1"/><thead><row><entry>Mill</entry><entry namest="c2" nameend="c3">t</entry></row></thead><tbody><row><entry morerows="1">Upper</entry><entry>12</entry><entry>1</entry></row><row><entry>14</entry><entry>2</entry></row></tbody></tgroup></table>', ("Mill|t|t;Upper|12|1;Upper|14|2",)),
        Page('<ss:Table><ss:Row><ss:Cell ss:MergeAcross="1"><ss:Data ss:Type="String">Mill</ss:Data></ss:Cell></ss:Row><ss:Row><ss:Cell><ss:Data>Upper</ss:Data></ss:Cell><ss:Cell><ss:Data>12</ss:Data></ss:Cell></ss:Row></ss:Table>', ("Mill|Mill;Upper|12",)),
        Page("<p>A row and a cell</p><table><tr><td>a &lt;row></td></tr></table>", ("a <row>",), ("A row and a cell",)),
    ),
    "records of JSON, one on each line": (
        Page('{"Mill": "Upper", "t": 12}\n{"Mill": "Lower", "t": 14}', MILLS),
        Page('```json\n{"Mill": "Upper", "t": 12.50},\n{"Mill": "Lower", "t": 14.00}\n```', ("Mill|t;Upper|12.50;Lower|14.00",)),
        Page("{x} and {y}\n{z} are kept", (), ("{x} and {y}", "{z} are kept")),
    ),
    "LaTeX with quantities": (
        Page(r"\begin{tabular}{lS[table-format=3.1]}Mill & {t} \\ Upper & 12.5 \\ Lower & \num{1400.5} \\ Steam & \SI{12}{\kilo\gram}\end{tabular}", ("Mill|t;Upper|12.5;Lower|1400.5;Steam|12 kg",)),
        Page(r"\begin{tabular}{ll}Mill & \unit{\kilo\metre\per\hour} \\ Upper & \qty{4.5}{\metre\per\second}\end{tabular}", ("Mill|km/h;Upper|4.5 m/s",)),
        Page(r"\begin{tabular}{ll}Mill & \si{\percent} \\ Upper & \num[round-mode=places]{12}\end{tabular}", ("Mill|%;Upper|12",)),
    ),
    "LaTeX of newer packages": (
        Page(r"\begin{tblr}{colspec={lX}, hlines}\SetCell[c=2]{c} Grain & \\ Upper & 12 \\ Lower & 14\end{tblr}", ("Grain|Grain;Upper|12;Lower|14",)),
        Page(r"\begin{NiceTabular}{ll}\Block{2-1}{North} & 12 \\ & 14 \\ South & 16\end{NiceTabular}", ("North|12;North|14;South|16",)),
        Page(r"\begin{NiceTabular}{lll}\Block{1-2}{Grain} & & t \\ a & b & 3\end{NiceTabular}", ("Grain|Grain|t;a|b|3",)),
    ),
    "signs escaped as in HTML, in LaTeX": (
        Page(r"\begin{tabular}{ll}A &amp; 1 \\ B &amp; &lt; 2\end{tabular}", ("A|1;B|< 2",)),
        Page("Tea &amp; milk\n\n" + r"\begin{tabular}{ll}A & 1 \\ R\&amp;D & 2\end{tabular}", ("A|1;R&D|2",), ("Tea & milk",)),
        Page(r"\begin{tabular}{ll}A&nbsp;b &amp; 1\end{tabular}", ("A b|1",)),
    ),
    "comments and notes in LaTeX": (
        Page("\\begin{tabular}{ll}\n% the head\nMill & t\\\\\nUpper & 12\\\\\nLower & 14\\\\\n\\end{tabular}", MILLS),
        Page(r"\begin{threeparttable}\begin{tabular}{ll}Upper\tnote{a} & 12 \\ Lower & 14\end{tabular}\begin{tablenotes}\item[a] Old mill.\end{tablenotes}\end{threeparttable}", ("Uppera|12;Lower|14",), ("Old mill.",)),
        Page("\\begin{tabular}{ll}\nShare &\n% 12\\\\\nRest & 3\\\\\n\\end{tabular}", ("Share|% 12;Rest|3",)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in kinds_to_cases({**LOOKS, **WRAPPED, **MARKUP})]
)
def test_an_answer_of_a_further_kind_is_read(case: Page | NoPage) -> None:
    check(case)


@pytest.mark.parametrize("begin", ["4.50 |", "unt | 4.50 |", "<td>4.50</td></tr>", "cel>Punt<fcel>4.50<nl>"])
def test_an_answer_that_begins_in_the_middle_of_a_row_is_told_of(begin: str) -> None:
    rows = {"|": "\n| Skiff | 6.00 |\n| Barge | 9.00 |", ">": "<tr><td>Skiff</td><td>6.00</td></tr></table>"}
    rest = "<fcel>Skiff<fcel>6.00<nl>" if "cel" in begin else rows[begin[-1]]

    assert judge(begin + rest).accepted().warnings


def test_a_table_in_a_cell_that_nothing_has_read_is_told_of() -> None:
    cell = "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"

    assert judge(f"<table><tr><td>{cell}</td><td>x</td></tr></table>").accepted().warnings
