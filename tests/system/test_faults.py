import json
import socket
import time
from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Mark, Model, Rule, Setup, Simulator, mark_to_sheet

#: What a page falls back for when the server answers it so, always.
REASONS = {
    Fault.EMPTY: "empty",
    Fault.BLANK: "empty",
    Fault.LENGTH: "truncated",
    Fault.CLOSE_IN_BODY: "truncated",
    Fault.RESET_IN_BODY: "truncated",
    Fault.HALF_WITHOUT_END: "truncated",
    Fault.CONTENT_FILTER: "refused",
    Fault.FINISH_ERROR: "refused",
    Fault.LOOP_CELL: "repetitive",
    Fault.LOOP_PARAGRAPH: "repetitive",
    Fault.COUNTING: "repetitive",
    Fault.HTML: "malformed",
    Fault.CUT_JSON: "truncated",
    Fault.HUGE: "repetitive",
    Fault.SERVER_ERROR: "refused",
    Fault.PLAIN_500: "refused",
    Fault.FLAT_ERROR: "refused",
    Fault.DETAIL: "refused",
    Fault.ERROR_OBJECT: "refused",
    Fault.BAD_IMAGE: "refused",
    Fault.PROSE_REFUSAL: "refused",
    Fault.OVERFLOW: "refused",
}


#: What costs nothing: the answer is whole, whatever the server says of its end.
WHOLE = (Fault.NO_DONE, Fault.NO_FINISH, Fault.NO_END)
#: What the manifest says of the attempt, where it is not the reason of the fallback.
OUTCOMES = {Fault.CONTENT_FILTER: "content_filter", Fault.FINISH_ERROR: "server_error"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_each_fault_of_an_answer_costs_its_own_page_only_and_is_named(tmp_path: Path) -> None:
    # Every second page is sound, so that no fault could be mistaken for the server's death.
    rules = tuple(Rule(fault, pages=(2 * index + 1,)) for index, fault in enumerate((*REASONS, *WHOLE)))
    with Simulator(Setup(slots=5, rules=rules)) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2 * len(rules)), "r.pdf")

        assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    named = {fault: found.reasons.get(2 * index + 1) for index, fault in enumerate(REASONS)}
    assert named == REASONS
    assert found.methods == {"vision": len(REASONS) + 2 * len(WHOLE), "text_layer": len(REASONS)}
    assert all(page.tables == 1 and page.text for page in found.pages)
    notices = [page.notice for page in found.pages if page.notice]
    pages = json.loads((place.outbox / "r.json").read_text())["pages"]
    faulty = dict(zip((*REASONS, *WHOLE), pages[::2], strict=True))
    assert {fault: faulty[fault]["attempts"][-1]["outcome"] for fault in OUTCOMES} == OUTCOMES
    assert {fault for fault, page in faulty.items() if "did not say" in str(page.get("warnings"))} == {Fault.NO_END}
    assert len(notices) == len(REASONS)
    assert all(notice.startswith("Fallback: ") for notice in notices)
    assert place.left_behind() == []


def test_faults_that_pass_cost_nothing(tmp_path: Path) -> None:
    passing = (Fault.RESET, Fault.CLOSE, Fault.BUSY, Fault.RATE_LIMIT, Fault.MTMD, Fault.EMPTY, Fault.CLOSE_IN_BODY)
    rules = tuple(Rule(fault, pages=(2 * index + 1,), attempts=(1,)) for index, fault in enumerate(passing))
    with Simulator(Setup(slots=5, rules=rules)) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2 * len(passing)), "r.pdf")

        assert place.watch_once() == 0

        assert len(sim.chats) == 3 * len(passing)
    assert delivery_of(place.outbox / "r.json").outcome == "complete"


def test_without_a_server_every_page_is_read_from_the_pdf_at_once(tmp_path: Path) -> None:
    place = Place(tmp_path, server=f"http://127.0.0.1:{free_port()}/v1")
    place.drop(lambda path: numbered_pdf(path, 8), "r.pdf")

    assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == dict.fromkeys(range(1, 9), "unreachable")
    assert found.methods == {"text_layer": 8}
    assert all("no model server could be reached" in (page.notice or "") for page in found.pages)
    assert found.convert_s < 10


