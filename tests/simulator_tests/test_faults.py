"""Every fault, as a client sees it on the wire, streamed and whole."""

import json
from collections.abc import Iterator

import pytest
from raw_http import RawClient, RawResponse, chat_body
from simulator import Fault, Latency, Mark, Rule, Setup, Simulator, mark_to_png

PNG = mark_to_png(Mark(document=7, page=2))
BOTH = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
SILENT = (Fault.HANG, Fault.HEADERS_ONLY, Fault.STALL_BEFORE_TOKEN, Fault.STALL)
LOOPS = (Fault.LOOP_CELL, Fault.LOOP_PARAGRAPH, Fault.COUNTING)


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator(Setup(dialect="llama.cpp", slots=64, latency=Latency(seconds=0.02))) as sim:
        yield sim


def shown(sim: Simulator, rule: Rule, *, stream: bool, max_tokens: int | None = 4000) -> RawResponse:
    sim.set_rules(rule)
    silent = rule.fault in SILENT
    with RawClient(sim.root, 0.4 if silent else 20) as client:
        return client.chat(chat_body(PNG, stream=stream, max_tokens=max_tokens))


def text_of(answer: RawResponse, key: str = "content") -> str:
    events = answer.events() if answer.header("content-type") == "text/event-stream" else [answer.json()]
    out = ""
    for event in events:
        found = json.dumps(event)
        for choice in json.loads(found)["choices"]:
            out += (choice.get("delta") or choice.get("message") or {}).get(key) or ""
    return out


@BOTH
@pytest.mark.parametrize("fault", SILENT)
def test_a_silence_ends_only_with_the_client(server: Simulator, fault: Fault, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(fault), stream=stream)

    assert answer.ended == "silent"
    assert answer.status == (0 if fault is Fault.HANG else 200)
    assert bool(text_of(answer) if stream and answer.status else "") is (stream and fault is Fault.STALL)
    assert server.chats[-1].fault == fault.value


@BOTH
@pytest.mark.parametrize("fault", [Fault.DRIP, Fault.DRIP_HEADERS])
def test_a_drip_sends_single_bytes_for_ever(server: Simulator, fault: Fault, stream: bool) -> None:  # noqa: FBT001
    server.set_rules(Rule(fault, seconds=0.001))
    with RawClient(server.root) as client:
        client.request("POST", "/v1/chat/completions", chat_body(PNG, stream=stream))
        received = client.read(500)

        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.chats[-1].ended is None


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.SLOW_PROMPT])
def test_a_slow_answer_is_a_good_one(server: Simulator, fault: Fault) -> None:
    answer = shown(server, Rule(fault, seconds=0.2), stream=True)

    record = server.chats[-1]
    assert answer.done
    assert (record.ended or 0) - record.arrived >= 0.19


@BOTH
@pytest.mark.parametrize(
    ("fault", "ended", "begun"),
    [
        (Fault.RESET, "reset", False),
        (Fault.RESET_IN_BODY, "reset", True),
        (Fault.CLOSE, "closed", False),
        (Fault.CLOSE_IN_BODY, "closed", True),
        (Fault.HALF_CLOSE, "closed", True),
    ],
)
def test_a_connection_ends_where_the_fault_says(
    server: Simulator,
    fault: Fault,
    ended: str,
    begun: bool,  # noqa: FBT001
    stream: bool,  # noqa: FBT001
) -> None:
    answer = shown(server, Rule(fault), stream=stream)

    assert (answer.ended, answer.status) == (ended, 200 if begun else 0)
    assert not answer.done


