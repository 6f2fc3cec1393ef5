"""The simulator's parts without a socket: latency, rules, steps, requests, answers, lines, the command line."""

import json
import math

import pytest
from raw_http import chat_body
from simulator import Fault, Latency, Mark, Rule, ideal_makespan, mark_to_sheet
from simulator.answers import counting, huge_text, looping_cell, taken
from simulator.arguments import arguments_to_setup, fault_to_rule
from simulator.chat import body_to_ask
from simulator.drafts import text_to_pieces, text_to_tokens
from simulator.errors import AT_ONCE, AT_WORK
from simulator.journal import Record
from simulator.lines import Style, record_to_line
from simulator.nonsense import NONSENSE
from simulator.rules import Facts, RuleBook, RuleError, json_to_rules, rule_to_json, seeded_dice
from simulator.silences import SILENCES
from simulator.steps import Hang, Reset, Send, Step, Wait, cut_after, dripped, sent
from simulator.wire import MalformedRequestError, Request, RequestReader

FACTS = Facts(number=4, attempt=2, page=3, document=7, elapsed=10.0, dice=0.5)


def test_a_constant_latency_draws_the_same_for_every_page() -> None:
    assert Latency(seconds=2).draw("7/1") == Latency(seconds=2).draw("7/2") == 2


def test_a_page_draws_the_same_time_whatever_was_drawn_before() -> None:
    latency = Latency(seconds=1, spread=0.5, tail=0.1, seed=3)
    times = [latency.draw(f"0/{page}") for page in range(1, 1001)]

    assert times == [latency.draw(f"0/{page}") for page in range(1, 1001)]
    assert sum(times[:500]) != sum(times[500:])
    assert 0.8 < sorted(times)[500] < 1.3
    assert max(times) > 6


def test_an_answer_is_split_into_the_time_before_and_after_its_first_token() -> None:
    assert Latency(seconds=2, first_token=0.25).split("x", 100) == (0.5, 1.5)
    assert Latency(seconds=2, tokens_per_second=50).split("x", 100) == (2, 2)


def test_the_ideal_makespan_is_that_of_a_list_schedule() -> None:
    assert ideal_makespan([1.0] * 40, 5) == 8
    assert ideal_makespan([3.0, 1.0, 1.0, 1.0], 2) == 3


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"pages": [3]}, True),
        ({"pages": [2, 4]}, False),
        ({"documents": [7], "attempts": [2]}, True),
        ({"attempts": [1]}, False),
        ({"nth": [4]}, True),
        ({"every": 2}, True),
        ({"every": 3}, False),
        ({"after": 11}, False),
        ({"after": 5, "until": 11}, True),
        ({"until": 10}, False),
        ({"share": 0.6}, True),
        ({"share": 0.5}, False),
    ],
)
def test_a_rule_fits_when_all_its_conditions_hold(conditions: dict[str, int], fits: bool) -> None:  # noqa: FBT001
    book = RuleBook(json_to_rules([{"fault": "hang", **conditions}]))

    assert (book.choose(FACTS) is not None) is fits


def test_a_rule_that_is_used_up_gives_way_to_the_next() -> None:
    book = RuleBook([Rule(Fault.HANG, times=1), Rule(Fault.EMPTY)])

    chosen = [book.choose(FACTS) for _ in range(3)]

    assert [rule.fault for rule in chosen if rule] == [Fault.HANG, Fault.EMPTY, Fault.EMPTY]


def test_chance_depends_on_page_and_attempt_only() -> None:
    drawn = [seeded_dice(1, f"0/{page}", 1) for page in range(200)]

    assert drawn == [seeded_dice(1, f"0/{page}", 1) for page in range(200)]
    assert 60 < sum(number < 0.5 for number in drawn) < 140


def test_a_rule_survives_its_json_form() -> None:
    rule = Rule(Fault.DRIP, pages=(2, 3), attempts=(1,), seconds=0.5, times=2)

    assert json_to_rules(json.loads(json.dumps([rule_to_json(rule)]))) == [rule]


@pytest.mark.parametrize(
    "wrong",
    ["hang", [{}], [{"fault": "nonsense"}], [{"fault": "hang", "page": 2}], [{"fault": "hang", "pages": 2}]],
)
def test_a_wrong_rule_is_refused(wrong: str) -> None:
    with pytest.raises(RuleError):
        json_to_rules(wrong)


def test_every_fault_is_carried_out_somewhere() -> None:
    assert {*SILENCES, *NONSENSE, *AT_ONCE, *AT_WORK} == set(Fault)


