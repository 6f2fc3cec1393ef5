import json
from typing import TYPE_CHECKING

import pytest
import responses

from pipeline.deadline import Deadline
from pipeline.errors import ContextExceeded, ModelRefused, ModelUnavailable, PageError
from pipeline.server_target import ServerTarget
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.complaint import ServerTrouble, body_to_complaint, complaint_to_error
from pipeline.vision.client.request import VisionRequest

if TYPE_CHECKING:
    from pipeline.page_result import Attempt

URL = "http://127.0.0.1:1234/v1"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "A.", "type": "t", "code": 7}}', "A. t 7"),
        (b'{"error": "A."}', "A."),
        (b'{"object": "error", "message": "A."}', "A."),
        (b'{"detail": "A."}', "A."),
        (b'{"detail": [{"loc": ["body"], "msg": "A.", "type": "t"}]}', "A. t"),
        (b"A.\r\n\x1b[31m B\x00", "A. [31m B"),
        (b"<html><body><h1>A.</h1></body>", "A."),
        (b"", "no reason given"),
        (b"{}", "no reason given"),
        (b"\xff", "\ufffd"),
        (b'{"error": {"error": {"error": {"error": {"error": "deep"}}}}}', "no reason given"),
    ],
)
def test_a_complaint_is_found_in_any_shape(body: bytes, words: str) -> None:
    assert body_to_complaint(body, 400).words == words


def test_a_long_complaint_is_shortened() -> None:
    assert len(body_to_complaint(b"word " * 9999, 400).words) == 300


@pytest.mark.parametrize(
    ("status", "words", "trouble", "error"),
    [
        (400, "'url' field must be a base64 encoded image.", ServerTrouble.FORM, ModelRefused),
        (422, "extra fields not permitted", ServerTrouble.FORM, ModelRefused),
        (401, "Invalid API Key", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (404, "No models loaded. Please load a model", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (404, 'model "x" not found, try pulling it first', ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (404, "File Not Found", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (200, "Unexpected endpoint or method. (POST /v1/v1/chat)", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (500, "image input is not supported - hint: mmproj", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (200, "Vision add-on is not loaded", ServerTrouble.UNAVAILABLE, ModelUnavailable),
        (503, "Loading model", ServerTrouble.BUSY, ModelUnavailable),
        (429, "", ServerTrouble.BUSY, ModelUnavailable),
        (500, "server busy, please try again", ServerTrouble.BUSY, ModelUnavailable),
        (500, "Context size has been exceeded.", ServerTrouble.OVERLOADED, ModelUnavailable),
        (500, "failed to process mtmd chunk", ServerTrouble.OVERLOADED, ModelUnavailable),
        (
            200,
            "The model has crashed without additional information. (Exit code: 6)",
            ServerTrouble.OVERLOADED,
            ModelUnavailable,
        ),
        (
            400,
            "request (1216 tokens) exceeds the available context size",
            ServerTrouble.CONTEXT,
            ContextExceeded,
        ),
        (200, "Trying to keep the first 9 tokens when context the overflows.", ServerTrouble.CONTEXT, ContextExceeded),
        (
            400,
            "The number of tokens to keep from the initial prompt is greater than the context length.",
            ServerTrouble.CONTEXT,
            ContextExceeded,
        ),
        (400, "This model's maximum context length is 4096 tokens.", ServerTrouble.CONTEXT, ContextExceeded),
        (
            200,
            "Model does not support images. Please use a model that does.",
            ServerTrouble.UNAVAILABLE,
            ModelUnavailable,
        ),
        (200, "Model unloaded.", ServerTrouble.OVERLOADED, ModelUnavailable),
        (500, "failed to find a memory slot for batch of size 512", ServerTrouble.OVERLOADED, ModelUnavailable),
        (400, "Failed to load image or audio file", ServerTrouble.FORM, ModelRefused),
        (400, "unsupported content[].type", ServerTrouble.FORM, ModelRefused),
        (500, "Invalid base64 value", ServerTrouble.REFUSED, ModelRefused),
        (415, "", ServerTrouble.REFUSED, ModelRefused),
        (500, "[json.exception.parse_error.101]", ServerTrouble.REFUSED, ModelRefused),
    ],
)
def test_the_words_decide_before_the_status(
    status: int, words: str, trouble: ServerTrouble, error: type[PageError]
) -> None:
    complaint = body_to_complaint(json.dumps({"error": {"message": words}}).encode(), status)

    assert complaint.trouble is trouble
    assert type(complaint_to_error(complaint)) is error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (" 1.5 ", 1.5), (None, None), ("", None), ("-1", None), ("soon", None), ("1e9", None)],
)
def test_retry_after_is_read_where_it_is_seconds(header: str | None, seconds: float | None) -> None:
    assert body_to_complaint(b"", 503, header).retry_after_s == seconds
    assert body_to_complaint(b"", 503, "Wed, 21 Oct 2026 07:28:00 GMT").retry_after_s is None


@pytest.mark.parametrize("status", [*range(400, 430), *range(500, 512), 300, 304, 599])
def test_every_status_of_failure_is_a_refusal_with_its_number(status: int) -> None:
    client = VisionClient(connect_timeout_s=1)
    attempts: list[Attempt] = []
    with responses.RequestsMock() as mock:
        mock.post(
            f"{URL}/chat/completions", status=status, json={"error": {"message": "no"}}, headers={"Retry-After": "0"}
        )
        with pytest.raises(ModelRefused, match=f"HTTP {status}"):
            client.ask(
                VisionRequest(prompt="Read."),
                target=ServerTarget(url=URL, model="m"),
                deadline=Deadline.after(5),
                attempts=attempts,
            )
    client.close()

    assert {attempt.http_status for attempt in attempts} == {status}
