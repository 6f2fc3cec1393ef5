"""A page's own text, and which way up the page is."""

from pathlib import Path

import pypdfium2
import pytest
from pdfs import blank_pdf, numbered_pdf
from simulator.mark import png_to_mark

from pipeline.pictures.render import ImageSize
from pipeline.vision.faithfulness.page_text import PlacedWord
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.text_layer import turned


def sideways(path: Path, rotation: int) -> Path:
    """A PDF whose page is shown turned, its text running up, down or upside down."""
    upright = numbered_pdf(path.with_suffix(".upright.pdf"), 1, document=9)
    document = pypdfium2.PdfDocument(upright)
    page = document[0]
    page.set_rotation(rotation)
    document.save(path)
    page.close()
    document.close()
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_sideways_page_is_turned_until_its_picture_can_be_read(tmp_path: Path, rotation: int) -> None:
    pdf = OpenPdf(sideways(tmp_path / "x.pdf", rotation))

    layer = pdf.layer(1)
    image = pdf.render(1, ImageSize(), turn=layer.turn)

    pdf.close()
    assert layer.turn == (360 - rotation) % 360
    mark = png_to_mark(image.data)
    assert mark is not None
    assert mark.page == 1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_lines_of_a_sideways_page_are_those_of_the_upright_one(tmp_path: Path, rotation: int) -> None:
    pdf = OpenPdf(sideways(tmp_path / "x.pdf", rotation))
    upright = OpenPdf(sideways(tmp_path / "y.pdf", 0))

    lines, wanted = pdf.layer(1).page_text.lines, upright.layer(1).page_text.lines

    pdf.close()
    upright.close()
    assert lines == wanted
    assert len(wanted) > 3


def test_a_page_without_text_is_empty_and_not_turned(tmp_path: Path) -> None:
    pdf = OpenPdf(blank_pdf(tmp_path / "x.pdf"))

    layer = pdf.layer(1)

    pdf.close()
    assert layer.blank
    assert layer.turn == 0
    assert not layer.page_text.usable


def test_four_quarter_turns_lead_back(tmp_path: Path) -> None:
    del tmp_path
    word = PlacedWord("x", 10, 20, 30, 25)

    once = turned(word, 90, 100, 200)

    assert once == PlacedWord("x", 175, 10, 180, 30)
    assert turned(once, 270, 200, 100) == word
    assert turned(turned(word, 180, 100, 200), 180, 100, 200) == word


def test_a_page_of_which_nothing_was_read_in_time_is_not_known_to_be_blank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.worker.open_pdf._LAYER_S", 0.0)
    pdf = OpenPdf(numbered_pdf(tmp_path / "x.pdf", 1))

    layer = pdf.layer(1)

    pdf.close()
    assert not layer.blank
    assert not layer.page_text.whole
    assert not layer.page_text.usable
