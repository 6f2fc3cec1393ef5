"""Names of results where the outbox's disk refuses or folds names, as Windows, vfat and many shares do."""

from pathlib import Path

import pytest
from claims import BYTES, claimed, journal_of, manifest_for
from hostile_names import hostile_names

from pipeline.choices import OriginalAction
from pipeline.files.name_rules import NameRules, is_windows_name, to_windows_name
from pipeline.results.manifest import read_manifest
from pipeline.results.outbox import Outbox, Publication
from pipeline.results.result_files import ResultFile
from pipeline.results.result_names import is_delivered, mirrored_folders, name_to_stems

WINDOWS = NameRules(as_windows=True, folds_case=True)
HTML = ResultFile(end=".html", pieces=lambda: [b"<!DOCTYPE html>"])


class Share:
    """An outbox on a disk that takes names as Windows does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "outbox"
        self.journal = journal_of(self.root)
        self.outbox = Outbox(self.root, self.journal, rules=WINDOWS)

    def publish(self, name: str, content: bytes = BYTES) -> Path:
        document = claimed(self.folder, self.journal, name, content)
        return self.outbox.publish(
            Publication(
                document=document,
                files=lambda *_: (HTML,),
                manifest=lambda told, _: manifest_for(document, told),
                originals=OriginalAction.MOVE,
            )
        )


@pytest.mark.linux
def test_two_hundred_hostile_names_are_each_delivered_under_one_that_windows_takes(tmp_path: Path) -> None:
    share = Share(tmp_path)
    could_be_dropped = (
        name for name in hostile_names(900) if "/" not in name and len(name.encode(errors="surrogateescape")) < 240
    )
    names = [name for name in dict.fromkeys(could_be_dropped) if name.strip(".")][:200]
    assert len(names) == 200

    for number, name in enumerate(names):
        manifest = share.publish(name, BYTES + b"%d" % number)
        told = read_manifest(manifest.parent, manifest.name)
        assert told is not None
        assert told.document.name == name.encode(errors="backslashreplace").decode() or told.document.name == name
        said = any("Windows" in warning for warning in told.warnings)
        assert said is not is_windows_name(name.removesuffix(".pdf") or name)

    files = [path.relative_to(share.root) for path in share.root.rglob("*") if ".dropleaf" not in path.parts]
    assert len(files) == 3 * 200
    assert all(is_windows_name(part) for path in files for part in path.parts)
    assert len({str(path).casefold() for path in files}) == len(files)


def test_names_that_differ_in_case_alone_are_two_results_where_the_disk_folds_them(tmp_path: Path) -> None:
    share = Share(tmp_path)
    first, second = (claimed(tmp_path, share.journal, name, BYTES + name.encode()) for name in ("A.pdf", "a.pdf"))
    for document in (first, second):  # both have chosen their names before either is there
        share.outbox._choose(  # noqa: SLF001 — as where a daemon and a command publish at once
            Publication(
                document=document,
                files=lambda *_: (HTML,),
                manifest=lambda _, __: manifest_for(first, []),
                originals=OriginalAction.MOVE,
            ),
            share.journal.folder.document(document.ident),
            plain=False,
        )

    assert {
        share.journal.folder.names.joinpath(f"{each.ident}.json").read_bytes().split(b'"stem":"')[1][:4]
        for each in (first, second)
    } == {b'A","', b'a-2"'}


@pytest.mark.linux
def test_folders_are_mirrored_under_names_that_windows_takes_and_found_again(tmp_path: Path) -> None:
    assert mirrored_folders(tmp_path, "a:b/CON/plain", WINDOWS) == [
        tmp_path / "a_b",
        tmp_path / "a_b/_CON",
        tmp_path / "a_b/_CON/plain",
    ]
    share = Share(tmp_path)
    share.publish("nul.tar.pdf")
    sha256 = "0" * 64

    assert not is_delivered(share.root, ".", "nul.tar.pdf", sha256, WINDOWS)
    assert (share.root / "_nul.tar.html").exists()


def test_elsewhere_names_stay_as_they_are() -> None:
    assert next(name_to_stems("CON.pdf")) == "CON"
    assert next(name_to_stems("a:b?.pdf")) == "a:b?"
    assert next(name_to_stems("CON.pdf", WINDOWS)) == to_windows_name("CON")
