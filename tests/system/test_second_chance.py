"""Pages that fell back for a reason that passes, asked once more at the end of their document."""

from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator


@pytest.mark.slow
def test_a_server_that_is_killed_and_comes_back_in_time_costs_no_page(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.3))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 40), "r.pdf")
        with Daemon(place, "--once") as daemon:
            sim.wait_until(lambda sim: len(sim.chats) >= 12, timeout=60)
            sim.die()
            daemon.wait_for("falling_back")
            sim.revive()

            assert daemon.wait() == 0

    found = delivery_of(place.outbox / "r.json")
    assert found.methods == {"vision": 40}
    assert found.reasons == {}
    # The failed requests are told of, too.
    assert any(page.outcomes[0] != "ok" and page.outcomes[-1] == "ok" for page in found.pages)


@pytest.mark.slow
def test_errors_and_silences_at_first_cost_no_page_and_a_lasting_silence_only_its_own(tmp_path: Path) -> None:
    rules = (
        Rule(Fault.PLAIN_500, pages=(3, 17), attempts=(1,)),
        Rule(Fault.HANG, pages=(8, 25), attempts=(1,)),
        Rule(Fault.HANG, pages=(30,)),
    )
    with Simulator(Setup(slots=5, rules=rules)) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"page": 10})
        place.drop(lambda path: numbered_pdf(path, 40), "r.pdf")

        assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    assert found.methods == {"vision": 39, "text_layer": 1}
    assert found.reasons == {30: "timeout"}
    assert found.pages[29].outcomes == ("timeout", "timeout")
    assert found.convert_s < 18


def test_a_server_that_never_answered_delays_nothing(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.PLAIN_500),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")

        assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == {1: "refused", 2: "refused"}
    assert found.convert_s < 8  # a second chance may take fifteen seconds
