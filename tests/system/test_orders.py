"""Pause, resume, cancel, priority, redo and hours: by command and by page, and through restarts."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from threading import Thread

import pytest
from daemons import Daemon, Place, names_below, until
from delivery import deliveries_in
from page_requests import ident_of, post
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(Setup(slots=1, latency=Latency(seconds=0.05))) as running:
        yield running


def ordered(place: Place, *arguments: str) -> str:
    done = place.run(*arguments, "--settings", str(place.file))
    assert done.code == 0, done.err
    return done.err


def drop(place: Place, name: str, document: int, pages: int = 2) -> None:
    place.drop(lambda path: numbered_pdf(path, pages, document=document), name)


def status_of(place: Place) -> dict:  # type: ignore[type-arg]  # the command's JSON
    return json.loads(place.run("status", "--json", "--settings", str(place.file)).out)  # type: ignore[no-any-return]


def in_work(place: Place) -> set[str]:
    return {each["name"] for each in status_of(place)["running"] if each["phase"] == "converting"}


def asked(sim: Simulator) -> list[int | None]:
    return [record.document for record in sim.chats if record.page]


def test_what_is_paused_waits_through_a_restart_and_goes_on_when_it_is_resumed(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=2)
    assert "holds from the next start" in ordered(place, "pause")
    drop(place, "a.pdf", 1)
    drop(place, "sub/b.pdf", 2)
    with Daemon(place) as daemon:
        until(lambda: in_work(place) == {"a.pdf", "b.pdf"})
        assert "Everything is paused" in str(status_of(place)["notes"])
        assert "paused: sub/b.pdf" in ordered(place, "pause", "b")
        daemon.wait_for("paused", document="b.pdf")
    with Daemon(place) as daemon:
        daemon.wait_for("paused", document="all")
        daemon.wait_for("paused", document="b.pdf")
        assert asked(sim) == []
        ordered(place, "resume")
        daemon.wait_for("published", document="a.pdf")
        assert set(asked(sim)) == {1}
        ordered(place, "resume", "sub/b.pdf")
        daemon.wait_for("published", document="b.pdf")
        assert daemon.stop() == 0
    assert {each.outcome for each in deliveries_in(place.outbox).values()} == {"complete"}
    assert place.left_behind() == []


def test_a_cancelled_document_frees_its_server_and_lies_in_failed(tmp_path: Path) -> None:
    with Simulator(Setup(slots=1, latency=Latency(seconds=60.0))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1)
        drop(place, "long.pdf", 1, pages=3)
        with Daemon(place) as daemon:
            until(lambda: bool(asked(sim)))
            drop(place, "next.pdf", 2, pages=1)
            daemon.wait_for("claimed", document="next.pdf")
            ordered(place, "cancel", "long.pdf")
            daemon.wait_for("cancelled", document="long.pdf")
            daemon.wait_for("failed", document="long.pdf", code="cancelled")
            until(lambda: 2 in asked(sim))
            assert not daemon.of("worker_lost")
            ordered(place, "cancel", "next")
            daemon.wait_for("failed", document="next.pdf")
            assert place.run("cancel", "next", "--settings", str(place.file)).code == 64
            assert daemon.stop() == 0
    assert names_below(place.outbox) == ["failed/long.json", "failed/long.pdf", "failed/next.json", "failed/next.pdf"]
    assert place.left_behind() == []


def test_the_document_that_is_preferred_is_read_first(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=1)
    ordered(place, "pause")
    for number in (1, 2, 3):
        drop(place, f"{number}.pdf", number, pages=4 - number)
    with Daemon(place) as daemon:
        until(lambda: len(in_work(place)) == 3)
        ordered(place, "priority", "1", "--to", "5")
        ordered(place, "priority", "3", "--to", "-5")
        until(lambda: {each["priority"] for each in status_of(place)["running"]} == {5, 0, -5})
        ordered(place, "resume")
        daemon.wait_for("published", document="3.pdf")
        assert daemon.stop() == 0
    assert asked(sim) == [1, 1, 1, 2, 2, 3]


def test_all_pages_are_asked_again_also_the_good_ones(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=2)
    drop(place, "a.pdf", 1, pages=3)
    assert place.watch_once() == 0
    before = len(sim.chats)
    sim.set_rules(Rule(Fault.EMPTY, pages=(2,)))

    done = place.run("redo", "a", "--settings", str(place.file))

    assert done.code == 3, done.err
    assert {record.page for record in list(sim.chats)[before:]} == {1, 2, 3}
    assert deliveries_in(place.outbox)["a"].methods == {"vision": 2, "text_layer": 1}
    assert place.left_behind() == []


def test_a_result_stays_when_asking_for_all_of_its_pages_again_is_cancelled(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=1, web={"port": 0})
    drop(place, "a.pdf", 1)
    with Daemon(place) as daemon:
        url = str(daemon.wait_for("web_page")["url"])
        daemon.wait_for("published", document="a.pdf")
        before = {path: path.read_bytes() for path in place.outbox.glob("a.*")}
        assert post(url, "/api/pause")[0] == 202
        daemon.wait_for("paused", document="all")
        assert post(url, f"/api/documents/{ident_of(url, 'a.pdf', 'complete')}/redo")[0] == 202
        until(lambda: in_work(place) == {"a.pdf"})
        work = status_of(place)["running"][0]["ident"]
        assert post(url, f"/api/work/{work}/priority?value=x")[0] == 422
        assert post(url, f"/api/work/{work}/cancel")[0] == 202
        daemon.wait_for("cancelled", document="a.pdf")
        until(lambda: not status_of(place)["running"])
        assert post(url, f"/api/work/{work}/cancel")[0] == 404
        assert daemon.stop() == 0
    assert {path: path.read_bytes() for path in place.outbox.glob("a.*")} == before
    assert names_below(place.outbox / "failed") == []
    assert place.left_behind() == []


def test_outside_of_the_hours_documents_wait_and_that_is_said(tmp_path: Path, sim: Simulator) -> None:
    now = datetime.now().astimezone()
    away, here = (
        f"{now + timedelta(hours=first):%H:%M}-{now + timedelta(hours=last):%H:%M}" for first, last in ((2, 3), (-2, 2))
    )
    place = Place(tmp_path, server=sim.url, workers=2, hours=away)
    drop(place, "a.pdf", 1)
    with Daemon(place) as daemon:
        daemon.wait_for("hours_over")
        until(lambda: in_work(place) == {"a.pdf"})
        assert (
            f"The model is asked from {away}" in place.run("status", "--settings", str(place.file), COLUMNS="200").err
        )
        numbered_pdf(tmp_path / "now.pdf", 1, document=2)
        assert place.run("convert", "now.pdf", "-o", "made", "--settings", str(place.file)).code == 0
        assert set(asked(sim)) == {2}
    place.write_settings(hours=here)
    assert place.watch_once() == 0
    assert deliveries_in(place.outbox)["a"].outcome == "complete"


@pytest.mark.slow
def test_a_redo_and_exports_beside_a_running_daemon_leave_every_result_whole(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, workers=2)
    for number in (1, 2, 3):
        drop(place, f"{number}.pdf", number)
    assert place.watch_once() == 0
    with Daemon(place) as daemon:
        daemon.wait_for("started")
        for number in (4, 5, 6):  # new work, and one of the names that the command has in hand
            drop(place, f"{number}.pdf", number)
        drop(place, "2.pdf", 7)
        export = ("export", "1", "2", "3", "--to", "csv,markdown", "--settings", str(place.file))
        with ThreadPoolExecutor() as others:
            redone = others.submit(place.run, "redo", "--all", "--settings", str(place.file))
            exported = [place.run(*export)]
            while not redone.done():
                exported.append(place.run(*export))
        assert redone.result().code in {0, 3}, redone.result().err
        # 64: a result was being replaced just then, and that is said.
        assert {each.code for each in exported} <= {0, 64}, [each.err for each in exported if each.code]
        for name in ("4.pdf", "5.pdf", "6.pdf", "2.pdf"):
            daemon.wait_for("published", document=name)
        assert place.run(*export).code == 0
        assert daemon.stop() == 0
    found = deliveries_in(place.outbox)  # each is held against all that its manifest promises
    assert set(found) == {"1", "2", "2-2", "3", "4", "5", "6"}
    assert {each.outcome for each in found.values()} == {"complete"}
    assert [asked(sim).count(number) for number in (1, 2, 3)] == [4, 4, 4]
    assert place.left_behind() == []


@pytest.mark.slow
def test_a_selection_is_done_once_for_each_document_though_the_daemon_is_killed_in_its_middle(
    tmp_path: Path, sim: Simulator
) -> None:
    place = Place(tmp_path, server=sim.url, workers=1, engine="basic", web={"port": 0})
    names = [f"{number:02}.pdf" for number in range(1, 9)]
    for number, name in enumerate(names, 1):
        drop(place, name, number, pages=1)
    assert place.watch_once() == 0
    assert asked(sim) == []
    place.write_settings(engine="lmstudio")
    ordered(place, "pause")
    with Daemon(place) as daemon:
        url = str(daemon.wait_for("web_page")["url"])
        body = json.dumps({"documents": [name.removesuffix(".pdf") for name in names]}).encode()
        asking = Thread(target=_ask_without_answer, args=(url, body))
        asking.start()
        daemon.wait_for("tried_again")
        daemon.send(signal.SIGKILL)
        daemon.wait()
        asking.join()
    with Daemon(place) as daemon:
        until(lambda: len(status_of(place)["running"]) == len(names))
        ordered(place, "resume")
        daemon.wait_for("published", count=len(names))
        assert daemon.stop() == 0
    assert sorted(asked(sim), key=str) == sorted(range(1, len(names) + 1), key=str)
    assert {name: each.methods for name, each in deliveries_in(place.outbox).items()} == {
        name.removesuffix(".pdf"): {"vision": 1} for name in names
    }
    assert place.left_behind() == []


def _ask_without_answer(url: str, body: bytes) -> None:
    with suppress(OSError, HTTPException):  # the daemon is killed before it answers
        post(url, "/api/redo", body)
