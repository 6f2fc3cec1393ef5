"""The page's thread beside the daemon: begun, ended, broken, in the way of nobody."""

import http.client
import json
import socket
import threading
import time
from pathlib import Path

import pytest
import requests
from daemons import Daemon, Place
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator
from web_hands import page_alone, snapshot

from pipeline.web import app


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
                requests.post(f"{url}/api/documents", params=query, data=data, headers=headers, timeout=20)
                daemon.wait_for("published", document=name)
            assert daemon.stop() == 0

    found = deliveries_in(place.outbox)
    assert found["model"].methods == {"vision": 2}
    assert found["own"].methods == {"text_layer": 2}
    trees = [json.loads((place.outbox / f"{name}.json").read_bytes()) for name in found]
    assert [tree["settings"]["engine"] for tree in trees] == ["lmstudio", "basic"]


def test_streams_end_when_the_daemon_does(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page:
        watching = http.client.HTTPConnection("127.0.0.1", page.port, timeout=20)
        watching.request("GET", "/events")
        stream = watching.getresponse()
        assert stream.readline() == b"retry: 2000\n"

        began = time.monotonic()
        page.page.stop()
        rest = stream.read()

        assert b"event: status" in rest
        assert time.monotonic() - began < 5
        watching.close()


def test_each_change_is_told_once_and_to_everybody(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page:
        watching = [http.client.HTTPConnection("127.0.0.1", page.port, timeout=20) for _ in range(3)]
        for each in watching:
            each.request("GET", "/events")
        streams = [each.getresponse() for each in watching]
        for stream in streams:
            while stream.readline().strip():
                pass
            next_event(stream)

        page.page.show(snapshot(troubles=("the disk is full",)))

        for stream in streams:
            assert b"the disk is full" in next_event(stream)
        for each in watching:
            each.close()


def test_too_many_who_watch_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WATCHERS", 0)
    with page_alone(tmp_path) as page:
        assert page.get("/events").status == 503


def test_snapshots_are_taken_at_once_whoever_watches(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page:
        slow = socket.create_connection(("127.0.0.1", page.port))
        slow.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode())
        slow.recv(1)  # and nothing more

        began = time.perf_counter()
        for number in range(1000):
            page.page.show(snapshot(troubles=(f"{number}" * 1000,)))
        spent = time.perf_counter() - began

        slow.close()
        assert spent < 1.0
        assert page.get("/healthz").status == 503


def test_a_page_that_breaks_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.web.server._PAUSE_S", 0.05)
    broken = threading.Event()
    right = app.Site.__init__

    def breaks(self: app.Site, surroundings: app.Surroundings) -> None:
        if not broken.is_set():
            broken.set()
            raise RuntimeError("broken")
        right(self, surroundings)

    monkeypatch.setattr(app.Site, "__init__", breaks)
    with page_alone(tmp_path) as page:
        assert page.get("/healthz").status == 200

    assert broken.is_set()


def test_a_fault_in_one_answer_is_500_and_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with page_alone(tmp_path) as page:
        monkeypatch.setattr(app, "read_status", None)

        assert page.get("/api/status").status == 500
        assert page.get("/").status == 200


def next_event(stream: http.client.HTTPResponse) -> bytes:
    """The next lines up to an empty one."""
    lines = []
    while (line := stream.readline()).strip():
        lines.append(line)
    return b"".join(lines)
