import json
import socket
import time
from collections.abc import Iterator
from typing import Protocol

import pytest
from vision.asking import SLACK_S, Asking, a_client
from vision.scripted import (
    DONE,
    GOOD,
    STREAM_HEAD,
    USAGE,
    Line,
    answering,
    chunk,
    delta,
    event,
    http,
    in_turn,
    serving,
    whole,
)

from pipeline.errors import (
    AnswerCut,
    AnswerFailed,
    AnswerFiltered,
    EmptyAnswer,
    MalformedAnswer,
    ModelRefused,
    ModelUnavailable,
    ModelUnreachable,
    PageError,
    TruncatedAnswer,
)
from pipeline.server_target import ServerTarget


@pytest.fixture
def asking() -> Iterator[Asking]:
    with a_client() as asking:
        yield asking


def test_a_streamed_answer_arrives_whole_with_its_facts(asking: Asking) -> None:
    with serving(answering(*GOOD)) as server:
        answer = asking.ask(server)

    assert answer.text == "<p>Hello</p>"
    assert answer.finish_reason == "stop"
    assert asking.attempts[0].outcome == "ok"
    assert asking.attempts[0].http_status == 200
    assert asking.attempts[0].prompt_tokens == 1403
    assert 0 < (asking.attempts[0].first_token_s or 0) <= asking.attempts[0].request_s
    assert asking.reports[0] == 1


def test_an_answer_whose_headers_are_refused_leaves_no_connection_open(asking: Asking) -> None:
    def script(line: Line) -> None:
        line.request()
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello")
        line.until_closed()

    with serving(script) as server:
        with pytest.raises(ModelUnreachable) as caught:
            asking.ask(server)

        assert server.closed.wait(60)
    del caught  # until here it held what the library held


def test_many_pages_share_one_connection(asking: Asking) -> None:
    with serving(answering(*GOOD)) as server:
        for _ in range(20):
            asking.ask(server)

        assert len(server.connections) == 1


def test_a_kept_connection_that_died_is_replaced_once(asking: Asking) -> None:
    def one_answer_each(line: Line) -> None:
        # The first connection takes a second request and hangs up without a byte; as an idle server does in the race.
        if line.request():
            line.send(*GOOD)
        if len(line.server.connections) == 1:
            line.request()
        else:
            answering(*GOOD)(line)

    with serving(one_answer_each) as server:
        asking.ask(server)
        answer = asking.ask(server)

        assert answer.text == "<p>Hello</p>"
        assert len(server.connections) == 2
    assert [attempt.outcome for attempt in asking.attempts] == ["ok", "ok"]


def test_a_new_connection_that_dies_is_not_tried_again(asking: Asking) -> None:
    def hangs_up(line: Line) -> None:
        line.request()

    error = asking.error(hangs_up)

    assert isinstance(error, ModelUnreachable)
    assert len(asking.attempts) == 1


def test_a_refused_connection_is_unreachable(asking: Asking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ModelUnreachable, match="running"):
        asking.ask(ServerTarget(url=f"http://127.0.0.1:{port}/v1", model="m"))
    assert asking.attempts[0].outcome == "unreachable"


def test_a_cut_in_the_middle_keeps_what_came(asking: Asking) -> None:
    def cut(line: Line) -> None:
        line.request()
        line.send(STREAM_HEAD, chunk(delta("<p>Half a")))

    error = asking.error(cut)

    assert isinstance(error, AnswerCut)
    assert error.dropped == "<p>Half a"


