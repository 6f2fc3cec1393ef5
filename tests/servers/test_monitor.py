"""Servers are asked by threads of their own, and their models loaded before the first page."""

import queue

import pytest
from simulator import Loading, Model, Setup, Simulator
from structlog.testing import capture_logs
from vision.scripted import answering, http, serving

from pipeline.servers.facts import ServerFacts
from pipeline.servers.monitor import ServerMonitor
from pipeline.servers.server_book import ServerEntry


def test_a_model_that_is_not_loaded_is_loaded_once_before_the_server_is_said_to_be_ready() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    setup = Setup(models=(Model(loaded=False),), loading=Loading(seconds=0.3))
    with Simulator(setup) as sim:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)

        monitor.ask(ServerEntry(url=sim.url))
        facts = answers.get(timeout=60)
        monitor.stop()

        assert facts.usable
        assert facts.loaded
        assert sim.loads == 1
        assert len(sim.chats) == 1


def test_a_model_that_is_loaded_is_asked_nothing() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    with Simulator(Setup()) as sim:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)

        monitor.ask(ServerEntry(url=sim.url))
        facts = answers.get(timeout=60)
        monitor.stop()

        assert facts.usable
        assert sim.chats == ()


def test_a_look_loads_no_model() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    with Simulator(Setup(models=(Model(loaded=False),))) as sim:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)

        monitor.look(ServerEntry(url=sim.url))
        facts = answers.get(timeout=60)
        monitor.stop()

        assert (facts.usable, facts.loaded) == (True, False)
        assert (sim.loads, sim.chats) == (0, ())


def test_a_server_that_neither_lists_models_nor_answers_is_of_no_use() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    with serving(answering(http(b'{"error": "not found"}', status="404 Not Found"))) as server:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)

        monitor.ask(ServerEntry(url=server.url))
        facts = answers.get(timeout=60)
        monitor.stop()

    assert not facts.usable
    assert "404" in (facts.problem or "")


def test_a_fault_in_asking_is_told_as_the_servers_problem_and_it_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    with Simulator(Setup()) as sim, capture_logs() as lines:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)
        with monkeypatch.context() as patch:
            patch.setattr("pipeline.servers.listings.choose_model", lambda *_: 1 // 0)
            monitor.ask(ServerEntry(url=sim.url))
            first = answers.get(timeout=60)

        monitor.ask(ServerEntry(url=sim.url))
        second = answers.get(timeout=60)
        monitor.stop()

    assert "a fault of the program" in (first.problem or "")
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["fault_in_asking"]
    assert second.usable


def test_a_server_that_loads_for_long_holds_up_no_other() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    slow = Setup(models=(Model(loaded=False),), loading=Loading(seconds=3))
    with Simulator(slow) as loading, Simulator(Setup()) as ready:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)

        monitor.ask(ServerEntry(url=loading.url))
        monitor.ask(ServerEntry(url=ready.url))

        assert [answers.get(timeout=60).url for _ in range(2)] == [ready.url, loading.url]
        monitor.stop()


def test_nothing_is_posted_after_the_end() -> None:
    answers = queue.SimpleQueue[ServerFacts]()
    slow = Setup(models=(Model(loaded=False),), loading=Loading(seconds=1.5))
    with Simulator(slow) as sim:
        monitor = ServerMonitor(timeout_s=5, post=answers.put)
        monitor.ask(ServerEntry(url=sim.url))
        sim.wait_until(lambda each: len(each.chats) == 1)

        monitor.stop()
        for thread in monitor._threads:  # noqa: SLF001 — to see that it ends by itself, later
            thread.join(20)

        assert answers.empty()
