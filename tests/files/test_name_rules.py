"""Which names a file system takes, and the nearest one where it takes another."""

import ntpath
from pathlib import Path, PureWindowsPath

import pytest
from hostile_names import hostile_names

from pipeline.files.name_rules import NameRules, find_rules, is_windows_name, to_windows_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Größe 表.pdf", "Größe 表.pdf"),
        ("nul.tar.pdf", "_nul.tar.pdf"),
        ("COM¹", "_COM¹"),
        ("COM10.pdf", "COM10.pdf"),
        ("console.pdf", "console.pdf"),
        ("a:b?.pdf", "a_b_.pdf"),
        ("..\\..\\x", ".._.._x"),
        ("C:\\x", "C__x"),
        ("x.pdf::$DATA", "x.pdf__$DATA"),
        ("end. ", "end__"),
        ("..", "__"),
        ("", "_"),
        ("con .pdf", "_con .pdf"),
    ],
)
def test_what_windows_takes_for_something_else_gets_the_nearest_name(name: str, kept: str) -> None:
    assert to_windows_name(name) == kept
    assert is_windows_name(kept)


def is_reserved(name: str) -> bool:
    """What Python says of a name: by a function since 3.13, before by a path."""
    asked = getattr(ntpath, "isreserved", None)
    return bool(asked(name)) if asked else PureWindowsPath(name).is_reserved()


def test_no_hostile_name_stays_a_device_a_path_a_stream_or_a_pattern() -> None:
    names = hostile_names(2000)

    for kept in map(to_windows_name, names):
        path = PureWindowsPath(kept)
        assert (path.name, path.parts, path.drive) == (kept, (kept,), "")
        assert not is_reserved(kept)
        assert kept[-1] not in ". "
        assert not set(kept) & set('<>:"/\\|?*')
        assert len(kept.encode("utf-16-le")) <= 510
        assert to_windows_name(kept) == kept


@pytest.mark.linux
def test_this_disk_takes_every_name_and_keeps_its_case(tmp_path: Path) -> None:
    assert find_rules(tmp_path) == NameRules()
    assert list(tmp_path.iterdir()) == []
    assert find_rules(tmp_path / "gone") == NameRules()


def test_only_where_it_must_be_a_name_is_changed_or_folded() -> None:
    windows, share = NameRules(as_windows=True, folds_case=True), NameRules()

    assert (windows.fit("CON.pdf"), share.fit("CON.pdf")) == ("_CON.pdf", "CON.pdf")
    assert windows.key("A.pdf") == windows.key("a.PDF")
    assert share.key("A.pdf") != share.key("a.pdf")
