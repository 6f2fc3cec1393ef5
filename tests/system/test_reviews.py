"""What a user settles, with a real daemon: through its death, through another conversion, and by its commands."""

import json
import signal
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from threading import Thread

import pytest
from daemons import Daemon, Place
from delivery import deliveries_in
from page_requests import get, ident_of, post
from pdfs import numbered_pdf
from review_hands import cells_of, review_of
from simulator import Latency, Setup, Simulator

pytestmark = pytest.mark.slow

CELL = {"page": 1, "table": 1, "row": 2, "column": 2}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.05))) as running:
        yield running


def settle(url: str, ident: str, was: str, now: str) -> bool:
    body = json.dumps({"settled": [{**CELL, "was": was, "now": now}]}).encode()
    return post(url, f"/api/documents/{ident}/review", body)[0] == HTTPStatus.OK


def test_what_is_settled_holds_through_redo_and_is_in_the_summary_of_commands(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=2, web={"port": 0})
    place.drop(lambda path: numbered_pdf(path, 2, document=1), "a.pdf")
    manifest = place.outbox / "a.json"
    with Daemon(place) as daemon:
        url = str(daemon.wait_for("web_page")["url"])
        daemon.wait_for("published", document="a.pdf")
        ident, was = ident_of(url, "a.pdf", "complete"), str(cells_of(manifest)[1, 1]["text"])

        assert settle(url, ident, was, "1,234")
        assert post(url, f"/api/documents/{ident}/redo")[0] == HTTPStatus.ACCEPTED
        daemon.wait_for("published", count=2, document="a.pdf")

        assert cells_of(manifest)[1, 1]["text"] == "1,234"
        assert get(url, f"/api/documents/{ident}/review")[0] == HTTPStatus.OK
    assert place.run("redo", "a", "--settings", str(place.file)).code == 0
    assert [(each["was"], each["now"], each["fits"]) for each in review_of(manifest)] == [(was, "1,234", True)]
    assert cells_of(manifest)[1, 1]["text"] == "1,234"
    deliveries_in(place.outbox)


def test_what_the_page_has_confirmed_is_there_after_a_kill_and_nothing_is_half(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=2, web={"port": 0})
    place.drop(lambda path: numbered_pdf(path, 20, document=1), "a.pdf")
    manifest = place.outbox / "a.json"
    kept: list[str] = []

    def settle_on(url: str, ident: str, was: str) -> None:
        with suppress(OSError, HTTPException):  # the daemon is dead
            for number in range(1000):
                if not settle(url, ident, was, was := f"{number}"):
                    break
                kept.append(was)

    with Daemon(place) as daemon:
        url = str(daemon.wait_for("web_page")["url"])
        daemon.wait_for("published", document="a.pdf")
        ident, was = ident_of(url, "a.pdf", "complete"), str(cells_of(manifest)[1, 1]["text"])
        user = Thread(target=settle_on, args=(url, ident, was))
        user.start()
        daemon.wait_for("settled", count=5)
        daemon.send(signal.SIGKILL)
        daemon.wait()
        user.join()
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

    last = str(cells_of(manifest)[1, 1]["text"])
    assert int(last) - int(kept[-1]) in {0, 1}
    assert [(each["was"], each["now"]) for each in review_of(manifest)] == [(was, last)]
    assert cells_of(manifest)[1, 1]["correction"] == {"was": was}
    deliveries_in(place.outbox)
