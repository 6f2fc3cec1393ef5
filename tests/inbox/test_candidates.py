"""The files of an inbox, found by looking."""

from pathlib import Path, PurePosixPath

import pytest
from claims import drop

from pipeline.conditions import files_not_read, pictures_not_read
from pipeline.inbox import candidates
from pipeline.inbox.candidates import list_below, look_into
from pipeline.inbox.left_alone import LeftAlone
from pipeline.kinds import Kind

_HIDDEN = ".dropleaf-taken-20260101T000000.000-00000000-report.pdf"


def test_candidates_are_found_in_visible_folders(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.pdf", "sub/c.pdf", ".hidden/d.pdf", "@eaDir/e.pdf", "sub/@eaDir/f.pdf", "g.txt"):
        drop(tmp_path, name)
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "link.pdf").symlink_to("/nowhere")

    found = [str(path.relative_to(tmp_path)) for path in list_below(tmp_path).files]
    facts = look_into(tmp_path, PurePosixPath(), tmp_path)

    assert found == ["a.pdf", "b.pdf", "link.pdf", "sub/c.pdf"]
    assert list_below(tmp_path / "none").files == ()
    assert facts.candidates == ("a.pdf", "b.pdf", "link.pdf")
    assert facts.folders == ("folder.pdf", "sub")


def test_pictures_are_candidates_where_they_are_wanted_and_other_files_are_counted(tmp_path: Path) -> None:
    for name in (
        "a.pdf",
        "b.JPG",
        "c.tiff",
        "d.docx",
        "noending",
        "e.tmp",
        ".f",
        "Thumbs.db",
        "sub/g.webp",
        "sub/h.epub",
    ):
        drop(tmp_path, name)

    everything, pdfs = list_below(tmp_path), list_below(tmp_path, [Kind.PDF])

    assert [path.name for path in everything.files] == ["a.pdf", "b.JPG", "c.tiff", "g.webp"]
    assert everything.left.sentences == (files_not_read(3, "d.docx, noending, sub/h.epub"),)
    assert [path.name for path in pdfs.files] == ["a.pdf"]
    assert pdfs.left.sentences[1] == pictures_not_read(3, "b.JPG, c.tiff, sub/g.webp")
    below = look_into(tmp_path, PurePosixPath("sub"), tmp_path, [Kind.PDF]).left
    assert (str(below.pictures), str(below.unknown)) == ("sub/g.webp", "sub/h.epub")
    assert LeftAlone().sentences == ()


def test_of_many_files_that_are_not_read_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    for name in ("d.txt", "c.txt", "b" * 200, "a\x1b.txt", "sub/e.txt"):
        drop(tmp_path, name)

    assert str(list_below(tmp_path).left.unknown) == f"a\N{REPLACEMENT CHARACTER}.txt, {'b' * 60}…, c.txt and 2 more"


def test_a_folder_that_is_gone_is_empty_and_one_that_cannot_be_seen_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert look_into(tmp_path, PurePosixPath("gone"), tmp_path).error is None
    assert look_into(tmp_path, PurePosixPath("file"), tmp_path).error is None
    assert look_into(tmp_path, PurePosixPath("d/" * 3000), tmp_path).too_deep
    (tmp_path / "loop").symlink_to("loop")
    assert look_into(tmp_path, PurePosixPath("loop"), tmp_path).error is not None


def test_what_a_lost_claim_has_left_aside_comes_back_when_nobody_can_be_at_work_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = drop(tmp_path, f"sub/{_HIDDEN}")
    work = tmp_path / "work"

    look_into(tmp_path, PurePosixPath("sub"), work)
    assert stray.exists()

    monkeypatch.setattr(candidates, "_STRAY_S", -1.0)
    (work / "20260101T000000.000-00000000").mkdir(parents=True)
    look_into(tmp_path, PurePosixPath("sub"), work)
    assert stray.exists()

    (work / "20260101T000000.000-00000000").rmdir()
    look_into(tmp_path, PurePosixPath("sub"), work)
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["report.pdf"]
