from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Latency, Loading, Model, Setup, Simulator


@pytest.mark.parametrize("dialect", ["lmstudio", "llama.cpp"])
def test_no_more_pages_are_in_flight_than_the_server_says_it_has_slots(tmp_path: Path, dialect: str) -> None:
    with Simulator(Setup(dialect=dialect, slots=4, latency=Latency(seconds=0.2))) as sim:
        place = Place(tmp_path, server=sim.url, workers=5)
        for document in (1, 2):
            place.drop(lambda path, document=document: numbered_pdf(path, 8, document=document), f"{document}.pdf")  # type: ignore[misc]

        assert place.watch_once() == 0

        assert sim.peak_in_flight == 4
        assert all((record.waited or 0) < 0.1 for record in sim.chats)
        assert len(sim.chats) == 16
    assert {each.outcome for each in deliveries_in(place.outbox).values()} == {"complete"}


def test_the_settings_number_of_slots_is_kept_where_the_server_says_nothing(tmp_path: Path) -> None:
    with Simulator(Setup(dialect="plain", latency=Latency(seconds=0.2))) as sim:
        place = Place(tmp_path, servers=[{"url": sim.url, "slots": 2}], engine="lmstudio")
        place.drop(lambda path: numbered_pdf(path, 8), "r.pdf")

        assert place.watch_once() == 0

        assert sim.peak_in_flight == 2


def test_a_small_document_overtakes_a_large_one(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.4))) as sim:
        place = Place(tmp_path, server=sim.url)
        with Daemon(place) as daemon:
            place.drop(lambda path: numbered_pdf(path, 60), "book.pdf")
            sim.wait_until(lambda sim: len(sim.chats) >= 5, timeout=60)
            place.drop(lambda path: numbered_pdf(path, 1, document=1), "letter.pdf")

            daemon.wait_for("published", document="letter.pdf")

            before = [record for record in sim.chats if record.document == 0]
            assert len(before) < 40
            daemon.wait_for("published", document="book.pdf")
            assert daemon.stop() == 0
        assert sim.peak_in_flight == 5
    assert {each.outcome for each in deliveries_in(place.outbox).values()} == {"complete"}


def test_pages_of_all_open_documents_are_interleaved(tmp_path: Path) -> None:
    with Simulator(Setup(slots=4, latency=Latency(seconds=0.1))) as sim:
        place = Place(tmp_path, server=sim.url, workers=4)
        for document in (1, 2):
            place.drop(lambda path, document=document: numbered_pdf(path, 20, document=document), f"{document}.pdf")  # type: ignore[misc]

        assert place.watch_once() == 0

        first_half = [record.document for record in sim.chats[:20]]
        assert set(first_half) == {1, 2}


def test_a_workers_connection_is_kept_for_all_of_its_pages(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 40), "r.pdf")

        assert place.watch_once() == 0

        assert len({record.connection for record in sim.chats}) <= 5
        assert len(sim.chats) == 40
        assert {record.headers["connection"] for record in sim.chats} == {"keep-alive"}


def test_every_log_line_of_a_page_names_its_document_and_its_page(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        place = Place(tmp_path, server=sim.url, log={"level": "debug", "format": "json"})
        names = ["a.pdf", "b.pdf", "c.pdf"]
        place.drop(lambda path: numbered_pdf(path, 7), *names)
        with Daemon(place, "--once") as daemon:
            assert daemon.wait() == 0

            done = daemon.of("page_done")
            of_documents = [line for event in ("claimed", "begun", "published") for line in daemon.of(event)]
            assert not daemon.of("not_json")
            assert all({"event", "level", "timestamp"} <= line.keys() for line in daemon.lines)
    assert {(line["document"], line["page"]) for line in done} == {
        (name, page) for name in names for page in range(1, 8)
    }
    assert len(done) == 21
    assert all(line["document"] in names for line in of_documents)
    assert len(of_documents) == 9


@pytest.mark.parametrize("dialect", ["lmstudio", "llama.cpp", "plain"])
def test_a_server_that_has_another_model_now_costs_one_page_and_is_asked_before_the_next(
    tmp_path: Path, dialect: str
) -> None:
    first, second = Model(id="qwen2.5-vl-7b-instruct"), Model(id="olmocr-2-7b-1025")
    loading = Loading(on_demand=False)
    with Simulator(Setup(dialect=dialect, models=(first,), loading=loading)) as sim:
        place = Place(tmp_path, server=sim.url, workers=1)
        with Daemon(place) as daemon:
            place.drop(lambda path: numbered_pdf(path, 1), "before.pdf")
            daemon.wait_for("published", document="before.pdf")
            sim.die()
            with Simulator(Setup(port=sim.port, dialect=dialect, models=(second,), loading=loading)) as other:
                place.drop(lambda path: numbered_pdf(path, 5, document=1), "after.pdf")
                daemon.wait_for("published", document="after.pdf")

                assert [record.model for record in other.chats if record.page] == [first.id, *[second.id] * 4]
    reasons = deliveries_in(place.outbox)["after"].reasons
    assert list(reasons.values()) == ["refused"]
