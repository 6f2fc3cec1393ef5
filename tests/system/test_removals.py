"""A day at the page of a real daemon: what is in work is not removed, and a server that dies while idle is seen."""

import json
from pathlib import Path

from daemons import Daemon, Place, names_below, until
from page_requests import get, post
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator


def _selected(url: str, action: str, **body: list[str]) -> dict[str, list[dict[str, str]]]:
    status, data = post(url, f"/api/{action}", json.dumps(body).encode())
    assert status in {200, 202}, data
    found: dict[str, list[dict[str, str]]] = json.loads(data)
    return found


def _status(url: str) -> dict:  # type: ignore[type-arg]  # the API's JSON
    return json.loads(get(url, "/api/status")[1])  # type: ignore[no-any-return]


def test_a_document_in_work_is_not_removed_and_a_server_that_dies_while_idle_is_seen(tmp_path: Path) -> None:
    with Simulator(Setup(slots=1, latency=Latency(seconds=0.05))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1, web={"port": 0})
        place.drop(lambda path: numbered_pdf(path, 1), "a.pdf")
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            daemon.wait_for("published", document="a.pdf")
            results = names_below(place.outbox)
            post(url, "/api/pause")
            daemon.wait_for("paused", document="all")
            assert _selected(url, "redo", documents=["a"])["left"] == []

            refused = _selected(url, "remove", documents=["a"])

            assert refused["removed"] == []
            assert refused["left"][0]["reason"] == "It is in work: wait until it is finished, or cancel it first."
            assert names_below(place.outbox) == results
            post(url, "/api/resume")
            daemon.wait_for("published", document="a.pdf", count=2)

            (removed,) = _selected(url, "remove", documents=["a"])["removed"]

            assert names_below(place.outbox) == [f"removed/{name}" for name in results]
            assert b"dropleaf_documents_removed 1.0" in get(url, "/metrics")[1]
            _selected(url, "restore", removals=[removed["removal"]])
            assert names_below(place.outbox) == results

            assert "ready" in _status(url)["servers"][0]["state"]
            sim.die()
            until(lambda: "ready" not in _status(url)["servers"][0]["state"])
            assert daemon.stop() == 0
    assert place.left_behind() == []
