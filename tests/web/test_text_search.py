"""The text of results is searched: as the outbox is now, and without an index to begin with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import until
from outbox_hands import deliver, entry
from web_hands import RunningPage, page_alone

from pipeline.files.json_values import json_to_value
from pipeline.web.text_search import Found, section_to_text


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("search")) as running:
        yield running


def search(page: RunningPage, query: str) -> Found:
    answer = page.get(f"/api/search?query={query}")
    assert answer.status == 200
    return json_to_value(answer.body, Found)


def files(page: RunningPage, query: str) -> list[tuple[str, int]]:
    page.get("/api/status")  # has the outbox looked at
    return sorted((each.file, each.page) for each in search(page, query).hits)


def test_pages_are_found_and_what_is_removed_leaves_the_search_and_the_file(page: RunningPage) -> None:
    deliver(page.outbox, "sub/one", entry(), entry(2))
    deliver(page.outbox, "two", finished_at=2e9)
    until(lambda: {("sub/one", 1), ("sub/one", 2), ("two", 1)} <= set(files(page, "text+page")))
    index = page.journal.folder.search
    assert index.stat().st_mode & 0o777 == 0o600

    body = json.dumps({"documents": ["sub/one"]}).encode()
    assert page.ask("POST", "/api/remove", body, X_Dropleaf="1").status == 200

    assert {file for file, _ in files(page, "text")} & {"sub/one", "two"} == {"two"}, "at once"
    until(lambda: b"page 2" not in b"".join(each.read_bytes() for each in index.parent.glob("search.sqlite*")))


def test_an_index_that_was_thrown_away_or_damaged_is_made_anew(page: RunningPage) -> None:
    deliver(page.outbox, "kept", finished_at=3e9)
    until(lambda: ("kept", 1) in files(page, "text"))
    for path in page.journal.folder.root.glob("search.sqlite*"):
        path.unlink()

    deliver(page.outbox, "later", finished_at=4e9)

    until(lambda: {("kept", 1), ("later", 1)} <= set(files(page, "text")))
    page.journal.folder.search.write_bytes(b"rubbish" * 4000)
    deliver(page.outbox, "last", finished_at=5e9)
    until(lambda: {("kept", 1), ("last", 1)} <= set(files(page, "text")))
    assert search(page, "text").trouble == ""


def test_a_page_is_read_without_markup_and_without_what_the_result_puts_around_it() -> None:
    section = (
        b'<nav class="page"><a href="#page-2">next</a></nav>\n<aside class="notice">Fell back.</aside>\n'
        b'<p>un<b>broken</b> &lt;tag&gt;</p><table><tr><td>1</td><td>2</td></tr></table><img src="data:a;base64,AAAA">'
    )

    assert section_to_text(section) == "unbroken <tag> 1 2"


def test_there_is_no_index_before_somebody_looks(tmp_path: Path) -> None:
    with page_alone(tmp_path) as alone:
        deliver(alone.outbox, "one")
        alone.get("/api/status")

    assert not alone.journal.folder.search.exists()
