import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from pdfs import numbered_pdf

from pipeline.extraction.__main__ import main


@pytest.mark.parametrize("reader", ["pdfium", "pdfminer"])
def test_the_command_prints_a_section_per_page(tmp_path: Path, capsys: pytest.CaptureFixture[str], reader: str) -> None:
    path = numbered_pdf(tmp_path / "three.pdf", 3)

    code = main([str(path), "--pages", "1", "3", "--reader", reader])

    html = etree.fromstring(f"<body>{capsys.readouterr().out}</body>")
    assert code == 0
    assert [section.get("data-page") for section in html] == ["1", "3"]
    assert len(html.findall(".//table")) == 2


def test_the_command_says_in_a_sentence_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "note.pdf"
    path.write_text("not a PDF")

    code = main([str(path)])

    assert code == 1
    assert capsys.readouterr().err == "note.pdf cannot be read: it is no PDF, or too broken to be opened.\n"


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_that_is_not_there_is_told_and_the_others_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    code = main([str(numbered_pdf(tmp_path / "two.pdf", 2)), "--pages", str(number), "2"])

    said = capsys.readouterr()
    assert code == 1
    assert said.err == f"There is no page {number}: the document has 2.\n"
    assert '<section data-page="2">' in said.out


def test_debug_svg_draws_a_picture_per_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = numbered_pdf(tmp_path / "two.pdf", 2)

    main([str(path), "--debug-svg", str(tmp_path / "seen")])

    assert capsys.readouterr().err == ""
    drawings = sorted((tmp_path / "seen").iterdir())
    assert [drawing.name for drawing in drawings] == ["two-1.svg", "two-2.svg"]
    classes = {element.get("class") for element in etree.parse(drawings[0]).iter()}
    assert classes >= {"word", "ruling", "fill", "table", "cell"}


def test_extraction_loads_nothing_else_of_the_package() -> None:
    code = "import sys, pipeline.extraction.__main__; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    ours = {name for name in loaded if name.partition(".")[0] == "pipeline"}
    assert {name for name in ours if not name.startswith("pipeline.extraction")} == {"pipeline"}
    assert "numpy" not in loaded
