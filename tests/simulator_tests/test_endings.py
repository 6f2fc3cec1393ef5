"""How a server, or a request through no fault of its own, comes to an end."""

import threading
import time

import pytest
from raw_http import RawClient, chat_body
from simulator import Fault, Latency, Mark, Rule, Setup, Simulator, mark_to_png

PNG = mark_to_png(Mark(document=7, page=2))


def test_a_full_cache_fails_the_neighbours() -> None:
    rules = (Rule(Fault.KV_FULL, pages=(9,), seconds=0.3),)
    with Simulator(Setup(dialect="llama.cpp", latency=Latency(seconds=20, first_token=0.0), rules=rules)) as sim:
        plain, stream, culprit = (RawClient(sim.root) for _ in range(3))
        with plain, stream, culprit:
            stream.request("POST", "/v1/chat/completions", chat_body(mark_to_png(Mark(0, 1)), stream=True))
            plain.request("POST", "/v1/chat/completions", chat_body(mark_to_png(Mark(0, 2))))
            sim.wait_until(lambda sim: sim.in_flight == 2)
            culprit.request("POST", "/v1/chat/completions", chat_body(mark_to_png(Mark(0, 9))))
            answers = [client.receive() for client in (plain, stream, culprit)]

    error = {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}
    assert [answer.status for answer in answers] == [500, 200, 500]
    assert answers[0].json() == answers[2].json() == {"error": error}
    assert answers[1].events()[-1] == {"error": error}
    assert not answers[1].done
    assert {record.outcome for record in sim.chats} == {"refused", "fault"}


def test_after_sigterm_streams_fall_silent_and_plain_requests_are_answered() -> None:
    with Simulator(Setup(dialect="llama.cpp", latency=Latency(seconds=1.0, first_token=0.1))) as sim:
        plain, stream = RawClient(sim.root), RawClient(sim.root)
        with plain, stream:
            stream.request("POST", "/v1/chat/completions", chat_body(PNG, stream=True))
            plain.request("POST", "/v1/chat/completions", chat_body(PNG))
            sim.wait_until(lambda sim: sim.in_flight == 2 and any(record.first_byte for record in sim.chats))
            ending = threading.Thread(target=sim.retire, args=(0.5,))
            ending.start()
            begun = time.monotonic()
            cut, whole = stream.receive(), plain.receive()
            ending.join()

    assert (cut.ended, cut.done) == ("closed", False)
    assert whole.status == 200
    assert time.monotonic() - begun >= 0.5


def test_a_killed_server_comes_back_on_its_port() -> None:
    with Simulator(Setup(rules=(Rule(Fault.HANG, times=1),))) as sim:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(PNG))
            sim.wait_until(lambda sim: sim.in_flight == 1)
            sim.die()
            assert client.receive().ended == "reset"
        with pytest.raises(ConnectionRefusedError):
            RawClient(sim.root)

        sim.revive()
        with RawClient(sim.root) as client:
            assert client.chat(chat_body(PNG)).status == 200
