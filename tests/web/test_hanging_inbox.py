"""The page over an inbox whose disk does not answer."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_hands import RunningPage, page_alone

from pipeline.web import app, uploads


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningPage]:
    monkeypatch.setattr(uploads, "_IDLE_S", 1.0)
    with page_alone(tmp_path, upload_mib=1) as running:
        yield running


def test_what_is_known_is_told_while_the_inbox_hangs_and_nothing_else_is_held_up(
    page: RunningPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(app, "list_inbox", lambda *_: let_go.wait(60))
    try:
        for _ in range(2):
            told = page.get("/api/status").tree()
            assert (told["waiting"], told["troubles"]) == ([], [app.INBOX_HANGS])
        began = time.monotonic()
        assert page.get("/").status == 200
        assert time.monotonic() - began < 5.0
        page.page.stop()
        assert not let_go.is_set()
    finally:
        let_go.set()


def test_uploads_into_an_inbox_that_hangs_are_given_up_one_by_one(
    page: RunningPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    real = uploads._give_name  # noqa: SLF001 — the step that touches the inbox by its name
    monkeypatch.setattr(uploads, "_give_name", lambda *_: let_go.wait(60))
    try:
        for number in range(2):
            assert page.drop(b"%PDF-1.7 %%EOF", f"name={number}.pdf").status == 507
        assert page.get("/healthz").status == 200
    finally:
        let_go.set()
    monkeypatch.setattr(uploads, "_give_name", real)

    assert page.drop(b"%PDF-1.7 %%EOF", "name=later.pdf").status == 201
    assert [path.name for path in page.inbox.iterdir()] == ["later.pdf"]
