import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from daemons import Daemon, Place, names_below, until
from delivery import deliveries_in, delivery_of, manifests_in
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator


def asked(sim: Simulator) -> Counter[int | None]:
    """How often each page was asked for."""
    return Counter(record.page for record in sim.chats)


def journaled(place: Place) -> int:
    """Finished pages in the working state."""
    return len(list(place.outbox.glob(".dropleaf/work/*/pages/*.json")))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_pages_in_flight_finish_and_the_next_start_asks_for_the_others(
    tmp_path: Path, number: signal.Signals
) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=1))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 12), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
            # Late files stay where they are.
            daemon.send(number)
            daemon.wait_for("stopping")
            place.drop(lambda path: numbered_pdf(path, 1), "late.pdf")

            assert daemon.wait() == 0

            assert daemon.of("stopped")
            assert not daemon.of("not_json")
        assert list(asked(sim).values()) == [1] * 5  # which ones depends on what the first workers have drawn ahead
        assert journaled(place) == 5
        assert names_below(place.outbox) == []
        assert (place.inbox / "late.pdf").exists()
        assert [name for name in place.left_behind() if "/work/" not in name] == []

        assert place.watch_once() == 0

        assert asked(sim) == Counter(range(1, 13)) + Counter([1])  # 1 is late.pdf's, too
    assert delivery_of(place.outbox / "r.json").outcome == "complete"
    assert place.left_behind() == []


def test_what_does_not_finish_within_the_grace_is_ended(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, pages=(1, 2)),))) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"stop": 1})
        place.drop(lambda path: numbered_pdf(path, 5), "r.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("page_done", count=3)

            asked_at = time.monotonic()
            assert daemon.stop() == 0

            assert 1 <= time.monotonic() - asked_at < 4
        assert journaled(place) == 3
        sim.set_rules()

        assert place.watch_once() == 0

        assert asked(sim) == Counter({1: 2, 2: 2, 3: 1, 4: 1, 5: 1})
    assert delivery_of(place.outbox / "r.json").outcome == "complete"


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"stop": 600})
        place.drop(lambda path: numbered_pdf(path, 5), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
            daemon.send(signal.SIGINT)
            daemon.wait_for("stopping")

            asked_at = time.monotonic()
            assert daemon.stop(signal.SIGINT) == 0

            assert time.monotonic() - asked_at < 4
    assert journaled(place) == 0


def test_an_idle_daemon_stops_at_once_and_leaves_no_working_state(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

        assert daemon.stop() == 0

        assert not daemon.of("not_json")
    assert place.left_behind() == []


def test_no_worker_outlives_a_killed_daemon(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 5), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
            assert len(daemon.workers()) == 5

            daemon.send(signal.SIGKILL)

            until(lambda: not daemon.processes(), timeout=1)
            assert daemon.wait() == -signal.SIGKILL


def test_after_a_kill_only_unfinished_pages_are_asked_for_and_it_is_published_once(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, pages=(2, 7)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 9), "r.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("page_done", count=7)
            until(lambda: journaled(place) == 7)
            assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
        sim.set_rules()

        assert place.watch_once() == 0

        assert asked(sim) == Counter(dict.fromkeys(range(1, 10), 1) | {2: 2, 7: 2})
    found = deliveries_in(place.outbox)
    assert list(found) == ["r"]
    assert found["r"].outcome == "complete"
    assert place.left_behind() == []


def test_a_second_daemon_on_the_same_outbox_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

        second = place.run("watch", "--once")

        assert second.code == 70
        assert f"pid {daemon.pid}" in second.err
        assert second.out == ""
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
        daemon.wait_for("published", document="r.pdf")
        assert daemon.stop() == 0


def test_two_daemons_with_outboxes_of_their_own_share_an_inbox_without_doubling(tmp_path: Path) -> None:
    place = Place(tmp_path, workers=2)
    other = tmp_path / "other"
    with Daemon(place) as first, Daemon(place, "--outbox", str(other)) as second:
        for daemon in (first, second):
            daemon.wait_for("inbox_watched")

        names = [f"{number}.pdf" for number in range(20)]
        place.drop(lambda path: numbered_pdf(path, 1), *names)

        until(lambda: len(manifests_in(place.outbox)) + len(manifests_in(other)) == len(names))
        assert first.stop() == 0
        assert second.stop() == 0
        assert not first.of("claim_failed")
        assert not second.of("claim_failed")
    found = [*deliveries_in(place.outbox), *deliveries_in(other)]
    assert sorted(found) == sorted(name.removesuffix(".pdf") for name in names)


@pytest.mark.slow
def test_a_daemon_that_is_killed_again_and_again_loses_no_document(tmp_path: Path) -> None:
    names = [f"{number}.pdf" for number in range(12)]
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 3), *names)
        for delay in (0.05, 0.15, 0.3):
            with Daemon(place) as daemon:
                daemon.wait_for("begun")
                threading.Event().wait(delay)
                daemon.stop(signal.SIGKILL)

        assert place.watch_once() == 0

        # Each kill costs at most the pages that five workers had.
        assert 36 <= len(sim.chats) <= 36 + 3 * 5
    found = deliveries_in(place.outbox)
    assert sorted(found) == sorted(name.removesuffix(".pdf") for name in names)
    assert {each.outcome for each in found.values()} == {"complete"}
    assert place.left_behind() == []
