"""The llama.cpp dialect says exactly what the real server was measured to say."""

from collections.abc import Iterator

import pytest
from raw_http import RawClient, chat_body, data_uri
from simulator import Loading, Mark, Model, Setup, Simulator, mark_to_png, mark_to_sheet
from simulator.jsons import Json

PNG = mark_to_png(Mark(document=7, page=2))
LLAMA = Setup(dialect="llama.cpp")


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(LLAMA) as running:
        yield running


def test_the_headers_of_an_answer(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        answer = client.chat(chat_body(PNG))

    assert answer.status == 200
    assert answer.headers == (
        ("Server", "llama.cpp"),
        ("Access-Control-Allow-Origin", ""),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(answer.body))),
        ("Keep-Alive", "timeout=5, max=100"),
    )


def test_the_keys_of_an_answer_are_in_order(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        body = client.chat(chat_body(PNG)).json()

    assert list(body) == ["choices", "created", "model", "system_fingerprint", "object", "usage", "id", "timings"]
    usage = body["usage"]
    assert isinstance(usage, dict)
    assert list(usage) == ["completion_tokens", "prompt_tokens", "total_tokens", "prompt_tokens_details"]
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}


def test_a_numbered_page_is_answered_with_its_own_words(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        body = client.chat(chat_body(PNG))

    sheet = mark_to_sheet(Mark(document=7, page=2))
    assert sheet.closing in body.body.decode()
    assert [(record.document, record.page, record.outcome) for record in sim.chats] == [(7, 2, "completed")]


def test_a_stream_begins_with_a_role_and_ends_with_done(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        answer = client.chat(chat_body(PNG, stream=True))

    assert answer.header("Content-Type") == "text/event-stream"
    assert answer.header("Transfer-Encoding") == "chunked"
    assert answer.header("X-Accel-Buffering") == "no"
    first, *_, finish, usage = answer.events()
    assert choice(first) == {"finish_reason": None, "index": 0, "delta": {"role": "assistant", "content": None}}
    assert choice(finish) == {"finish_reason": "stop", "index": 0, "delta": {}}
    assert usage["choices"] == []
    assert {"usage", "timings"} <= set(usage)
    assert answer.done


def test_a_stream_without_usage_has_its_timings_beside_the_finish(sim: Simulator) -> None:
    body = chat_body(PNG, stream=True)
    del body["stream_options"]

    with RawClient(sim.root) as client:
        events = client.chat(body).events()

    assert choice(events[-1])["finish_reason"] == "stop"
    assert "timings" in events[-1]
    assert not any("usage" in event for event in events)


def test_a_streamed_answer_says_the_same_as_a_whole_one(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        whole = choice(client.chat(chat_body(PNG)).json())["message"]
        deltas = [choice(event)["delta"] for event in client.chat(chat_body(PNG, stream=True)).events()[:-1]]

    assert isinstance(whole, dict)
    assert "".join(str(delta.get("content") or "") for delta in deltas if isinstance(delta, dict)) == whole["content"]


def test_every_error_closes_the_connection(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        answer = client.ask("GET", "/nowhere")

        assert answer.status == 404
        assert answer.json() == {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}
        assert answer.header("Connection") == "close"
        assert answer.header("Keep-Alive") is None
        assert client.at_end()


def test_the_hundredth_answer_is_a_connection_s_last(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        answers = [client.ask("GET", "/health") for _ in range(100)]

        assert {answer.header("Keep-Alive") for answer in answers[:99]} == {"timeout=5, max=100"}
        assert answers[99].header("Connection") == "close"
        assert client.at_end()


def test_an_idle_connection_is_closed() -> None:
    with Simulator(Setup(dialect="llama.cpp", keep_alive=0.2)) as sim, RawClient(sim.root) as client:
        client.ask("GET", "/health")

        assert client.at_end()


@pytest.mark.parametrize(
    ("url", "status", "message", "kind"),
    [
        (data_uri(b"RIFF\0\0\0\0WEBPVP8 "), 400, "Failed to load image or audio file", "invalid_request_error"),
        (data_uri(b"II*\0" + bytes(40)), 400, "Failed to load image or audio file", "invalid_request_error"),
        (data_uri(PNG[:-20]), 400, "Failed to load image or audio file", "invalid_request_error"),
        ("data:image/png;base64,%%%", 400, "Failed to load image or audio file", "invalid_request_error"),
        ("data:image/png;base64,", 400, "Failed to load image or audio file", "invalid_request_error"),
        ("data:image/png,abc", 400, "uri must be base64 encoded", "invalid_request_error"),
        ("", 500, "Invalid base64 value", "server_error"),
        ("http://127.0.0.1:9/x.png", 500, "error: cannot make GET request", "server_error"),
        (
            "file:///etc/passwd",
            400,
            "file:// URLs are not allowed unless --media-path is specified",
            "invalid_request_error",
        ),
    ],
)
def test_a_bad_picture_is_refused_in_the_measured_words(
    sim: Simulator, url: str, status: int, message: str, kind: str
) -> None:
    with RawClient(sim.root) as client:
        answer = client.chat(chat_body(url, stream=True))

    assert answer.status == status
    assert answer.json() == {"error": {"code": status, "message": message, "type": kind}}


@pytest.mark.parametrize(
    "url",
    [
        data_uri(PNG, "image/jpeg"),
        data_uri(PNG).partition(",")[2],
        data_uri(b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\x20\0\x10\1\1\x11\0\xff\xd9"),
        data_uri(b"GIF89a\x10\0\x20\0" + bytes(20)),
        data_uri(b"BM" + bytes(16) + b"\x10\0\0\0\x20\0\0\0" + bytes(20)),
    ],
)
def test_what_the_real_server_reads_is_read(sim: Simulator, url: str) -> None:
    with RawClient(sim.root) as client:
        assert client.chat(chat_body(url)).status == 200


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("", 500, "[json.exception.parse_error.101]"),
        ("{nonsense", 500, "[json.exception.parse_error.101]"),
        ({"model": "x"}, 400, "'messages' is required"),
        ({"messages": [], "temperature": "hot"}, 400, "Field 'temperature': [json.exception.type_error.302] type must"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, 400, "unsupported content[].type"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 500, "Invalid base64 value"),
    ],
)
def test_a_malformed_request_is_refused_in_the_measured_words(
    sim: Simulator, body: Json, status: int, message: str
) -> None:
    with RawClient(sim.root) as client:
        answer = client.chat(body)

    assert answer.status == status
    assert message in answer.body.decode()


def test_an_empty_list_of_messages_is_accepted(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        assert client.chat({"messages": []}).status == 200


def test_a_compressed_body_is_refused_without_words(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        answer = client.ask("POST", "/v1/chat/completions", chat_body(PNG), ["Content-Encoding: gzip"])

    assert (answer.status, answer.body) == (415, b"")


def test_a_client_that_waits_for_a_continue_gets_one(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        client.send(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        interim = client.receive()
        client.send(b"{}")
        answer = client.receive()

    assert (interim.status, answer.status) == (100, 400)


def test_a_prompt_that_does_not_fit_is_refused_with_both_numbers() -> None:
    setup = Setup(dialect="llama.cpp", models=(Model(context=512),))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(mark_to_png(Mark(7, 2), width=1000, height=1300), stream=True))

    needed = 36 * 46 + len("Convert this page.") // 4
    text = f"request ({needed} tokens) exceeds the available context size (512 tokens), try increasing it"
    error = {"code": 400, "message": text, "type": "exceed_context_size_error", "n_prompt_tokens": needed, "n_ctx": 512}
    assert answer.json() == {"error": error}


def test_an_answer_ends_at_the_limit_of_tokens(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        body = client.chat(chat_body(PNG, max_tokens=10)).json()

    assert choice(body)["finish_reason"] == "length"


def test_a_key_is_asked_for_everywhere_but_for_health() -> None:
    with Simulator(Setup(dialect="llama.cpp", api_key="secret")) as sim, RawClient(sim.root) as client:
        assert client.ask("GET", "/health").status == 200
        assert client.ask("GET", "/v1/models", headers=["Authorization: Bearer secret"]).status == 200
        refused = client.chat(chat_body(PNG))

    error = {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}
    assert (refused.status, refused.json()) == (401, {"error": error})


def test_a_server_that_is_still_loading_says_so() -> None:
    setup = Setup(dialect="llama.cpp", loading=Loading(at_start=60))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answer = client.ask("GET", "/health")

    assert answer.json() == {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
    assert answer.header("Retry-After") is None


def test_a_model_without_eyes_says_so() -> None:
    setup = Setup(dialect="llama.cpp", models=(Model(vision=False),))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(PNG))

    assert answer.status == 500
    assert "image input is not supported - hint: " in answer.body.decode()


def test_props_slots_and_metrics_tell_what_the_server_is(sim: Simulator) -> None:
    with RawClient(sim.root) as client:
        props = client.ask("GET", "/props").json()
        slots = client.ask("GET", "/slots")
        metrics = client.ask("GET", "/metrics").body.decode()

    assert props["total_slots"] == 4
    assert props["modalities"] == {"vision": True, "audio": False}
    assert slots.body.count(b'"is_processing":false') == 4
    assert "llamacpp:requests_deferred 0\n" in metrics


def test_an_unloaded_model_wakes_up_for_a_chat() -> None:
    setup = Setup(dialect="llama.cpp", loading=Loading(idle=0.0))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        asleep = client.ask("GET", "/props").json()
        answer = client.chat(chat_body(PNG))

    assert asleep["is_sleeping"] is True
    assert answer.status == 200
    assert sim.loads == 1


def choice(body: dict[str, Json]) -> dict[str, Json]:
    choices = body["choices"]
    assert isinstance(choices, list)
    assert isinstance(choices[0], dict)
    return choices[0]
