# ruff: noqa: RUF001 — marks as models write them
"""An answer in which the model has left rows out is no page; a page that prints such words or dots is one."""

import pytest

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

PIPES = "| Mill | t |\n|---|---|\n| Upper | 12 |\n| Lower | 14 |\n"
HTML = "<table><tr><td>Upper</td><td>12</td></tr><tr><td>Lower</td><td>14</td></tr></table>\n"
SIGNS = {
    "dots": "...",
    "a row of dots": "| ... | ... |",
    "an ellipsis in each cell": "| \N{HORIZONTAL ELLIPSIS} | \N{HORIZONTAL ELLIPSIS} |",
    "brackets": "[rest of rows omitted]",
    "parentheses": "(remaining rows omitted for brevity)",
    "a count": "[... 24 more rows ...]",
    "a program's comment": "// ... rest of the table",
    "truncated": "[truncated]",
    "the same format": "[The rest of the table follows the same format]",
    "a comment": "<!-- remaining rows -->",
    "the next message": "(I will continue in the next message.)",
    "a note": "Note: the table was truncated for brevity.",
    "a sentence": "and so on for the remaining rows.",
    "German": "*(weitere Zeilen ausgelassen)*",
    "French": "[suite du tableau omise]",
    "Spanish": "[... resto de filas omitidas ...]",
    "Chinese": "（以下省略）",
    "Japanese": "（残りの行は省略）",
    "Russian": "[остальные строки опущены]",
    "an offer to go on": "Would you like me to continue?",
}
WHOLE = {
    "within HTML": "<table><tr><td>Upper</td><td>12</td></tr><!-- more rows here --></table>",
    "dots within HTML": '<table><tr><td>Upper</td><td>12</td></tr><tr><td colspan="2">...</td></tr></table>',
    "OTSL": "<otsl><fcel>Upper<fcel>12<nl><fcel>...<fcel>...<nl></otsl>",
    "CSV": "```csv\nMill,t\nUpper,12\n...\n```",
    "LaTeX": "\\begin{tabular}{ll}\nUpper & 12\\\\\n% remaining rows omitted\nSum & 40\\\\\n\\end{tabular}",
    "JSON records": '[{"Mill": "Upper", "t": 12}, {"Mill": "Lower", "t": 14}, "..."]',
    "JSON": '{"headers": ["Mill", "t"], "rows": [["Upper", "12"], "..."]}',
    "a remark": HTML
    + "\nI transcribed the first rows; the remaining rows follow the same pattern. Let me know if you need more!",
}
PRINTED = (
    "(Table continues on next page)",
    "(continued)",
    "[Intentionally omitted]",
    "etc.",
    "(rest of this page left blank)",
    "Rows are numbered from the west.",
    "Further entries are made by the steward.",
    "To be continued in the next issue.",
)


@pytest.mark.parametrize("sign", SIGNS)
def test_what_says_that_rows_were_left_out_behind_a_table_is_no_page(sign: str) -> None:
    for table in (PIPES, HTML):
        verdict = judge(f"{table}{SIGNS[sign]}")

        assert verdict.reason is FallbackReason.TRUNCATED
        assert "left a part of the page out" in verdict.detail


@pytest.mark.parametrize("form", WHOLE)
def test_what_says_so_within_a_table_is_no_page(form: str) -> None:
    assert judge(WHOLE[form]).reason is FallbackReason.TRUNCATED


@pytest.mark.parametrize("text", PRINTED)
def test_what_pages_print_behind_their_tables_stays(text: str) -> None:
    for table in (PIPES, HTML):
        page = judge(f"{table}\n{text}").accepted()

        assert text.strip("[]()")[:9] in page.text


def test_dots_between_quotations_are_the_pages() -> None:
    assert judge("He wrote:\n\n[...]\n\nThe mill stands.").reason is None


def test_dots_in_cells_that_have_no_figure_are_the_pages() -> None:
    assert judge("| Mill | t | kg |\n|---|---|---|\n| Upper | ... | ... |\n| Lower | 14 | 3 |").accepted().tables


def test_dots_and_words_that_the_page_itself_prints_are_no_sign() -> None:
    rows = [["Mill", "tonnes"], ["Upper", "12"], ["Lower", "14"], ["Bridge", "16"], ["...", "..."], ["Tide", "18"]]
    last = "[remaining rows omitted]"
    answer = "\n".join(["| Mill | tonnes |", "|---|---|", *(f"| {' | '.join(row)} |" for row in rows[1:]), "", last])

    verdict = judge(answer, page_text=_page([*rows, last.split()]))

    assert verdict.reason is None


def _page(rows: list[list[str]]) -> PageText:
    return words_to_page_text(
        [
            PlacedWord(text, 100.0 * column, 20.0 * line, 100.0 * column + 5 * len(text), 20.0 * line + 10)
            for line, row in enumerate(rows)
            for column, text in enumerate(row)
        ]
    )
