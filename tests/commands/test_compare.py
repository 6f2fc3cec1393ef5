"""Model and built-in engine side by side."""

import re
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf
from simulator import Ask, Fault, Mark, Rule, Setup, Simulator, mark_to_sheet

from pipeline.commands.differing_numbers import mark_differing


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
    assert "The model gave 2 of 2 pages; on 0 of them it has the same numbers as the built-in engine." in html
    sheet = mark_to_sheet(Mark(4, 2))
    assert f"the built-in engine has {sheet.rows[1][1]}." in html
    assert html.count("own text does not have") == 4
    assert [link for link in re.findall(r'href="(#[^"]+)"', html) if f'id="{link[1:]}"' not in html] == []
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
    html = '<td colspan="2">12</td><td>2 and 112, 1,234.5 &#39;</td>'

    marked = mark_differing(html, "<p>12 and 112</p>")

    assert marked.html == '<td colspan="2">12</td><td><mark>2</mark> and 112, <mark>1,234.5</mark> &#39;</td>'
    assert marked.numbers == ("2", "1,234.5")


def test_of_equal_numbers_the_one_is_marked_that_stands_where_the_other_reading_goes_on_differently() -> None:
    rows = [("2005", "17"), ("2006", "18"), ("2007", "21"), ("2008", "30")]
    right = "".join(f"<tr><td>{year}</td><td>{figure}</td></tr>" for year, figure in rows)
    wrong = right.replace(">30<", ">2005<")

    assert mark_differing(wrong, right).html == wrong.replace(">2005</td></tr>", "><mark>2005</mark></td></tr>")
    assert mark_differing(right, wrong).numbers == ("30",)


def test_one_number_in_two_spellings_is_no_difference() -> None:
    ours = "<td>1,234,567</td><td>8.5</td><td>10<sup>2</sup></td>"
    theirs = "<td>1 234 567</td><td>8,5</td><td>10</td><td>2</td>"
    narrow = "<p>1\N{NARROW NO-BREAK SPACE}234\N{NO-BREAK SPACE}567 and 8.5, 10 2</p>"

    assert mark_differing(ours, theirs).numbers == mark_differing(theirs, ours).numbers == ()
    assert mark_differing(ours, narrow).numbers == mark_differing(narrow, ours).numbers == ()


@given(st.text(alphabet="0123456789., -a<>&'\u202f", max_size=60), st.text(alphabet="0123456789., <>", max_size=60))
def test_marking_changes_nothing_but_marks(text: str, other: str) -> None:
    html = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>"

    marked = mark_differing(html, other.replace("<", "&lt;"))

    assert marked.html.replace("<mark>", "").replace("</mark>", "") == html
    assert marked.html.count("<mark>") == len(marked.numbers)
    assert mark_differing(html, html).numbers == ()