@BOTH
@pytest.mark.parametrize(
    ("fault", "content_type", "piece"),
    [
        (Fault.HTML, "text/html; charset=utf-8", b"<h1>It works!</h1>"),
        (Fault.ERROR_OBJECT, "application/json; charset=utf-8", b'{"error":{"message":"The model has crashed'),
        (Fault.ERROR_STRING, "application/json; charset=utf-8", b'{"error":"The model has crashed'),
        (Fault.EMPTY_BODY, "application/json; charset=utf-8", b""),
        (Fault.OVERFLOW_200, "application/json", b'{"error":{"message":"The number of tokens to keep'),
        (Fault.NO_VISION_200, "application/json", b"Vision add-on is not loaded"),
        (Fault.UNEXPECTED_ENDPOINT, "application/json", b'{"error":"Unexpected endpoint or method. (POST'),
    ],
)
def test_a_response_of_status_200_may_be_no_answer(
    server: Simulator,
    fault: Fault,
    content_type: str,
    piece: bytes,
    stream: bool,  # noqa: FBT001
) -> None:
    answer = shown(server, Rule(fault), stream=stream)

    assert (answer.status, answer.ended, answer.header("content-type")) == (200, "complete", content_type)
    assert piece in answer.body
    assert bool(answer.body) is bool(piece)


def test_a_cut_answer_is_no_json(server: Simulator) -> None:
    whole, stream = (shown(server, Rule(Fault.CUT_JSON), stream=stream) for stream in (False, True))

    with pytest.raises(json.JSONDecodeError):
        whole.json()
    with pytest.raises(json.JSONDecodeError):
        stream.events()
    assert (whole.ended, stream.ended) == ("complete", "complete")


def test_a_stream_can_end_before_it_begins(server: Simulator) -> None:
    answer = shown(server, Rule(Fault.EMPTY_STREAM), stream=True)

    assert (answer.status, answer.header("content-type"), answer.body) == (200, "text/event-stream", b"")


def test_a_stream_can_end_without_done(server: Simulator) -> None:
    answer = shown(server, Rule(Fault.NO_DONE), stream=True)

    assert answer.ended == "complete"
    assert not answer.done
    assert "usage" in answer.events()[-1]


def test_a_stream_can_fail_late(server: Simulator) -> None:
    stream = shown(server, Rule(Fault.LATE_ERROR), stream=True)
    whole = shown(server, Rule(Fault.LATE_ERROR, message="broken"), stream=False)

    assert stream.events()[-1]["error"] == {
        "code": 500,
        "message": "failed to process mtmd chunk",
        "type": "server_error",
    }
    assert not stream.done
    assert (whole.status, whole.json()["error"]) == (500, {"code": 500, "message": "broken", "type": "server_error"})


@BOTH
def test_a_good_answer_may_have_the_wrong_type(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(Fault.WRONG_TYPE), stream=stream)

    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert b'"choices":[{' in answer.body


@BOTH
@pytest.mark.parametrize(
    ("fault", "content"),
    [
        (Fault.EMPTY, ""),
        (Fault.BLANK, " \n\n \t\n"),
        (Fault.NULL, ""),
        (Fault.NO_CHOICES, ""),
        (Fault.TOOL_CALL, ""),
        (Fault.PROSE_REFUSAL, "I'm sorry, but as a text-based AI, I am unable to see images."),
    ],
)
def test_an_answer_may_say_nothing(server: Simulator, fault: Fault, content: str, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(fault), stream=stream)

    assert (answer.status, answer.ended) == (200, "complete")
    assert text_of(answer).startswith(content)
    assert content or not text_of(answer)


@BOTH
def test_everything_may_be_among_the_thoughts(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(Fault.REASONING), stream=stream)

    assert text_of(answer) == ""
    assert "Report 7, page 2" in text_of(answer, "reasoning_content")


@BOTH
def test_an_answer_may_end_at_its_length(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(Fault.LENGTH), stream=stream)

    assert '"finish_reason":"length"' in answer.body.decode()
    assert "Report 7, page 2" in text_of(answer)


@BOTH
@pytest.mark.parametrize("fault", LOOPS)
def test_a_loop_runs_up_to_the_limit_of_tokens(server: Simulator, fault: Fault, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(fault), stream=stream, max_tokens=500)

    assert len(text_of(answer)) == 2000
    assert '"finish_reason":"length"' in answer.body.decode()


