"""What is made of a saved answer, told to the person who saved it."""

import json
from pathlib import Path

import pytest
from daemons import Place
from ocr_hands import needs_tesseract
from pdfs import Canvas, numbered_pdf, write_pdf
from PIL import Image
from scans import draw_page
from simulator import Ask, Setup, Simulator
from simulator.answers import default_answer
from simulator.mark import Mark
from simulator.sheet import mark_to_sheet

from pipeline.commands.answer import Explanation, explain
from pipeline.page_result import Against
from pipeline.settings.settings import Settings

LEAD = "Hier ist die Transkription der Seite:"
GERMAN = f"""{LEAD}

<h1>Kleingärten</h1>
<table><tr><th>Nr.</th><th>m²</th></tr><tr><td>7</td><td>310</td></tr></table>

Ich hoffe, das hilft!
"""
STRIPPED = "<table>RowboatDay6.5012.00Canoe4.008.00<td colspan='2'>Deposit20.00</table>"


def _said_of(place: Place, answer: str, *arguments: str) -> tuple[int, str, str]:
    file = place.root / "answer.txt"
    file.write_text(answer, encoding="utf-8")
    done = place.run("answer", "answer.txt", *arguments)
    return done.code, done.out, done.err


def test_the_html_stands_alone_on_stdout_and_what_was_done_beside_it(tmp_path: Path) -> None:
    code, html, said = _said_of(Place(tmp_path), GERMAN, "--model", "qwen3-vl-8b")

    assert code == 0
    assert html.startswith("<h1>Kleingärten</h1>")
    assert "hilft" not in html
    assert "profile   qwen3-vl" in said
    assert "dialect   html" in said
    assert "dropped   Hier ist die Transkription der Seite:" in said
    assert "tables    2 x 2" in said


def test_a_refused_answer_says_why_and_gives_no_html(tmp_path: Path) -> None:
    code, html, said = _said_of(Place(tmp_path), STRIPPED)

    assert code == 3
    assert html == ""
    assert "refused   malformed: " in said
    assert "special tokens" in said


def test_an_answer_is_held_against_the_page_that_is_named(tmp_path: Path) -> None:
    numbered_pdf(tmp_path / "r.pdf", 2, document=6)
    sheet = mark_to_sheet(Mark(6, 2))
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in sheet.rows)
    answer = f"<h1>{sheet.title}</h1><p>{sheet.opening}</p><table>{rows}</table><p>{sheet.closing}</p>"

    _, html, said = _said_of(Place(tmp_path), answer.replace(f">{sheet.rows[1][1]}<", ">77777.7<"), "--page", "r.pdf:2")

    assert '<td data-unseen="">77777.7</td>' in html
    assert "Numbers that the page does not have: 77777.7." in said


def _explained(folder: Path, page: str, engine: str, answer: str) -> Explanation:
    saved = folder / "answer.txt"
    saved.write_text(answer, encoding="utf-8")
    settings = Settings(inbox=folder / "inbox", outbox=folder / "outbox", ocr={"engine": engine})
    return explain(saved, model="", page=f"{folder / page}:1", settings=settings)


@needs_tesseract
def test_an_answer_is_held_against_what_is_read_in_a_picture_that_is_named(tmp_path: Path) -> None:
    canvas = Canvas()
    canvas.paragraph(72, 110, "The harbour has 4310 cranes, and each of them has its own sum in the ledger. " * 2)
    Image.fromarray(draw_page(write_pdf(tmp_path / "drawn.pdf", [canvas]), 1)).save(tmp_path / "photo.png")
    answer = "<p>The harbour has 4810 cranes, and each of them has its own sum in the ledger.</p>" * 2

    read = _explained(tmp_path, "photo.png", "tesseract", answer)
    alone = _explained(tmp_path, "photo.png", "off", answer)

    assert read.against is Against.OCR
    assert 'data-unseen="">4810' in read.html
    assert (alone.against, alone.comparison) == (Against.NONE, None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.txt",), "missing.txt: there is no such file"),
        (("answer.txt", "--page", "r.pdf"), "for example report.pdf:3"),
        (("answer.txt", "--page", "r.pdf:4"), "r.pdf has 2 pages, and no page 4"),
        (("answer.txt", "--page", "settings.yaml:1"), "settings.yaml: "),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "answer.txt").write_text("x")
    numbered_pdf(tmp_path / "r.pdf", 2)

    done = place.run("answer", *arguments)

    assert done.code == 64
    assert words in done.err


def test_every_answer_is_saved_as_it_came_and_can_be_read_again(tmp_path: Path) -> None:
    def answer(ask: Ask) -> str:
        is_first = ask.mark is not None and ask.mark.page == 1
        return f"{LEAD}\n\n{default_answer(ask)}" if is_first else "<think>What is this?</think>"

    with Simulator(Setup(answer=answer)) as sim:
        place = Place(tmp_path, server=sim.url)
        numbered_pdf(tmp_path / "my report.pdf", 2)

        place.run("convert", "my report.pdf", "-o", "out", "--save-answers", "answers")
        said = place.run("answer", "answers/my_report.page-0001.answer-1.txt")

    assert sorted(path.name for path in (tmp_path / "answers").iterdir()) == [
        "my_report.page-0001.answer-1.txt",
        "my_report.page-0002.answer-1.txt",
        "my_report.page-0002.answer-2.txt",
    ]
    assert (tmp_path / "answers" / "my_report.page-0001.answer-1.txt").read_text(encoding="utf-8").startswith(LEAD)
    assert said.out.startswith("<h1>")
    pages = json.loads((tmp_path / "out" / "my report.json").read_text())["pages"]
    assert pages[0]["attempts"][0]["dropped"] == LEAD
    assert [attempt["dropped"] for attempt in pages[1]["attempts"]] == ["What is this?"] * 2


def test_the_folder_that_the_settings_name_for_answers_is_made_beside_them(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    numbered_pdf(tmp_path / "r.pdf", 1)
    with Simulator() as sim:
        Place(tmp_path / "conf", server=sim.url, save_answers="kept/answers")

        done = Place(tmp_path).run("convert", "r.pdf", "-o", "out", "--settings", "conf/settings.yaml")

    assert done.code == 0
    assert [path.name for path in (tmp_path / "conf" / "kept" / "answers").iterdir()] == ["r.page-0001.answer-1.txt"]
