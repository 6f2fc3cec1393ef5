"""No bytes whatever make the client raise anything but a PageError; :mod:`fuzzing` says how many are tried."""

import json
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fuzzing import counted, deep_listener, share
from hypothesis import example, given
from hypothesis import strategies as st
from vision.scripted import DONE, GOOD, USAGE, Line, Server, delta, event, http, serving, whole

from pipeline.deadline import Deadline
from pipeline.errors import PageError
from pipeline.servers.listings import (
    choose_model,
    lmstudio_to_models,
    older_lmstudio_to_models,
    ollama_to_models,
    openai_to_models,
    props_to_model,
    show_to_vision,
)
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.complaint import body_to_complaint, complaint_to_error
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.model_names import same_model
from pipeline.vision.client.request import VisionRequest
from pipeline.vision.client.response_body import AnswerStream

if TYPE_CHECKING:
    from pipeline.page_result import Attempt

pytestmark = deep_listener

REASONS = {"unreachable", "timeout", "refused", "empty", "truncated", "repetitive", "malformed"}

# -- what is sent -----------------------------------------------------------------------------------------------------

MESSAGE = {"choices": [{"message": {"role": "assistant", "content": "<p>Hello</p>"}, "finish_reason": "stop"}]}
REAL = [
    b"".join(GOOD),
    b"".join(whole(delta("é" * 9), delta(reasoning_content="so"), delta(finish="length"), USAGE, DONE)),
    b"".join(whole(event({"error": {"message": "Context size has been exceeded.", "code": 500}}))),
    b"".join(whole(b"event: error\ndata: {\ndata: }\n\n", b": ping\r\n\r\n", delta("x"))),
    http(json.dumps(MESSAGE).encode()),
    http(b'{"error":{"message":"No models loaded","code":"model_not_found"}}', status="404 Not Found"),
    http(b'{"detail":[{"loc":["body"],"msg":"extra fields"}]}', status="422 Unprocessable", more="Retry-After: 9\r\n"),
    http(b"<html>Bad Gateway</html>", status="502 Bad Gateway", kind="text/html"),
    b"HTTP/1.1 200 OK\r\n\r\n" + delta("to the end") + DONE,
    b"HTTP/1.1 307 Moved\r\nLocation: http://[::1/\r\nSet-Cookie: a=b; Max-Age=x; Domain=.\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5, 5\r\n\r\nhello",
]

pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"\r\n", b"\n\n", b"data: ", b"[DONE]", b"0\r\n\r\n", b"ffffffff\r\n", b"-1\r\n", b"{", b'"', b"\xff"]
    ),
)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), pieces), max_size=6)


