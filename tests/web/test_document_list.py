"""The list of documents as the browser asks for it: sorted, filtered, and selected as a whole."""

import json
from collections.abc import Iterator

import pytest
from outbox_hands import deliver, entry, reject
from web_hands import RunningPage, page_alone

from pipeline.errors import EncryptedError
from pipeline.page_result import FallbackReason


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("list")) as running:
        deliver(running.outbox, "2026/may/b", entry(), entry(2), finished_at=3e9)
        deliver(running.outbox, "2026/a", entry(reason=FallbackReason.TIMEOUT), finished_at=2e9)
        deliver(running.outbox, "20267/c", finished_at=1e9)
        reject(running.outbox, "2026/d", EncryptedError("It asks for a password."))
        deliver(running.outbox, "removed/2026/gone")
        assert running.get("/api/status").status == 200  # the outbox has been looked at
        yield running


def names(page: RunningPage, query: str) -> str:
    tree = json.loads(page.get(f"/api/history?{query}").body)
    return "".join(row["name"].removesuffix(".pdf") for row in tree["rows"])


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "badc"),
        ("-finished", "badc"),
        ("finished", "cdab"),
        ("name", "abcd"),
        ("-name", "dcba"),
        ("folder", "adbc"),
        ("outcome", "bcda"),
        ("-pages", "bacd"),
        ("-fallbacks", "abdc"),
        ("-doubts", "badc"),
        ("nothing", "badc"),
        ("--name", "badc"),
    ],
)
def test_it_is_sorted_by_any_column(page: RunningPage, sort: str, order: str) -> None:
    assert names(page, f"sort={sort}") == order


def test_it_is_filtered_by_folder_outcome_and_words_together(page: RunningPage) -> None:
    assert names(page, "folder=2026&sort=name") == "abd"
    assert names(page, "folder=2026&outcome=complete,failed&sort=name") == "bd"
    assert names(page, "folder=2026/may") == "b"
    assert names(page, "folder=%2e%2e") == ""
    assert names(page, "folder=2026&query=MAY") == "b"
    tree = json.loads(page.get("/api/history?limit=1&offset=1").body)
    assert (tree["total"], tree["folders"]) == (4, ["2026", "2026/may", "20267"])
    assert [row["folder"] for row in tree["rows"]] == ["2026"]


def test_all_that_are_found_are_selected_by_one_request(page: RunningPage) -> None:
    rows = json.loads(page.get("/api/history?folder=2026").body)["rows"]

    found = json.loads(page.get("/api/history/idents?folder=2026&sort=name").body)

    assert sorted(found["documents"]) == sorted(row["ident"] for row in rows)
