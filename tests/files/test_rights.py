"""Rights of new files, no more than those of the file that they were made from."""

import os
from pathlib import Path

import pytest

from pipeline.files.atomic import copy_whole, write_whole
from pipeline.files.rights import Rights, restrict_folder, restrict_rights, rights_of

OTHER_GROUP = 23456


def restricted(path: Path, rights: Rights, created: int = 0o666) -> int:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, created)
    try:
        os.fchmod(handle, created)
        restrict_rights(handle, rights)
    finally:
        os.close(handle)
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("created", [0o666, 0o644, 0o600])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o755])
def test_nothing_is_given_that_either_lacks(tmp_path: Path, created: int, mode: int) -> None:
    rights = Rights(user=os.geteuid(), group=os.getegid(), mode=mode)

    assert restricted(tmp_path / "a", rights, created) == created & mode


@pytest.mark.parametrize(("mode", "expected"), [(0o640, 0o600), (0o644, 0o644), (0o660, 0o600), (0o604, 0o604)])
def test_a_group_that_cannot_be_kept_may_do_what_everybody_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, expected: int
) -> None:
    def refused(handle: int, user: int, group: int) -> None:
        del handle, user, group
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refused)  # as for any user but root

    assert restricted(tmp_path / "a", Rights(user=1, group=OTHER_GROUP, mode=mode)) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to others")
def test_owner_and_group_are_kept(tmp_path: Path) -> None:
    restricted(tmp_path / "a", Rights(user=12345, group=OTHER_GROUP, mode=0o640))

    assert rights_of(tmp_path / "a") == Rights(user=12345, group=OTHER_GROUP, mode=0o640)


def test_the_owner_of_a_folder_may_do_everything_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)

    restrict_folder(tmp_path / "a", Rights(user=os.geteuid(), group=os.getegid(), mode=0o050))

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750


def test_copies_and_new_files_have_the_rights_that_they_are_told(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"secret")
    source.chmod(0o600)

    copy_whole(source, tmp_path / "copy")
    write_whole(tmp_path / "new", [b"made of it"], rights=rights_of(source))

    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("copy", "new")] == [0o600, 0o600]