@BOTH
def test_another_model_may_answer(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(Fault.OTHER_MODEL), stream=stream)

    assert '"model":"another-model-1b"' in answer.body.decode()
    assert "qwen" not in answer.body.decode()


@BOTH
def test_content_may_come_in_parts_or_as_a_call(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    parts = shown(server, Rule(Fault.PARTS), stream=stream).body.decode()
    call = shown(server, Rule(Fault.TOOL_CALL), stream=stream).body.decode()

    assert '"content":[{"type":"text","text":"# Report 7, page 2' in parts
    assert '"name":"transcribe","arguments":"{\\"markdown\\":' in call
    assert '"finish_reason":"tool_calls"' in call


@BOTH
def test_an_answer_may_be_huge(server: Simulator, stream: bool) -> None:  # noqa: FBT001
    answer = shown(server, Rule(Fault.HUGE), stream=stream)

    assert len(answer.body) > 5 << 20
    assert answer.ended == "complete"


@pytest.mark.parametrize(
    ("fault", "status", "piece"),
    [
        (Fault.SERVER_ERROR, 500, b'{"error":{"code":500,"message":"Internal server error","type":"server_error"}}'),
        (Fault.PLAIN_500, 500, b"Internal Server Error"),
        (Fault.FLAT_ERROR, 400, b'{"error":"\'url\' field must be a base64 encoded image."}'),
        (Fault.FLAT_OBJECT, 400, b'{"object":"error","message":"This model'),
        (Fault.DETAIL, 422, b'{"detail":[{'),
        (Fault.BAD_GATEWAY, 502, b"<title>502 Bad Gateway</title>"),
        (Fault.NO_MODELS, 404, b"No models loaded. Please load"),
        (Fault.NOT_PULLED, 404, b"not found, try pulling it first"),
        (Fault.UNAUTHORISED, 401, b"Invalid API Key"),
        (Fault.OVERFLOW, 400, b"exceed_context_size_error"),
        (Fault.LOADING, 503, b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}'),
        (Fault.NO_VISION, 500, b"image input is not supported - hint: "),
        (Fault.BAD_IMAGE, 400, b"Failed to load image or audio file"),
        (Fault.CRASHED, 400, b"The model has crashed without additional information. (Exit code: "),
        (Fault.UNLOADED, 400, b"Model unloaded."),
        (Fault.CONTEXT_SIZE, 500, b"Context size has been exceeded."),
        (Fault.MTMD, 500, b"failed to process mtmd chunk"),
        (Fault.MEMORY_SLOT, 500, b"failed to find a memory slot"),
        (Fault.KV_FULL, 500, b"Context size has been exceeded."),
    ],
)
def test_an_error_has_its_status_and_its_words(server: Simulator, fault: Fault, status: int, piece: bytes) -> None:
    answer = shown(server, Rule(fault), stream=False)

    assert (answer.status, answer.ended) == (status, "complete")
    assert piece in answer.body
    assert answer.header("Connection") == "close"


@pytest.mark.parametrize(("fault", "status"), [(Fault.RATE_LIMIT, 429), (Fault.BUSY, 503)])
def test_a_busy_server_says_when_to_come_back(server: Simulator, fault: Fault, status: int) -> None:
    answer = shown(server, Rule(fault, seconds=3, message="come back"), stream=True)

    assert (answer.status, answer.header("Retry-After")) == (status, "3")
    assert b"come back" in answer.body


def test_the_whole_server_can_die_of_a_page() -> None:
    with Simulator(Setup(rules=(Rule(Fault.DIE, pages=(2,)),))) as sim:
        with RawClient(sim.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(PNG))
            assert client.receive().ended == "reset"
        with pytest.raises(ConnectionRefusedError):
            RawClient(sim.root)