def test_a_script_can_be_cut_and_dripped() -> None:
    script: list[Step] = [Wait(1.0), Send(b"ab"), Wait(1.0), Send(b"cd")]

    assert list(cut_after(script, 1, Reset())) == [Wait(1.0), Send(b"ab"), Reset()]
    assert list(cut_after(script, 0, Hang())) == [Wait(1.0), Hang()]
    assert list(dripped(script[:2], 0.1)) == [Send(b"a"), Wait(0.1), Send(b"b"), Wait(0.1)]
    assert sent(script) == b"abcd"


def test_requests_are_read_however_they_arrive() -> None:
    data = b"POST /a?b=c HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyzGET /d HTTP/1.1\r\nX-Y: z\r\n\r\n"
    reader = RequestReader()
    found: list[Request] = []

    for index in range(len(data)):
        reader.feed(data[index : index + 1])
        request = reader.next_request()
        if request is not None:
            found.append(request)

    assert [(request.method, request.path, request.query, request.body) for request in found] == [
        ("POST", "/a", "b=c", b"xyz"),
        ("GET", "/d", "", b""),
    ]
    assert found[1].headers == {"x-y": "z"}


def test_a_chunked_body_is_put_together() -> None:
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    assert reader.next_request() is None

    reader.feed(b"2;x=y\r\nde\r\n0\r\n\r\n")
    request = reader.next_request()

    assert request is not None
    assert request.body == b"abcde"


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused(data: bytes) -> None:
    reader = RequestReader()
    reader.feed(data)

    with pytest.raises(MalformedRequestError):
        reader.next_request()


def test_tokens_add_up_to_the_text() -> None:
    text = "The ledger  of\nthe harbour, 12.50; supercalifragilistic\n\n"
    tokens = text_to_tokens(text)

    assert "".join(tokens) == text


@pytest.mark.parametrize("text", ["", "a", "The ledger of the harbour", "1234567 " * 50_000])
def test_pieces_add_up_to_the_text(text: str) -> None:
    pieces = text_to_pieces(text, 4)

    assert "".join(pieces) == text
    assert len(pieces) <= 4


def test_the_limit_of_tokens_is_read_from_either_name() -> None:
    body = chat_body(max_tokens=7)

    assert body_to_ask(body, ()).max_tokens == 7
    assert body_to_ask({**body, "max_tokens": None, "max_completion_tokens": 9}, ()).max_tokens == 9
    assert body_to_ask({**body, "max_tokens": 0}, ()).max_tokens == 1
    assert body_to_ask({**body, "max_tokens": -1}, ()).max_tokens is None


def test_loops_are_endless_but_taken_to_measure() -> None:
    assert len(taken(looping_cell(), 5000)) == 5000
    assert "99. Entry number 99" in taken(counting(), 5000)
    assert len(huge_text(3 << 20)) == 3 << 20


def test_a_sheet_follows_from_its_mark_alone() -> None:
    assert mark_to_sheet(Mark(1, 2)) == mark_to_sheet(Mark(1, 2))
    assert mark_to_sheet(Mark(1, 2)) != mark_to_sheet(Mark(2, 2))
    assert all(len(row) == 4 for row in mark_to_sheet(Mark(1, 2)).rows)


def test_a_line_says_what_became_of_a_page() -> None:
    record = Record(number=3, connection=2, method="POST", path="/v1/chat/completions", headers={}, chat=True, page=7)
    record.arrived, record.started, record.ended, record.outcome = 11.0, 12.0, 14.0, "fault"
    record.document, record.fault, record.attempt, record.status, record.sent = 1, "reset", 2, 200, 10

    line = record_to_line(record, 10.0, Style(coloured=False))

    assert line.split() == (
        "1.00 #3 c2 fault 200 3.00 s waited 1.00 page 7 of document 1, attempt 2, plain reset".split()  # noqa: SIM905
    )
    assert "\x1b[31m" in record_to_line(record, 10.0, Style(coloured=True))


def test_the_command_line_describes_a_server() -> None:
    setup, quiet = arguments_to_setup(
        ["--dialect", "llama.cpp", "--slots", "5", "--latency", "1", "--unloaded", "big", "--model", "small", "--quiet"]
    )

    assert (setup.dialect, setup.slots, setup.latency.seconds, quiet) == ("llama.cpp", 5, 1.0, True)
    assert [(model.id, model.loaded) for model in setup.models] == [("small", True), ("big", False)]


def test_a_fault_on_the_command_line_is_a_rule() -> None:
    assert fault_to_rule("hang:pages=2+5,share=0.5,times=3") == Rule(Fault.HANG, pages=(2, 5), share=0.5, times=3)
    assert fault_to_rule("empty") == Rule(Fault.EMPTY)
    assert fault_to_rule("slow:until=inf").until == math.inf
    with pytest.raises(RuleError, match="a number is wanted"):
        fault_to_rule("hang:pages=x")


def test_a_wrong_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments_to_setup(["--fault", "nonsense"])

    assert "one of hang, headers_only" in capsys.readouterr().err