def test_the_token_limit_is_no_success(asking: Asking) -> None:
    error = asking.error(answering(*whole(delta("<p>Half"), delta(finish="length"), DONE)))

    assert type(error) is TruncatedAnswer
    assert error.dropped == "<p>Half"
    assert asking.attempts[-1].finish_reason == "length"


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([], EmptyAnswer),
        ([DONE], EmptyAnswer),
        ([delta(finish="stop"), DONE], EmptyAnswer),
        ([delta("  \n"), delta(finish="stop"), DONE], EmptyAnswer),
        ([delta(reasoning_content="Let me see."), delta(finish="stop"), DONE], EmptyAnswer),
        ([delta("text"), delta(finish="abort"), DONE], AnswerCut),
        ([delta("text"), event(b"{broken")], AnswerCut),
        ([delta("text"), delta(finish="content_filter"), DONE], AnswerFiltered),
        ([delta(finish="content_filter"), DONE], AnswerFiltered),
        ([delta("text"), event({"error": {"code": "content_filter", "message": "No."}})], AnswerFiltered),
        ([delta("text"), delta(finish="error")], AnswerFailed),
        ([delta("text"), event({"error": {"message": "late failure"}})], AnswerFailed),
        ([delta("text"), b"event: error\ndata: out of memory\n\n"], AnswerFailed),
        ([event({"error": {"message": "early failure"}})], ModelRefused),
        ([delta(refusal="I cannot do that."), delta(finish="stop"), DONE], ModelRefused),
        ([event(b'"text"'), event(b"{broken"), DONE], MalformedAnswer),
    ],
)
def test_a_stream_that_is_no_whole_answer_is_refused(
    asking: Asking, events: list[bytes], kind: type[PageError]
) -> None:
    assert type(asking.error(answering(*whole(*events)))) is kind


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (event({"error": {"message": "late failure"}}), "server_error"),
        (event({"object": "error", "message": "out of memory", "code": 500}), "server_error"),
        (b'event: error\ndata: {"detail": "worker died"}\n\n', "server_error"),
        (delta(finish="error") + DONE, "server_error"),
        (delta(finish="content_filter") + DONE, "content_filter"),
        (event({"error": {"message": "against our content management policy"}}), "content_filter"),
    ],
)
def test_what_ends_an_answer_in_the_middle_is_named_in_the_attempt(asking: Asking, error: bytes, outcome: str) -> None:
    found = asking.error(answering(*whole(delta("<p>Half a page"), error)))

    assert (found.reason, asking.attempts[-1].outcome) == ("refused", outcome)
    assert found.dropped == "<p>Half a page"


def sized(*events: bytes) -> list[bytes]:
    """A stream whose end is told by its length."""
    return [http(b"".join(events), kind="text/event-stream")]


def closed(*events: bytes) -> list[bytes]:
    """A stream of an old server, whose end is the end of the connection."""
    return [b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", *events]


class Framed(Protocol):
    """Events as a whole HTTP answer."""

    def __call__(self, *events: bytes) -> list[bytes]: ...


@pytest.mark.parametrize("framed", [whole, sized, closed])
@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ([delta(finish="stop"), DONE], True),
        ([delta(finish="stop")], True),
        ([delta(finish="stop"), USAGE], True),
        ([delta(finish="eos")], True),
        ([DONE], True),
        ([USAGE, DONE], True),
        ([], False),
        ([USAGE], False),
    ],
)
def test_a_body_that_ends_in_order_is_an_answer_and_who_says_that_it_is_whole_is_known(
    asking: Asking, framed: Framed, ending: list[bytes], said: object
) -> None:
    def once(line: Line) -> None:
        line.request()
        line.send(*framed(delta("<p>Hello</p>"), *ending))

    with serving(once) as server:
        answer = asking.ask(server)

    assert (answer.text, answer.whole) == ("<p>Hello</p>", said)


@pytest.mark.parametrize("ending", [[], [delta(finish="stop")], [USAGE]])
def test_a_body_that_breaks_off_is_no_answer(asking: Asking, ending: list[bytes]) -> None:
    sent = sized(delta("<p>Half a"), *ending)[0]
    longer = sent.replace(b"Content-Length: ", b"Content-Length: 9")

    def unsized(line: Line) -> None:
        line.request()
        line.send(longer)

    def unchunked(line: Line) -> None:
        line.request()
        line.send(*whole(delta("<p>Half a"), *ending)[:-1])

    assert isinstance(asking.error(unsized), AnswerCut)
    assert isinstance(asking.error(unchunked), AnswerCut)


def test_one_piece_without_a_reason_for_its_end_is_taken(asking: Asking) -> None:
    body = {"choices": [{"message": {"content": "<p>Hello</p>"}, "finish_reason": None}]}

    with serving(answering(http(json.dumps(body).encode()))) as server:
        assert asking.ask(server).whole


def test_one_piece_in_place_of_a_stream_is_taken(asking: Asking) -> None:
    body = {"choices": [{"message": {"content": "<p>Hello</p>"}, "finish_reason": "stop"}]}

    with serving(answering(http(json.dumps(body).encode()))) as server:
        assert asking.ask(server).text == "<p>Hello</p>"