def edited(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """``data`` with stretches of it replaced."""
    for place, length, piece in changes:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


mutated = st.builds(edited, st.sampled_from(REAL), edits)

KEYS = re.findall(
    r"\w+",
    """error detail message msg type code choices delta content text reasoning_content tool_calls function arguments
    finish_reason usage prompt_tokens completion_tokens model refusal object data models id key loaded_instances config
    parallel context_length capabilities vision state total_slots modalities default_generation_settings n_ctx name
    max_model_len model_path""",
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


def value_to_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


answers = st.one_of(
    mutated,
    st.binary(max_size=300),
    st.builds(lambda events: b"".join(whole(*map(event, events))), st.lists(values, max_size=6)),
    st.builds(
        lambda value, status: http(value_to_bytes(value), status=f"{status} Word"), values, st.integers(200, 599)
    ),
)

# -- who receives it --------------------------------------------------------------------------------------------------


class Wire:
    """A client and a server that sends whatever it is told, and hangs up."""

    def __init__(self, client: VisionClient) -> None:
        self.client = client
        self.answer = b""
        self.attempts: list[Attempt] = []
        self.server: Server | None = None

    def script(self, line: Line) -> None:
        if line.request():
            line.server.requests.clear()
            line.server.connections.clear()
            line.server.forget_threads()
            line.send(self.answer)

    def ask(self, answer: bytes) -> RawAnswer | PageError:
        assert self.server is not None
        self.answer = answer
        self.attempts.clear()
        try:
            # Half a second leaves no room for pauses before another try.
            return self.client.ask(
                VisionRequest(prompt=""),
                target=self.server.target,
                deadline=Deadline.after(0.5),
                attempts=self.attempts,
            )
        except PageError as error:
            return error


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    # As in the product: a warning with its traceback for every broken header would fill the memory.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    client = VisionClient(connect_timeout_s=2)
    wire = Wire(client)
    with serving(wire.script) as server:
        wire.server = server
        yield wire
    client.close()


@share(0.2)
@given(answers)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\n")
@example(b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n")
@example(b"HTTP/1.1 999999 \xff\xfe\r\n\r\n")
@example(b"HTTP/1.1 307 Moved\r\nLocation: //[::1/\r\nSet-Cookie: a=b; Max-Age\r=x; Domain=.\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset\r\nContent-Length: 0\r\n\r\n")
@example(http(b"[" * 100_000))
@example(http(b'{"error":' * 900 + b"1" + b"}" * 900))
@example(http(b'{"choices":[{"delta":{"content":' + b"1" * 5000 + b"}}]}"))
@counted
def test_fuzz_whatever_a_server_sends_is_an_answer_or_a_page_error(wire: Wire, answer: bytes) -> None:
    found = wire.ask(answer)

    if isinstance(found, PageError):
        assert found.reason in REASONS
        assert str(found).isprintable()
        assert wire.attempts[-1].outcome == found.reason
    else:
        assert found.text.encode().strip()
        assert wire.attempts[-1].outcome == "ok"
    assert len(wire.attempts) <= 3


@share(0.1)
@given(st.lists(mutated | st.binary(max_size=80) | values.map(event), max_size=8), st.integers(1, 70))
@counted
def test_fuzz_a_stream_takes_any_bytes_in_any_pieces(bodies: list[bytes], size: int) -> None:
    body = b"".join(body.partition(b"\r\n\r\n")[2] or body for body in bodies)
    whole_stream, cut_stream = AnswerStream(), AnswerStream()

    told = whole_stream.feed(body) + whole_stream.end()
    for start in range(0, len(body), size):
        cut_stream.feed(body[start : start + size])
    cut_stream.end()

    told.encode("utf-8", "surrogatepass")
    assert whole_stream.text == cut_stream.text
    assert whole_stream.thoughts.encode() == cut_stream.thoughts.encode()
    assert whole_stream.finish_reason == cut_stream.finish_reason
    assert (whole_stream.complaint is None) == (cut_stream.complaint is None)


@share(0.05)
@given(st.binary(max_size=200) | values.map(value_to_bytes), st.integers(100, 999), st.text() | st.none())
@example(b"", 503, "0\x1f")
@example(b"", 503, "٣")
@counted
def test_fuzz_any_body_is_a_complaint_in_one_short_line(body: bytes, status: int, retry_after: str | None) -> None:
    complaint = body_to_complaint(body, status, retry_after, secret="sk-secret")

    assert complaint.words.isprintable()
    assert len(complaint.words) <= 300
    assert complaint.retry_after_s is None or complaint.retry_after_s >= 0
    assert isinstance(complaint_to_error(complaint), PageError)


@share(0.05)
@given(values)
@counted
def test_fuzz_any_listing_is_a_list_of_models_or_none(value: object) -> None:
    readers = (lmstudio_to_models, older_lmstudio_to_models, openai_to_models)
    found = [model for reader in readers for model in reader(value) or []]
    found += ollama_to_models(value, value) or []
    single = props_to_model(value)
    show_to_vision(value)

    choose_model(found, "auto")
    assert single is None or isinstance(single.id, str)
    assert all(model.id for model in found)


@share(0.03)
@given(st.text(), st.text())
@counted
def test_fuzz_names_are_compared_whatever_they_are(first: str, second: str) -> None:
    assert same_model(first, second) == same_model(second, first)
    assert same_model(first, first)
