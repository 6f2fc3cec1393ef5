import json
from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

# "True to within a second", and some room for a machine that does three other things.
ROOM_S = 1.5


def test_a_pages_time_is_kept_against_every_kind_of_silence(tmp_path: Path) -> None:
    silences = (Fault.DRIP, Fault.HEADERS_ONLY, Fault.HANG, Fault.STALL, Fault.STALL_BEFORE_TOKEN, Fault.DRIP_HEADERS)
    rules = tuple(Rule(fault, pages=(page,)) for page, fault in enumerate(silences, 1))
    with Simulator(Setup(slots=8, rules=rules)) as sim:
        place = Place(tmp_path, server=sim.url, workers=8, timeouts={"page": 2})
        place.drop(lambda path: numbered_pdf(path, len(silences) + 2), "r.pdf")

        assert place.watch_once() == 0

        sim.wait_until(lambda sim: sim.in_flight == 0)  # every silent slot is free again
    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == {number: "timeout" for number, _ in enumerate(silences, 1)}
    assert found.methods == {"text_layer": len(silences), "vision": 2}
    attempts = [page["attempts"] for page in json.loads((place.outbox / "r.json").read_text())["pages"]]
    for page, (first, again) in zip(found.pages, attempts[: len(silences)], strict=False):
        assert 1.9 <= first["request_s"] < 2 + ROOM_S, page
        assert 0.9 <= again["request_s"] < 1 + ROOM_S, page  # a second chance has half of the time
        assert page.notice is not None
        assert page.tables == 1
    assert found.convert_s < 2 + 1 + 2 * ROOM_S


def test_a_worker_that_does_not_come_back_is_killed_in_time(tmp_path: Path) -> None:
    with Simulator(Setup(slots=2, rules=(Rule(Fault.HANG, pages=(1,)),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1, timeouts={"page": 2})
        place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")
        with Daemon(place, "--once") as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 1, timeout=60)
            [worker] = daemon.workers()

            worker.suspend()

            assert daemon.wait() == 0
            assert daemon.wait_for("worker_overdue")["page"] == 1
    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == {1: "timeout"}
    assert found.methods == {"text_layer": 1, "vision": 2}
    assert found.convert_s < 2 + 2 * ROOM_S


def test_a_documents_time_is_kept_against_a_server_that_drips(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, rules=(Rule(Fault.DRIP),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=3, timeouts={"document": 2})
        place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")

        assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == dict.fromkeys((1, 2, 3), "document_deadline")
    assert found.methods == {"text_layer": 3}
    assert all("the document's time was over" in (page.notice or "") for page in found.pages)
    assert 2 <= found.convert_s < 2 + ROOM_S


@pytest.mark.slow
def test_every_further_round_of_workers_adds_as_much_to_a_documents_time(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, rules=(Rule(Fault.HANG, pages=(1, 2)),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, timeouts={"document": 1.5})
        place.drop(lambda path: numbered_pdf(path, 4), "r.pdf")

        assert place.watch_once() == 0

        assert {record.page for record in sim.chats} == {1, 2}
    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == dict.fromkeys((1, 2, 3, 4), "document_deadline")
    assert 3 <= found.convert_s < 3 + ROOM_S


@pytest.mark.slow
def test_time_that_a_document_waits_for_others_is_not_its_own(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, latency=Latency(seconds=0.7))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1, timeouts={"document": 2})
        place.drop(lambda path: numbered_pdf(path, 1), *(f"{number}.pdf" for number in range(5)))

        assert place.watch_once() == 0

    outcomes = [delivery_of(place.outbox / f"{number}.json").outcome for number in range(5)]
    assert outcomes == ["complete"] * 5
