"""The page's thread beside the daemon: begun, ended, broken, in the way of nobody."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from daemons import Daemon, Place, names_below
from delivery import deliveries_in, result_files
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator
from web_hands import PATIENCE_S, RunningPage, page_alone, snapshot

from pipeline.files.json_values import JsonObject
from pipeline.web import app
from pipeline.web.history import History, path_to_ident


def test_a_port_that_is_taken_costs_the_page_and_nothing_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = Place(tmp_path, web={"port": taken.getsockname()[1]}, workers=1)
        with Daemon(place) as daemon:
            line = daemon.wait_for("no_web_page")
            place.drop(lambda path: numbered_pdf(path, 1), "x.pdf")
            daemon.wait_for("published", document="x.pdf")
            assert daemon.stop() == 0

    assert line["level"] == "warning"
    assert not daemon.of("web_page")


def test_a_single_run_has_no_page(tmp_path: Path) -> None:
    place = Place(tmp_path, web={"port": 0}, workers=1)
    with Daemon(place, "--once") as daemon:
        assert daemon.wait() == 0

    assert not daemon.of("web_page")


def test_the_model_may_be_chosen_for_one_file_although_the_settings_say_basic(tmp_path: Path) -> None:
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.05))) as sim:
        place = Place(tmp_path, server=sim.url, engine="basic", web={"port": 0}, workers=1)
        data = numbered_pdf(tmp_path / "x.pdf", 2, document=3).read_bytes()
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            headers = {"X-Dropleaf": "1", "Content-Type": "application/pdf"}
            for name, engine in (("model.pdf", "lmstudio"), ("own.pdf", "basic")):
                query = {"name": name, "engine": engine}
                requests.post(f"{url}/api/documents", params=query, data=data, headers=headers, timeout=90)
                daemon.wait_for("published", document=name)
            assert daemon.stop() == 0

    found = deliveries_in(place.outbox)
    assert found["model"].methods == {"vision": 2}
    assert found["own"].methods == {"text_layer": 2}
    trees = [json.loads((place.outbox / f"{name}.json").read_bytes()) for name in found]
    assert [tree["settings"]["engine"] for tree in trees] == ["lmstudio", "basic"]


def test_a_kept_original_is_asked_again_from_the_inbox_and_stays_there(tmp_path: Path) -> None:
    rule = Rule(Fault.EMPTY, documents=(4,), pages=(2,))
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.05), rules=(rule,))) as sim:
        place = Place(tmp_path, server=sim.url, originals="keep", web={"port": 0}, watch={"rescan": 1}, workers=2)
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            (kept,) = place.drop(lambda path: numbered_pdf(path, 3, document=4), "sub/x.pdf")
            daemon.wait_for("published", document="x.pdf", outcome="partial")
            sim.set_rules()
            document = f"{url}/documents/{path_to_ident('sub/x.json')}"
            picture = requests.get(f"{document}/pages/2/picture", timeout=PATIENCE_S)
            answer = requests.post(
                f"{url}/api/documents/{path_to_ident('sub/x.json')}/retry",
                headers={"X-Dropleaf": "1"},
                timeout=PATIENCE_S,
            )
            daemon.wait_for("published", document="x.pdf", outcome="complete")
            assert daemon.stop() == 0

    assert (picture.status_code, answer.status_code) == (200, 202)
    assert deliveries_in(place.outbox)["sub/x"].methods == {"vision": 3}
    assert kept.exists()
    assert names_below(place.outbox) == sorted(result_files("sub/x", original=False))
    assert len(daemon.of("claimed")) == 1


def test_streams_end_when_the_daemon_does(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page, page.watch() as watching:
        watching.next_event()

        page.page.stop()

        watching.rest()


def test_each_change_is_told_once_and_to_everybody(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page, ExitStack() as stack:
        streams = [stack.enter_context(page.watch()) for _ in range(3)]
        for stream in streams:
            stream.next_event()

        page.page.show(snapshot(troubles=("first",)))
        told = [stream.events_until(tells("first")) for stream in streams]
        page.page.show(snapshot(troubles=("second",)))
        told_next = [stream.events_until(tells("second")) for stream in streams]

    # The outbox may be looked at in between for the first time, which is another change.
    for events in (*told, *told_next):
        states = [{**event, "now": None} for event in events]
        assert all(before != after for before, after in pairwise(states))
        assert len(events) <= 2


def test_too_many_who_watch_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WATCHERS", 0)
    with page_alone(tmp_path) as page:
        assert page.get("/events").status == 503


def test_snapshots_are_taken_while_the_page_stands_still(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page, page.watch() as watching:
        watching.next_event()
        with standstill(page):
            for number in range(1000):
                page.page.show(snapshot(troubles=(f"{number}",)))

        events = watching.events_until(tells("999"))

    assert len(events) <= 2


def test_who_does_not_read_gets_the_latest_and_is_in_the_way_of_nobody(tmp_path: Path) -> None:
    large = "x" * 1_000_000
    with page_alone(tmp_path) as page, page.watch() as slow, page.watch() as watching:
        for number in range(12):
            trouble = f"{number}{large}"
            page.page.show(snapshot(troubles=(trouble,)))
            watching.events_until(tells(trouble))

        # What the kernel's buffers have taken comes first, then nothing but the end.
        told = slow.events_until(tells(f"11{large}"))

    assert len(told) < 12


def test_an_outbox_that_takes_long_to_look_at_is_looked_at_a_tenth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = History.refresh
    looks = 0

    def slow(self: History) -> None:
        nonlocal looks
        looks += 1
        time.sleep(0.2)
        right(self)

    monkeypatch.setattr(History, "refresh", slow)

    with page_alone(tmp_path) as page:
        began = time.monotonic()
        for published in range(50):
            page.page.show(snapshot(published=published))
            time.sleep(0.1)
        took = time.monotonic() - began

    assert 2 <= looks <= took / (10 * 0.2) + 2


def test_a_page_that_breaks_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.web.server._PAUSE_S", 0.05)
    broken = threading.Event()
    right = app.Site.__init__

    def breaks(self: app.Site, context: app.PageContext) -> None:
        if not broken.is_set():
            broken.set()
            raise RuntimeError("broken")
        right(self, context)

    monkeypatch.setattr(app.Site, "__init__", breaks)
    with page_alone(tmp_path) as page:
        assert page.get("/healthz").status == 200

    assert broken.is_set()


def test_a_fault_in_one_answer_is_500_and_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with page_alone(tmp_path) as page:
        monkeypatch.setattr(app, "read_status", None)

        assert page.get("/api/status").status == 500
        assert page.get("/").status == 200


def tells(trouble: str) -> Callable[[JsonObject], bool]:
    """Whether an event tells of this trouble."""
    return lambda event: event["troubles"] == [trouble]


@contextmanager
def standstill(page: RunningPage) -> Iterator[None]:
    """The page's thread does nothing at all meanwhile."""
    still, over = threading.Event(), threading.Event()

    def stand() -> None:
        still.set()
        over.wait(PATIENCE_S)

    loop = page.page._loop  # noqa: SLF001 — there is no other way to stop its thread
    assert loop is not None
    loop.call_soon_threadsafe(stand)
    assert still.wait(PATIENCE_S)
    try:
        yield
        assert not over.is_set()
    finally:
        over.set()
