"""Slots, the line before them, times, and what becomes of requests whose clients leave."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from time import monotonic, sleep

import pytest
from raw_http import RawClient, RawResponse, chat_body
from simulator import Ask, Fault, Latency, Loading, Mark, Model, Record, Rule, Setup, Simulator, mark_to_png
from simulator import picture_name as named


def pages(count: int, first: int = 1) -> list[bytes]:
    return [mark_to_png(Mark(document=0, page=page)) for page in range(first, first + count)]


def asked(sim: Simulator, pictures: list[bytes], *, stream: bool = True) -> list[RawResponse]:
    """All pages at once, each over a connection of its own."""

    def ask(picture: bytes) -> RawResponse:
        with RawClient(sim.root) as client:
            return client.chat(chat_body(picture, stream=stream))

    with ThreadPoolExecutor(len(pictures)) as threads:
        return list(threads.map(ask, pictures))


def has_read(number: int, sim: Simulator) -> bool:
    return len(sim.chats) == number and sim.chats[-1].page is not None


def waiting_clients(sim: Simulator, count: int, *, stream: bool) -> tuple[ExitStack, list[RawClient]]:
    """So many clients that have sent one page each, in order."""
    stack = ExitStack()
    clients = []
    for number, page in enumerate(pages(count), 1):
        client = stack.enter_context(RawClient(sim.root))
        client.request("POST", "/v1/chat/completions", chat_body(page, stream=stream))
        sim.wait_until(partial(has_read, number))
        clients.append(client)
    return stack, clients


def test_more_requests_than_slots_wait_in_line() -> None:
    with Simulator(Setup(dialect="llama.cpp", latency=Latency(seconds=0.3))) as sim:
        answers = asked(sim, pages(8))

        records = sorted(sim.chats, key=lambda record: record.started or 0)
    assert all(answer.done for answer in answers)
    assert sim.peak_in_flight == 4
    assert [record.number for record in records] == sorted(record.number for record in records)
    free = min(record.ended or 0 for record in records[:4])
    assert all((record.started or 0) >= free > 0 for record in records[4:])


def test_listings_answer_while_all_slots_are_busy() -> None:
    with Simulator(Setup(dialect="llama.cpp", rules=(Rule(Fault.HANG),))) as sim:
        stack, _ = waiting_clients(sim, 6, stream=True)
        with stack, RawClient(sim.root) as client:
            sim.wait_until(lambda sim: (sim.in_flight, sim.waiting) == (4, 2))
            metrics = client.ask("GET", "/metrics").body.decode()

    assert "llamacpp:requests_processing 4\n" in metrics
    assert "llamacpp:requests_deferred 2\n" in metrics


@pytest.mark.parametrize("slots", [1, 5, 32])
def test_every_page_gets_its_own_answer(slots: int) -> None:
    pictures = pages(32)
    with Simulator(Setup(slots=slots)) as sim:
        answers = asked(sim, pictures)

    texts = [answer.body.decode().replace('"}', "") for answer in answers]
    for picture, text in zip(pictures, texts, strict=True):
        assert [named(other) for other in pictures if named(other) in text] == [named(picture)]


def test_a_streaming_client_that_leaves_frees_its_slot_at_once() -> None:
    with Simulator(Setup(dialect="llama.cpp", slots=1, rules=(Rule(Fault.STALL, times=1),))) as sim:
        stack, clients = waiting_clients(sim, 2, stream=True)
        with stack:
            clients[0].close()
            left = monotonic()
            assert clients[1].receive().done

            assert monotonic() - left < 2
            assert sim.chats[0].outcome == "disconnected"


def test_a_plain_client_that_leaves_is_noticed_after_a_quiet_while() -> None:
    rules = (Rule(Fault.HANG, pages=(1,)),)
    with Simulator(Setup(dialect="llama.cpp", slots=2, plain_notice=0.4, rules=rules)) as sim:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(*pages(1)))
            sim.wait_until(lambda sim: sim.in_flight == 1)
        sim.wait_until(lambda sim: sim.open_connections == 0)
        sim.wait_until(lambda sim: sim.in_flight == 0)

        record = sim.chats[0]
    assert ended(record) - left(record) >= 0.39


def test_a_monitor_that_asks_for_slots_hides_a_disconnect() -> None:
    rules = (Rule(Fault.HANG, pages=(1,)),)
    with Simulator(Setup(dialect="llama.cpp", plain_notice=0.3, rules=rules)) as sim, RawClient(sim.root) as monitor:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(*pages(1)))
            sim.wait_until(lambda sim: sim.in_flight == 1)
        sim.wait_until(lambda sim: sim.open_connections == 1)
        until = monotonic() + 0.9
        while monotonic() < until:
            monitor.ask("GET", "/slots")
            sleep(0.05)
        assert sim.in_flight == 1

        sim.wait_until(lambda sim: sim.in_flight == 0)


def test_a_plain_client_that_leaves_llama_cpp_python_is_never_noticed() -> None:
    with Simulator(Setup(dialect="llama-cpp-python", latency=Latency(seconds=0.5))) as sim:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(*pages(1)))
            sim.wait_until(lambda sim: sim.in_flight == 1)
        sim.wait_until(lambda sim: sim.in_flight == 0)

        record = sim.chats[0]
    assert ended(record) - record.arrived >= 0.49
    assert record.outcome == "disconnected"


def test_lm_studio_finishes_the_prompt_of_a_client_that_left() -> None:
    with Simulator(Setup(latency=Latency(seconds=10, first_token=0.05))) as sim:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(*pages(1), stream=True))
            sim.wait_until(lambda sim: sim.in_flight == 1)
        sim.wait_until(lambda sim: sim.in_flight == 0)

        record = sim.chats[0]
    assert 0.49 <= ended(record) - record.arrived < 5


def test_a_client_that_leaves_the_line_takes_no_slot() -> None:
    with Simulator(Setup(slots=1, rules=(Rule(Fault.HANG, pages=(1,)),))) as sim:
        stack, clients = waiting_clients(sim, 3, stream=True)
        with stack:
            clients[1].close()
            sim.wait_until(lambda sim: sim.waiting == 1)
            clients[0].close()

            assert clients[2].receive().done
    assert [record.started is None for record in sim.chats] == [False, True, False]


def test_a_picture_that_is_encoded_halts_every_stream() -> None:
    with Simulator(Setup(slots=4, latency=Latency(seconds=0.4, encode=0.3))) as sim:
        asked(sim, pages(3))

        times = sorted(ended(record) - record.arrived for record in sim.chats)
    assert times[0] >= 0.69
    assert times[2] >= 1.2


def test_the_same_picture_twice_comes_from_the_cache() -> None:
    setup = Setup(latency=Latency(seconds=0.5, first_token=0.9), prompt_cache=True)
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answers = [client.chat(chat_body(*pages(1), stream=stream)) for stream in (False, True)]
        first, second = sim.chats

    assert ended(first) - first.arrived >= 0.49
    assert ended(second) - second.arrived < 0.4
    assert b'"cached_tokens":0' in answers[0].body
    assert b'"cached_tokens":0' not in answers[1].body


def test_first_requests_that_race_each_load_a_copy() -> None:
    setup = Setup(models=(Model(id="vision", loaded=False),), loading=Loading(seconds=0.3))
    with Simulator(setup) as sim:
        asked(sim, pages(3))

        with RawClient(sim.root) as client:
            listed = client.ask("GET", "/api/v1/models").body.decode()
    assert sim.loads == 3
    assert '"vision:2"' in listed
    assert '"vision:3"' in listed


def test_rules_and_answers_can_be_changed_while_it_runs() -> None:
    def shout(ask: Ask) -> str:
        return f"PAGE {ask.mark.page if ask.mark else '?'}"

    with Simulator() as sim, RawClient(sim.root) as client:
        sim.set_rules(Rule(Fault.SERVER_ERROR, attempts=(1,)))
        sim.set_answer(shout)
        statuses = [client.chat(chat_body(*pages(1, 5))).status for _ in range(2)]
        answer = client.chat(chat_body(*pages(1, 5)))

    assert statuses == [500, 200]
    assert b"PAGE 5" in answer.body
    assert [record.attempt for record in sim.chats] == [1, 2, 3]


def test_a_loop_takes_as_long_as_its_tokens() -> None:
    setup = Setup(latency=Latency(seconds=0, tokens_per_second=1000), rules=(Rule(Fault.COUNTING),))
    with Simulator(setup) as sim:
        with RawClient(sim.root) as client:
            answer = client.chat(chat_body(*pages(1), stream=True, max_tokens=300))
        record = sim.chats[0]

    assert len(answer.events()) > 100
    assert ended(record) - record.arrived >= 0.2


def test_a_half_closed_connection_keeps_its_slot_until_the_client_leaves() -> None:
    with Simulator(Setup(dialect="llama.cpp", rules=(Rule(Fault.HALF_CLOSE),))) as sim:
        with RawClient(sim.root) as client:
            assert client.chat(chat_body(*pages(1), stream=True)).ended == "closed"
            assert sim.in_flight == 1
        sim.wait_until(lambda sim: sim.in_flight == 0)


def test_an_answer_that_cannot_be_made_up_is_told_and_resets_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_ask: Ask) -> str:
        raise LookupError("no such page")

    with Simulator(Setup(answer=fail)) as sim, RawClient(sim.root) as client:
        assert client.chat(chat_body(*pages(1))).ended == "reset"

    assert "no such page" in caplog.text


def test_waiting_for_what_does_not_come_fails() -> None:
    with Simulator() as sim, pytest.raises(TimeoutError, match="in flight 0"):
        sim.wait_until(lambda sim: sim.in_flight == 1, timeout=0.05)


def test_pipelined_requests_are_answered_in_order() -> None:
    with Simulator(Setup(dialect="plain", latency=Latency(seconds=0.05))) as sim, RawClient(sim.root) as client:
        for page in pages(3):
            client.request("POST", "/v1/chat/completions", chat_body(page))
        sim.wait_until(lambda sim: sum(record.ended is not None for record in sim.chats) == 3)

    assert [record.page for record in sim.chats] == [1, 2, 3]
    assert all(ended(before) <= after.arrived for before, after in itertools.pairwise(sim.chats))


def ended(record: Record) -> float:
    assert record.ended is not None
    return record.ended


def left(record: Record) -> float:
    assert record.left is not None
    return record.left
