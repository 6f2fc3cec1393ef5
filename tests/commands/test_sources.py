"""What ``convert`` is given."""

from pathlib import Path

import pytest
from daemons import Place, names_below
from delivery import result_files
from pdfs import blank_pdf

from pipeline.commands.sources import paths_to_files
from pipeline.errors import UsageError


def test_a_folder_stands_for_its_pdfs_and_with_r_for_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "sub" / ".hidden").mkdir(parents=True)
    for name in ("b.pdf", "A.PDF", "sub/c.pdf", "sub/.hidden/d.pdf", ".e.pdf", "f.pdf.part"):
        blank_pdf(tmp_path / name)
    (tmp_path / "note.txt").touch()

    assert [path.name for path in paths_to_files([tmp_path], recursive=False)] == ["A.PDF", "b.pdf"]
    assert [path.name for path in paths_to_files([tmp_path], recursive=True)] == ["A.PDF", "b.pdf", "c.pdf"]


def test_a_pdf_by_another_name_is_one(tmp_path: Path) -> None:
    blank_pdf(tmp_path / "report")

    assert paths_to_files([tmp_path / "report"], recursive=False) == [tmp_path / "report"]


@pytest.mark.parametrize("name", ["README.md", "no-such.pdf", "no-such", "empty"])
def test_what_is_no_pdf_is_a_mistake_that_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "README.md").write_text("# No PDF\n")
    (tmp_path / "empty").mkdir()
    before = names_below(tmp_path)

    done = place.run("convert", name)

    assert done.code == 64
    assert name in done.err
    assert "Traceback" not in done.err
    assert names_below(tmp_path) == before


def test_a_folder_is_converted_whole(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "papers").mkdir()
    for name in ("a.pdf", "b.pdf"):
        blank_pdf(tmp_path / "papers" / name)

    assert place.run("convert", "papers", "--outbox", "out").code == 0
    assert names_below(tmp_path / "out") == sorted(result_files("a", "b", original=False))


def test_a_folder_with_nothing_in_it_says_how_to_look_deeper(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Say -r"):
        paths_to_files([tmp_path], recursive=False)
