"""Model and built-in engine side by side."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf
from simulator import Ask, Fault, Rule, Setup, Simulator, mark_to_sheet

from pipeline.differing import html_to_numbers, mark_numbers


def compare(folder: Path, url: str, name: str) -> subprocess.CompletedProcess[str]:
    (folder / "settings.yaml").write_text(f"servers: [{{url: '{url}'}}]")
    command = [sys.executable, "-m", "pipeline", "convert", "--compare", str(folder / name), "-o", str(folder)]
    return subprocess.run(
        [*command, "--settings", str(folder / "settings.yaml")], capture_output=True, text=True, timeout=50, check=False
    )


def one_digit_off(ask: Ask) -> str:
    assert ask.mark is not None
    sheet = mark_to_sheet(ask.mark)
    wrong = "9" if sheet.rows[1][1][-1] != "9" else "8"
    changed = sheet.rows[1][1][:-1] + wrong
    rows = [*sheet.rows[:1], (sheet.rows[1][0], changed, *sheet.rows[1][2:]), *sheet.rows[2:]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h1>{sheet.title}</h1><p>{sheet.opening}</p><table>{table}</table><p>{sheet.closing}</p>"


def test_a_wrong_number_is_marked_on_both_sides_and_the_page_is_shown(tmp_path: Path) -> None:
    numbered_pdf(tmp_path / "r.pdf", 2, document=4)
    with Simulator(Setup(answer=one_digit_off)) as sim:
        result = compare(tmp_path, sim.url, "r.pdf")

    assert result.returncode == 0, result.stderr
    html = (tmp_path / "r-compare.html").read_text()
    assert html.count('<section class="comparison"') == 2
    assert re.findall(r'data-model-only="(\d+)" data-basic-only="(\d+)"', html) == [("1", "1"), ("1", "1")]
    assert html.count("<mark>") == 4
    assert html.count('src="data:image/png;base64,') == 2
    assert "<script" not in html
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r-compare.html", "r.pdf", "settings.yaml"]


def test_a_page_that_the_model_did_not_give_says_why(tmp_path: Path) -> None:
    numbered_pdf(tmp_path / "r.pdf", 1, document=5)
    with Simulator(Setup(rules=(Rule(Fault.EMPTY, pages=(1,)),))) as sim:
        result = compare(tmp_path, sim.url, "r.pdf")

    assert result.returncode == 0, result.stderr
    assert "The model did not give this page: the model gave no content." in (tmp_path / "r-compare.html").read_text()


def test_a_file_that_is_no_pdf_is_refused_in_words(tmp_path: Path) -> None:
    not_a_pdf(tmp_path / "x.pdf")
    with Simulator(Setup()) as sim:
        result = compare(tmp_path, sim.url, "x.pdf")

    assert result.returncode == 64
    assert "x.pdf" in result.stderr
    assert not (tmp_path / "x-compare.html").exists()


def test_numbers_in_tags_and_inside_of_other_numbers_are_left_alone() -> None:
    html = '<td colspan="2">12</td><td>2 and 112, 1,234.5</td>'

    assert html_to_numbers(html) == Counter({"12": 1, "2": 1, "112": 1, "1234.5": 1})
    marked = mark_numbers(html, Counter({"2": 1, "1234.5": 1}))
    assert marked == '<td colspan="2">12</td><td><mark>2</mark> and 112, <mark>1,234.5</mark></td>'


@given(st.text(alphabet="0123456789., -a<>&", max_size=60))
def test_marking_changes_nothing_but_marks(text: str) -> None:
    html = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>"

    marked = mark_numbers(html, html_to_numbers(html))

    assert marked.replace("<mark>", "").replace("</mark>", "") == html