def test_an_unknown_key_is_left_out_from_then_on(asking: Asking) -> None:
    def picky(line: Line) -> None:
        while request := line.request():
            unknown = b"chat_template_kwargs" in request
            line.send(*([http(b'{"detail":"unknown field"}', status="400 Bad Request")] if unknown else GOOD))

    with serving(picky) as server:
        asking.ask(server)
        asking.ask(server)

        assert [b"reasoning_effort" in request for request in server.requests] == [True, False, False]
    assert [attempt.outcome for attempt in asking.attempts] == ["refused", "ok", "ok"]


def test_a_busy_server_is_asked_again_when_it_says(asking: Asking) -> None:
    busy = [http(b'{"error":"server busy"}', status="503 Busy", more="Retry-After: 0\r\n")]

    with serving(in_turn(busy, GOOD)) as server:
        assert asking.ask(server).text == "<p>Hello</p>"
    assert [attempt.http_status for attempt in asking.attempts] == [503, 200]


def test_a_server_that_stays_busy_is_left_alone(asking: Asking) -> None:
    busy = answering(http(b'{"error":"server busy"}', status="429 Too Many", more="Retry-After: 0\r\n"))

    error = asking.error(busy)

    assert isinstance(error, ModelUnavailable)
    assert len(asking.attempts) == 3


def test_a_server_that_asks_for_more_time_than_there_is_gets_none(asking: Asking) -> None:
    start = time.monotonic()

    asking.error(answering(http(b"", status="503 Busy", more="Retry-After: 600\r\n")))

    assert time.monotonic() - start < SLACK_S
    assert len(asking.attempts) == 1


def test_a_neighbour_that_filled_the_cache_costs_one_second(asking: Asking) -> None:
    overloaded = whole(delta("<p>"), event({"error": {"message": "Context size has been exceeded."}}))

    with serving(in_turn(overloaded, GOOD)) as server:
        assert asking.ask(server).text == "<p>Hello</p>"
    assert [attempt.outcome for attempt in asking.attempts] == ["server_error", "ok"]


def test_another_model_in_its_place_is_refused(asking: Asking) -> None:
    error = asking.error(answering(*whole(delta("text", model="llama-3.2-3b-instruct"), DONE)))

    assert isinstance(error, ModelUnavailable)
    assert "llama-3.2-3b-instruct" in str(error)


def test_an_answer_without_end_is_cut(asking: Asking) -> None:
    def floods(line: Line) -> None:
        line.request()
        line.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not line.stop.is_set():
            line.send(b"not an answer" * 5000)

    assert isinstance(asking.error(floods), MalformedAnswer)


@pytest.mark.parametrize("early", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_what_a_server_sends_ahead_of_its_answer_is_not_the_answer(asking: Asking, early: bytes) -> None:
    ahead = b"HTTP/1.1 " + early + b"\r\nLink: </style.css>; rel=preload\r\n\r\n"

    with serving(answering(ahead, ahead, *GOOD)) as server:
        assert asking.ask(server).text == "<p>Hello</p>"


def test_redirects_are_not_followed(asking: Asking) -> None:
    with serving(answering(*GOOD)) as elsewhere:
        redirect = http(b"moved", status="307 Moved", more=f"Location: {elsewhere.url}/chat/completions\r\n")
        error = asking.error(answering(redirect))

        assert isinstance(error, ModelRefused)
        assert elsewhere.requests == []


def test_a_proxy_of_the_environment_is_not_used(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with serving(answering(*GOOD)) as server:
        assert asking.ask(server).text == "<p>Hello</p>"


def test_the_key_is_sent_and_never_told(asking: Asking) -> None:
    echo = answering(http(b'{"error":{"message":"Invalid API Key: sk-secret-1"}}', status="401 Unauthorized"))

    with serving(echo) as server, pytest.raises(ModelUnavailable) as caught:
        asking.ask(ServerTarget(url=server.url, model="m", api_key="sk-secret-1"))

    assert b"Authorization: Bearer sk-secret-1" in server.requests[0]
    assert "sk-secret-1" not in f"{caught.value!r} {caught.value.__cause__!r} {asking.attempts!r}"
