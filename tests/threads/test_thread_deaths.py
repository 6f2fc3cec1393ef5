"""Threads of other packages that die."""

import threading

import pytest
from structlog.testing import capture_logs

from pipeline.threads.thread_deaths import DeathNotices


def die() -> None:
    raise RecursionError("too deep")


def run(name: str) -> None:
    thread = threading.Thread(target=die, name=name)
    thread.start()
    thread.join()


def test_a_death_is_logged_and_told_and_others_go_where_they_went_before(monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[str | None] = []
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda facts: others.append(facts.thread.name))
    notices = DeathNotices(lambda thread: thread.name == "ours", lambda: told.append("dead"))

    with capture_logs() as lines:
        run("ours")
        run("another")
        notices.close()
        run("ours")

    assert told == ["dead"]
    assert others == ["another", "ours"]
    assert [(line["event"], line["error"]) for line in lines] == [("thread_died", "RecursionError: too deep")]