def test_a_server_that_dies_in_the_middle_costs_no_page_that_it_had_answered(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.2))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 30), "r.pdf")
        with Daemon(place, "--once") as daemon:
            daemon.wait_for("page_done", count=6)

            sim.die()

            assert daemon.wait() == 0
    found = delivery_of(place.outbox / "r.json")
    assert set(found.reasons.values()) <= {"unreachable", "truncated"}
    assert found.methods["vision"] >= 6
    assert found.methods["vision"] + found.methods["text_layer"] == 30


@pytest.mark.parametrize("there_at_first", [False, True])
def test_pages_wait_for_a_server_where_they_are_told_to(tmp_path: Path, *, there_at_first: bool) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.3))) as sim:
        if not there_at_first:
            sim.die()
        place = Place(tmp_path, server=sim.url, when_unreachable="wait")
        place.drop(lambda path: numbered_pdf(path, 10), "r.pdf")
        with Daemon(place, "--once") as daemon:
            if there_at_first:
                sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
                sim.die()
            daemon.wait_for("server_unusable")

            sim.revive()

            assert daemon.wait() == 0
    assert delivery_of(place.outbox / "r.json").methods == {"vision": 10}


def test_when_one_of_two_servers_dies_no_page_falls_back(tmp_path: Path) -> None:
    setup = Setup(slots=3, latency=Latency(seconds=0.3))
    with Simulator(setup) as mortal, Simulator(setup) as sound:
        place = Place(tmp_path, servers=[{"url": mortal.url}, {"url": sound.url}], engine="lmstudio", workers=6)
        place.drop(lambda path: numbered_pdf(path, 40), "r.pdf")
        with Daemon(place, "--once") as daemon:
            mortal.wait_until(lambda sim: len(sim.chats) >= 9, timeout=60)

            mortal.die()

            assert daemon.wait() == 0
        assert sound.peak_in_flight == 3
    found = delivery_of(place.outbox / "r.json")
    assert found.outcome == "complete"
    assert found.methods == {"vision": 40}
    assert {server for page in found.pages for server in page.servers} == {mortal.url, sound.url}


def test_a_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        sim.die()
        place = Place(tmp_path, server=sim.url, retry={"automatic": False})
        with Daemon(place) as daemon:
            daemon.wait_for("server_unusable")
            place.drop(lambda path: numbered_pdf(path, 1), "before.pdf")
            daemon.wait_for("published", document="before.pdf")

            sim.revive()
            revived_at = time.monotonic()
            daemon.wait_for("server_ready")
            place.drop(lambda path: numbered_pdf(path, 1), "after.pdf")
            daemon.wait_for("published", document="after.pdf")

            assert time.monotonic() - revived_at < 20
            assert daemon.stop() == 0
    assert delivery_of(place.outbox / "before.json").reasons == {1: "unreachable"}
    assert delivery_of(place.outbox / "after.json").outcome == "complete"


@pytest.mark.parametrize(("context", "outcomes"), [(1300, ["refused", "ok"]), (600, ["refused", "refused"])])
def test_a_page_that_the_server_cut_in_silence_is_asked_smaller_or_falls_back(
    tmp_path: Path, context: int, outcomes: list[str]
) -> None:
    model = Model(id="qwen2.5vl:7b", loaded=False, context=context)
    with Simulator(Setup(dialect="ollama", models=(model,))) as sim:
        place = Place(tmp_path, server=sim.url, faithful="off")
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")

        assert place.watch_once() == 0

    [page] = delivery_of(place.outbox / "r.json").pages
    assert list(page.outcomes) == outcomes
    title = mark_to_sheet(Mark(document=0, page=1)).title
    assert title in page.text
    if outcomes[-1] != "ok":
        assert page.reason == "refused"
        assert "OLLAMA_CONTEXT_LENGTH" in page.detail
