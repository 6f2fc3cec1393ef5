"""Pictures of a page in its result: cut out, bounded, and beside their captions."""

import base64
import re
from pathlib import Path

import pytest
from pdfs import Canvas, Image, write_pdf

from pipeline.choices import FigureChoice
from pipeline.page_result import Content, Method
from pipeline.pictures.png import Pixels, png_to_pixels
from pipeline.worker.figure_captions import place_figures
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_figures import with_figures

RED, BLUE = (255, 0, 0), (0, 0, 255)


def plain(colour: tuple[int, int, int]) -> Image:
    return Image(width=1, height=1, channels=3, samples=bytes(colour))


def noise(side: int) -> Image:
    state, samples = 1, bytearray()
    for _ in range(side * side * 3):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        samples.append(state >> 16 & 255)
    return Image(width=side, height=side, channels=3, samples=bytes(samples))


def figures(tmp_path: Path, page: Canvas, html: str = "<p>text</p>", choice: FigureChoice = FigureChoice.SMALL) -> str:
    pdf = OpenPdf(write_pdf(tmp_path / "a.pdf", [page]))
    try:
        return with_figures(Content(method=Method.VISION, html=html), pdf.file, 1, pdf.layer(1), choice).html
    finally:
        pdf.close()


def pictures_in(html: str) -> list[Pixels]:
    found = [png_to_pixels(base64.b64decode(data)) for data in re.findall(r"data:image/png;base64,([^\"]+)", html)]
    return [each for each in found if each is not None]


def colour_of(pixels: Pixels) -> tuple[int, ...]:
    middle = pixels.stride * (pixels.height // 2) + 1 + 3 * (pixels.width // 2)
    return tuple(pixels.lines[middle : middle + 3])


def test_each_picture_stands_before_its_own_caption(tmp_path: Path) -> None:
    page = Canvas()
    page.image(plain(RED), 72, 100, 272, 200)
    page.text(72, 220, "Figure 1: The red one")
    page.text(72, 250, "Some words that speak of Figure 2 before it comes.")
    page.image(plain(BLUE), 300, 400, 500, 500)
    page.text(300, 520, "Fig. 2 The blue one")
    html = "<p>Figure 1: The red one</p>\n<p>Some words</p>\n<p><b>Fig. 2</b> The blue one</p>"

    shown = figures(tmp_path, page, html)

    first, second = pictures_in(shown)
    assert (colour_of(first), colour_of(second)) == (RED, BLUE)
    assert re.sub(r' src="[^"]*"', "", shown) == (
        '<figure><img alt="Figure 1"></figure>\n<p>Figure 1: The red one</p>\n<p>Some words</p>\n'
        '<figure><img alt="Fig. 2"></figure>\n<p><b>Fig. 2</b> The blue one</p>'
    )
    assert max(first.width, first.height) == pytest.approx(480, abs=2)


def test_a_picture_without_a_caption_stands_at_the_end(tmp_path: Path) -> None:
    page = Canvas()
    page.image(plain(RED), 72, 100, 272, 200)
    page.text(72, 600, "Figure 1 is not here")

    shown = figures(tmp_path, page)

    assert re.sub(r' src="[^"]*"', "", shown) == '<p>text</p>\n<figure><img alt="Picture on page 1"></figure>'


def test_logos_scans_and_strips_are_no_figures_of_their_own(tmp_path: Path) -> None:
    page = Canvas()
    page.image(plain(RED), 10, 10, 40, 40)  # a logo
    page.image(plain(RED), 18, 12, 174, 72)  # a journal's sign
    for strip in range(20):  # one picture, in strips as many programs write them
        page.image(plain(BLUE), 100, 200 + 10 * strip, 400, 210 + 10 * strip)

    assert [colour_of(each) for each in pictures_in(figures(tmp_path, page))] == [BLUE]

    scan = Canvas()
    scan.image(plain(RED), 0, 0, 612, 792)

    assert figures(tmp_path, scan) == "<p>text</p>"


@pytest.mark.parametrize(("choice", "most"), [(FigureChoice.SMALL, 60_000), (FigureChoice.FULL, 400_000)])
def test_a_picture_is_never_larger_than_its_limit(tmp_path: Path, choice: FigureChoice, most: int) -> None:
    page = Canvas()
    page.image(noise(150), 72, 100, 500, 528)
    for column in range(9):
        page.image(plain(RED), 50 * column, 600, 50 * column + 45, 720)

    shown = figures(tmp_path, page, choice=choice)

    sizes = [len(data) * 3 / 4 for data in re.findall(r"base64,([^\"]+)", shown)]
    assert 1 <= len(sizes) <= 6
    assert max(sizes) <= most
    assert figures(tmp_path, page, choice=FigureChoice.OFF) == "<p>text</p>"


def test_a_label_is_not_taken_for_a_longer_one() -> None:
    html = "<p>Figure 12: b</p><figure><figcaption>Figure 1: a</figcaption></figure>"

    assert place_figures(html, [("Figure 1", "s")], 1) == (
        '<p>Figure 12: b</p><figure><img alt="Figure 1" src="s"><figcaption>Figure 1: a</figcaption></figure>'
    )
