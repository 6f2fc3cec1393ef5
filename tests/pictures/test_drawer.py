"""Pictures of pages for people."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from made_pictures import drawn, saved, tiff
from pdfs import numbered_pdf

from pipeline.errors import RenderError
from pipeline.pictures import drawer
from pipeline.pictures.drawer import Drawer


def test_a_page_is_drawn_as_large_as_it_is_wanted(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 2)

    data = Drawer(memory_mib=1024).draw(path, 2, longest_side_px=200)

    assert data.startswith(b"\x89PNG")
    assert max(int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == 200


def test_a_page_of_a_picture_is_drawn_upright_in_the_sandbox_too(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(saved(drawn(size=(300, 400)), "JPEG", orientation=6))
    (tmp_path / "fax.tif").write_bytes(tiff([drawn("1"), drawn("1", size=(50, 40))], "group4"))
    drawer = Drawer(memory_mib=1024)

    photo = drawer.draw(tmp_path / "photo.jpg", 1, longest_side_px=200)
    fax = drawer.draw(tmp_path / "fax.tif", 2, longest_side_px=200)

    assert [(int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) for data in (photo, fax)] == [
        (200, 150),
        (50, 40),
    ]
    with pytest.raises(RenderError, match="no page 3"):
        drawer.draw(tmp_path / "fax.tif", 3, longest_side_px=200)


@pytest.mark.parametrize(("number", "content"), [(7, None), (1, b"%PDF-1.7 broken"), (1, b"")])
def test_a_page_that_cannot_be_drawn_says_why(tmp_path: Path, number: int, content: bytes | None) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 2)
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RenderError, match=r"\w+"):
        Drawer(memory_mib=1024).draw(path, number, longest_side_px=200)


def test_a_page_that_takes_too_long_is_given_up_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawer, "_LIMIT_S", 0.0)
    path = numbered_pdf(tmp_path / "r.pdf", 1)

    with pytest.raises(RenderError, match="too much time"):
        Drawer(memory_mib=1024).draw(path, 1, longest_side_px=200)

    assert not [each for each in psutil.Process().children() if "pipeline.pictures.painter" in " ".join(each.cmdline())]


def test_too_little_memory_costs_the_picture_only(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="time or memory"):
        Drawer(memory_mib=8).draw(numbered_pdf(tmp_path / "r.pdf", 1), 1, longest_side_px=200)


def test_a_drawing_process_ends_with_who_started_it() -> None:
    """The program is one that would draw for ever; its stdin is the lifeline."""
    endless = "import sys, threading, pipeline.pictures.painter as painter; "
    endless += "sys.stderr.write('begun'); sys.stderr.flush(); "
    endless += "threading.Thread(target=painter._end_with_parent, daemon=True).start(); threading.Event().wait()"
    lifeline, ours = os.pipe()
    with subprocess.Popen([sys.executable, "-c", endless], stdin=lifeline, stderr=subprocess.PIPE) as process:
        os.close(lifeline)
        try:
            assert process.stderr is not None
            assert process.stderr.read(5) == b"begun"
            os.close(ours)

            assert process.wait(90) == 1
        finally:
            process.kill()
