"""What is going on, from the folders and the last snapshot, and how people see it."""

import io
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from claims import DOCUMENT, RUN, claimed, drop, journal_of, manifest_for
from rich.console import Console

from pipeline.commands.progress import Progress
from pipeline.commands.status_table import Extent, status_to_table
from pipeline.errors import EncryptedError
from pipeline.files.json_values import value_to_json
from pipeline.files.lock import Lock
from pipeline.results.manifest import error_to_manifest, manifest_to_bytes
from pipeline.results.state_folder import state_folder_of
from pipeline.status.read import Status, read_status
from pipeline.status.snapshot import DocumentStatus, PageStatus, ServerStatus, Snapshot, write_snapshot

PAGE = PageStatus(number=3, step="request", since=1e9, tokens=12, server="http://a/v1")
RUNNING = DocumentStatus(
    ident="a",
    name="[red]\x1b[2J\udcff\n.pdf",
    folder=".",
    phase="converting",
    claimed_at=1e9,
    began_at=1e9,
    pages=5,
    finished=2,
    fallbacks=(1,),
    running=(PAGE,),
)
SERVER = ServerStatus(url="http://a/v1", model=None, slots=5, in_flight=1, state="no model; load one")
SNAPSHOT = Snapshot(
    at=1e9, pid=1, started_at=1e9, documents=(RUNNING,), servers=(SERVER,), troubles=("disk [full]",), published=1
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    drop(tmp_path / "inbox", "waiting.pdf")
    drop(tmp_path / "inbox", ".hidden.pdf")
    outbox = tmp_path / "outbox"
    (outbox / "sub").mkdir(parents=True)
    (outbox / "failed").mkdir()
    (outbox / "sub" / "good.json").write_bytes(manifest_to_bytes(manifest_for(replace(DOCUMENT, name="\udcff.pdf"))))
    failed = error_to_manifest(DOCUMENT, EncryptedError("It asks for a password."), run=RUN)
    (outbox / "failed" / "bad.json").write_bytes(manifest_to_bytes(failed))
    (outbox / "strangers.json").write_text('{"outcome": "complete"}')
    (outbox / "broken.json").write_text("{")
    return tmp_path


def status_of(place: Path) -> Status:
    return read_status(place / "inbox", place / "outbox")


def shown(status: Status) -> str:
    # As on a terminal: what is no UTF-8 would be an error.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    Console(file=out, width=200).print(status_to_table(status, Extent.NEWEST))
    out.seek(0)
    return out.read()


def test_without_a_daemon_the_folders_tell(place: Path) -> None:
    claimed(place, journal_of(place / "outbox"), "left.pdf")

    facts = json.loads(value_to_json(status_of(place)))

    assert facts["daemon"] == {"pid": None, "running": False, "at": None, "page": ""}
    assert facts["waiting"] == ["waiting.pdf"]
    assert [(each["name"], each["phase"]) for each in facts["running"]] == [("left.pdf", "waiting")]
    assert [each["manifest"] for each in facts["done"]] == ["sub/good.json"]
    assert [each["error"]["code"] for each in facts["failed"]] == ["encrypted"]


def test_a_snapshot_that_has_grown_old_says_that_the_daemon_cannot_write(place: Path) -> None:
    state = state_folder_of(place / "outbox")
    lock = Lock(state.lock)
    write_snapshot(state, replace(SNAPSHOT, troubles=()))

    troubles = status_of(place).troubles
    lock.release()

    assert "read-only" in str(troubles)
    assert status_of(place).troubles == ()


def test_a_running_daemons_snapshot_is_shown(place: Path) -> None:
    state = state_folder_of(place / "outbox")
    lock = Lock(state.lock)
    now = time.time()
    write_snapshot(state, replace(SNAPSHOT, at=now))

    status = status_of(place)
    lock.release()

    assert (status.daemon.running, status.daemon.at) == (True, now)
    assert status.running == (RUNNING,)
    assert status.troubles == ("disk [full]",)
    assert status_of(place).running == ()
    text = shown(status)
    for words in (
        "running",
        "disk [full]",
        "2 of 5",
        "3 request",
        "12 tokens",
        "no model; load one",
        "[red]",
        "asks for",
    ):
        assert words in text
    assert "\x1b[2J" not in text


def test_nothing_at_all_is_no_error(tmp_path: Path) -> None:
    status = status_of(tmp_path)

    assert (status.counts.done, status.counts.failed) == (0, 0)
    assert "not running" in shown(status)


@pytest.mark.linux
def test_a_link_that_leads_nowhere_hides_no_result(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    (outbox / "loop.json").symlink_to("loop.json")
    (outbox / "gone.json").symlink_to("nowhere.json")
    (outbox / "a.json").write_bytes(manifest_to_bytes(manifest_for(DOCUMENT)))

    status = read_status(tmp_path / "inbox", outbox)

    assert [each.manifest for each in status.done] == ["a.json"]


def test_a_damaged_snapshot_is_as_none(place: Path) -> None:
    state = state_folder_of(place / "outbox")
    lock = Lock(state.lock)
    state.snapshot.write_bytes(b"{")

    status = status_of(place)
    lock.release()

    assert status.running == ()


def test_lists_are_short_and_newest_first(tmp_path: Path) -> None:
    for number in range(5):
        path = drop(tmp_path / "outbox", f"{number}.json", manifest_to_bytes(manifest_for(DOCUMENT)))
        os.utime(path, (number, number))

    status = read_status(tmp_path / "inbox", tmp_path / "outbox", limit=2)

    assert (status.counts.done, status.counts.failed) == (5, 0)
    assert [each.manifest for each in status.done] == ["4.json", "3.json"]
    assert "Done: the newest 2 of 5" in shown(status)


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_any_terminal_and_without_one(*, terminal: bool) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with Progress(Console(file=out, force_terminal=terminal, width=120), 1) as progress:
        progress.show(replace(SNAPSHOT, documents=(replace(RUNNING, pages=None),)))
        progress.show(SNAPSHOT)
        progress.show(SNAPSHOT)
        progress.show(replace(SNAPSHOT, documents=()))
    out.seek(0)
    text = out.read()

    assert "1 fell back" in text
    if not terminal:
        assert text == "[red]\ufffd[2J\ufffd .pdf: 2 of 5 pages, 1 fell back\n"
