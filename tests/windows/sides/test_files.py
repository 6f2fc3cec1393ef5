"""Files as other programs on Windows expect them to be opened, renamed, removed and locked; run by Windows' Python."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.files.name_rules import find_rules
from pipeline.host.files import LONGEST_PATH, is_written_to, open_below, open_unfollowed, pdf_input, sync_folder
from pipeline.host.held_folder import HeldFolder, rename_to_free
from pipeline.host.lock import is_taken, open_lock_file, take
from pipeline.host.moving import is_held, move, remove, remove_tree
from pipeline.results.result_names import room_for


def test_what_is_open_for_reading_can_be_renamed_and_removed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2")
    with os.fdopen(open_unfollowed(tmp_path / "a"), "rb") as file:
        move(tmp_path / "a", tmp_path / "b")
        remove(tmp_path / "b")
        assert file.read() == b"1\r\n2", "no byte is translated"


def test_a_pdf_that_was_opened_keeps_its_folder_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "original.pdf").write_bytes(b"%PDF")
    held = pdf_input(tmp_path / "work" / "original.pdf")
    move(tmp_path / "work", tmp_path / "done")
    assert held == b"%PDF"


def test_a_rename_waits_for_a_program_that_has_the_target_open_for_a_moment(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    browser = (tmp_path / "old").open("rb")
    threading.Timer(0.3, browser.close).start()

    move(tmp_path / "new", tmp_path / "old")

    assert (tmp_path / "old").read_bytes() == b"new"


def test_a_rename_gives_up_after_a_while_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    with (tmp_path / "old").open("rb"):
        began = time.monotonic()
        with pytest.raises(PermissionError):
            move(tmp_path / "new", tmp_path / "old")
        assert time.monotonic() - began < 20
    assert ((tmp_path / "new").read_bytes(), (tmp_path / "old").read_bytes()) == (b"new", b"old")


def test_a_sharing_violation_is_told_from_a_missing_right(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with (tmp_path / "a").open("rb"), pytest.raises(PermissionError) as caught:
        (tmp_path / "a").unlink()
    assert is_held(caught.value)
    assert not is_held(PermissionError(13, "Access is denied", "a", 5))


def test_who_has_a_file_open_for_writing_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    handle = open_unfollowed(tmp_path / "a")
    assert is_written_to(handle) is False
    with (tmp_path / "a").open("ab"):
        assert is_written_to(handle) is True
    assert is_written_to(handle) is False
    os.close(handle)


def test_a_folder_is_flushed_and_one_that_is_gone_is_an_error(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "gone")


def test_no_name_leads_out_of_a_folder_to_a_stream_or_to_another_drive(tmp_path: Path) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "a" / "file").write_bytes(b"inside")
    (tmp_path / "file").write_bytes(b"outside")
    with os.fdopen(open_below(tmp_path / "root", ["a", "file"]), "rb") as file:
        assert file.read() == b"inside"
    for parts in (["..", "file"], ["..\\file"], ["a", "file:x"], ["C:"], ["C:\\x"], ["a/../../file"], [""]):
        with pytest.raises(OSError, match=r"Not a name|No such file|cannot find"):
            open_below(tmp_path / "root", parts)


def test_files_are_taken_out_and_put_back_and_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"x")
    (tmp_path / "a" / "y").write_bytes(b"y")
    with HeldFolder(tmp_path, ["a"]) as folder:
        with pytest.raises(FileExistsError):
            folder.rename("x", "y")
        folder.move_out("x", tmp_path / "out")
        folder.move_in(tmp_path / "out", "z")
        with pytest.raises(FileExistsError):
            rename_to_free(tmp_path / "a" / "z", tmp_path / "a" / "y")
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["y", "z"]


HOLDER = """
import sys, time
from pathlib import Path
from pipeline.host.lock import open_lock_file, take
assert take(open_lock_file(Path(sys.argv[1])))
print("has it", flush=True)
time.sleep(600)
"""


def test_a_lock_is_free_when_its_process_was_terminated(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"has it"
        handle = open_lock_file(tmp_path / "lock")
        assert is_taken(handle)
        assert not take(handle)
        holder.kill()
        holder.wait()
        assert take(handle)
        os.close(handle)


def test_a_path_beyond_260_characters_is_opened_and_results_stay_below_it(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 100] * 3)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"deep")
    with os.fdopen(open_unfollowed(deep / "file"), "rb") as file:
        assert file.read() == b"deep"
    assert LONGEST_PATH is not None
    assert len(str(tmp_path)) + room_for(tmp_path) < LONGEST_PATH


def test_the_rules_of_names_are_found_by_trying(tmp_path: Path) -> None:
    rules = find_rules(tmp_path)
    assert (rules.as_windows, rules.folds_case) == (True, True)
    assert list(tmp_path.iterdir()) == []
    remove_tree(tmp_path / "gone")
