"""Folders with settings of their own: what lies in them is converted so, also after a restart, a reload and a retry."""

import json
import signal
from pathlib import Path

import pytest
from daemons import Daemon, Place, until
from delivery import deliveries_in
from page_requests import get, ident_of, post
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator


def drop(place: Place, name: str, document: int) -> None:
    place.drop(lambda path: numbered_pdf(path, 2, document=document), name)


def asked(sim: Simulator) -> set[int | None]:
    return {record.document for record in sim.chats if record.page}


def engine_in(place: Place, stem: str) -> str:
    return str(json.loads((place.outbox / f"{stem}.json").read_bytes())["settings"]["engine"])


def published(place: Place, daemon: Daemon, url: str) -> None:
    """After a restart, and dropped on the page: all are delivered, those in the folder first and with its engine."""
    for name in ("a.pdf", "b.pdf"):
        daemon.wait_for("begun", document=name)
    expected = {"a.pdf": (0, None), "b.pdf": (5, "basic")}
    until(lambda: _running(url) == expected)
    assert b"statements/**" in get(url, "/")[1]
    pdf = numbered_pdf(place.root / "c.pdf", 2, document=3).read_bytes()
    status, told = post(url, "/api/documents?name=c.pdf&folder=statements", pdf, content_type="application/pdf")
    assert (status, json.loads(told)) == (201, {"name": "c.pdf", "folder": "statements"})
    assert post(url, "/api/resume")[0] == 202
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        daemon.wait_for("published", document=name)


def _running(url: str) -> dict[str, tuple[int, str | None]]:
    """Priority and engine of each document in work."""
    running = json.loads(get(url, "/api/status")[1])["running"]
    return {each["name"]: (each["priority"], each["engine"]) for each in running}


@pytest.mark.slow
def test_what_lies_in_a_folder_is_converted_with_its_settings_through_restart_reload_and_redo(tmp_path: Path) -> None:
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.01))) as sim:
        rules: dict[str, object] = {"statements/**": {"engine": "basic", "outputs": ["xlsx"], "priority": 5}}
        place = Place(tmp_path, server=sim.url, workers=2, web={"port": 0}, folders=rules)
        with Daemon(place) as daemon:
            assert post(str(daemon.wait_for("web_page")["url"]), "/api/pause")[0] == 202
            daemon.wait_for("paused", document="all")
            drop(place, "a.pdf", 1)
            drop(place, "statements/2025/b.pdf", 2)
            daemon.wait_for("begun", document="b.pdf")
            assert daemon.stop() == 0
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            published(place, daemon, url)
            assert asked(sim) == {1}
            ident = ident_of(url, "b.pdf", "complete")
            assert post(url, f"/api/documents/{ident}/redo")[0] == 409

            place.write_settings(folders={"statements/*.pdf": {"engine": "basic"}})
            daemon.send(signal.SIGHUP)
            url = str(daemon.wait_for("web_page", count=2)["url"])
            assert post(url, f"/api/documents/{ident}/redo")[0] == 202
            daemon.wait_for("published", document="b.pdf", count=2)
            assert asked(sim) == {1, 2}
            assert daemon.stop() == 0
    methods = {stem: each.methods for stem, each in deliveries_in(place.outbox).items()}
    assert methods == {"a": {"vision": 2}, "statements/2025/b": {"vision": 2}, "statements/c": {"text_layer": 2}}
    assert (engine_in(place, "a"), engine_in(place, "statements/c")) == ("lmstudio", "basic")
    assert sorted(path.stem for path in place.outbox.rglob("*.xlsx")) == ["b", "c"]
    assert place.left_behind() == []
