"""The list of documents follows the outbox, knows the newest of them, and reads only what has changed."""

import os
import shutil
import tracemalloc
from pathlib import Path

import pytest
from outbox_hands import deliver, entry, reject

from pipeline.errors import EncryptedError
from pipeline.page_result import FallbackReason
from pipeline.status.listing import ResultCounts, list_outbox
from pipeline.web.history import Filters, History, path_to_ident


def test_the_history_follows_the_outbox_and_reads_only_what_has_changed(tmp_path: Path) -> None:
    heard: list[str] = []
    history = History(tmp_path, heard=heard.extend)
    deliver(tmp_path, "a", finished_at=1e9)
    deliver(tmp_path, "sub/b", finished_at=1.1e9)
    history.refresh()
    assert [each.manifest for each in history.summaries] == ["sub/b.json", "a.json"]
    first, version = history.summaries, history.version

    history.refresh()
    assert (history.summaries, history.version, heard) == (first, version, [])

    reject(tmp_path, "c", EncryptedError("m"))
    deliver(tmp_path, "a", entry(reason=FallbackReason.TIMEOUT), finished_at=1.2e9)
    shutil.rmtree(tmp_path / "sub")
    history.refresh()
    assert {each.manifest: each.outcome for each in history.summaries} == {
        "a.json": "partial",
        "failed/c.json": "failed",
    }
    assert sorted(heard) == ["a.json", "failed/c.json"]


def test_strangers_files_are_left_out_of_the_history(tmp_path: Path) -> None:
    deliver(tmp_path, "good")
    rubbish = ["", "[]", "{}", "null", '{"schema": "dropleaf/manifest/1"}', '{"schema":"x"}', "[" * 100_000, "\xff"]
    for number, text in enumerate(rubbish):
        (tmp_path / f"{number}.json").write_bytes(text.encode("latin-1"))
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
    deliver(tmp_path, ".dropleaf/work/x/claim")
    history = History(tmp_path)

    history.refresh()

    assert [each.manifest for each in history.summaries] == ["good.json"]


def test_a_folder_that_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = deliver(tmp_path, "0").read_bytes()
    for number in range(1, 500):
        (tmp_path / f"{number}.json").write_bytes(one)
    os.utime(tmp_path, (1, 1))  # a time that is old enough to be trusted
    history = History(tmp_path)
    history.refresh()
    monkeypatch.setattr(os, "scandir", None)
    monkeypatch.setattr("pipeline.web.history.read_summary", None)

    history.refresh()

    assert len(history.search(Filters(words="0.pdf"))) == 500
    assert len(history.search(Filters(words="0.pdf 49"))) == 15


def test_older_documents_are_counted_and_still_found_by_their_address(tmp_path: Path) -> None:
    heard: list[str] = []
    history = History(tmp_path, heard=heard.extend, most=4)
    for number in range(6):
        set_time(deliver(tmp_path, f"{'sub/' * (number % 2)}{number}", finished_at=1e9 + number), number)
    set_time(reject(tmp_path, "bad", EncryptedError("m")), -1)
    history.refresh()

    assert [each.manifest for each in history.summaries] == ["sub/5.json", "4.json", "sub/3.json", "2.json"]
    assert (history.older, history.listing.counts) == (3, ResultCounts(done=6, failed=1))
    assert history.find(path_to_ident("sub/1.json")) is None
    found = history.look_for(path_to_ident("sub/1.json"))
    assert found is not None
    assert found.name == "1.pdf"
    assert history.look_for(path_to_ident("none.json")) is None

    set_time(deliver(tmp_path, "new", finished_at=2e9), 10)
    history.refresh()
    assert (history.summaries[0].manifest, history.older, heard) == ("new.json", 4, ["new.json"])


def test_older_documents_come_back_where_newer_ones_are_removed_and_are_no_news(tmp_path: Path) -> None:
    heard: list[str] = []
    history = History(tmp_path, heard=heard.extend, most=4)
    for number in range(9):
        set_time(deliver(tmp_path, f"{number % 3}/{number}", finished_at=1e9 + number), number)
    history.refresh()

    for number in (8, 7, 4):
        (tmp_path / f"{number % 3}/{number}.json").unlink()
    history.refresh()

    assert [each.name for each in history.summaries] == ["6.pdf", "5.pdf", "3.pdf", "2.pdf"]
    assert (history.older, heard) == (2, [])


@pytest.mark.parametrize("folders", [1, 40])
def test_what_is_kept_of_documents_does_not_grow_with_them(tmp_path: Path, folders: int) -> None:
    one = deliver(tmp_path, "0")
    sizes = []
    history = History(tmp_path, most=100)
    for number in range(1, 4001):
        folder = tmp_path / str(number % folders)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.json").hardlink_to(one)  # and so all have the same time
        if number in {1000, 4000}:
            history.refresh()
            tracemalloc.start()
            other = History(tmp_path, most=100)
            other.refresh()
            sizes.append(tracemalloc.get_traced_memory())
            tracemalloc.stop()
            assert (len(history.summaries), history.older) == (100, number + 1 - 100)
            assert other.older == history.older

    (kept, peak), (kept_of_more, peak_of_more) = sizes
    assert kept_of_more < 1.1 * kept
    assert peak_of_more < 1.3 * peak


def test_json_files_of_strangers_are_not_counted(tmp_path: Path) -> None:
    deliver(tmp_path, "report")
    (tmp_path / "failed").mkdir()
    for name in ("package.json", "failed/notes.json"):
        (tmp_path / name).write_text('{"name": "a stranger\'s"}')
    (tmp_path / "empty.json").touch()
    (tmp_path / "folder.json").mkdir()
    history = History(tmp_path)
    history.refresh()

    assert list_outbox(tmp_path, 10).counts == history.listing.counts == ResultCounts(done=1, failed=0)


def test_what_lies_beside_a_manifest_is_no_document_of_its_own(tmp_path: Path) -> None:
    deliver(tmp_path, "report")
    deliver(tmp_path, "other.tables")  # has this name of its own
    for name in ("report.tables.json", "report.review.json"):
        (tmp_path / name).write_text("{}")
    history = History(tmp_path)
    history.refresh()

    assert {each.manifest for each in history.summaries} == {"report.json", "other.tables.json"}
    assert list_outbox(tmp_path, 10).counts == history.listing.counts == ResultCounts(done=2, failed=0)


def set_time(manifest: Path, seconds: float) -> None:
    """Set when a file was changed, from some time on."""
    os.utime(manifest, (1e9 + seconds, 1e9 + seconds))
