"""The faults that are errors in so many words: which request is refused, and how."""

from collections.abc import Callable
from functools import partial

from simulator.dialects.base import HTML, PLAIN, Dialect
from simulator.faults import Fault
from simulator.jsons import Json, json_to_bytes
from simulator.refusals import Refusal
from simulator.rules import Rule

_CRASH = "The model has crashed without additional information. (Exit code: 18446744072635812000)"
_NO_MODELS = "No models loaded. Please load a model in the developer page or use the 'lms load' command."
_TOO_LONG = "The number of tokens to keep from the initial prompt is greater than the context length"
_BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
_DETAIL: Json = {"detail": [{"type": "missing", "loc": ["body", "messages"], "msg": "Field required", "input": {}}]}

Maker = Callable[[Dialect, Rule], Refusal]


def _usual(status: int, message: str, kind: str, _dialect: Dialect, rule: Rule) -> Refusal:
    return Refusal(status, _said(rule, message), kind)


def _raw(status: int, body: bytes, content_type: str, _dialect: Dialect, _rule: Rule) -> Refusal:
    return Refusal(status, "", body=body, content_type=content_type)


def _flat(_dialect: Dialect, rule: Rule) -> Refusal:
    text = _said(rule, "'url' field must be a base64 encoded image.")
    return Refusal(400, text, body=json_to_bytes({"error": text}))


def _flat_object(_dialect: Dialect, rule: Rule) -> Refusal:
    text = _said(rule, "This model's maximum context length is 4096 tokens. However, you requested 5206 tokens.")
    body: Json = {"object": "error", "message": text, "type": "BadRequestError", "param": None, "code": 400}
    return Refusal(400, text, body=json_to_bytes(body))


def _no_models(_dialect: Dialect, _rule: Rule) -> Refusal:
    return Refusal(404, _NO_MODELS, code="model_not_found", extra={"param": "model"})


def _later(status: int, message: str, dialect: Dialect, rule: Rule) -> Refusal:
    refusal = _usual(status, message, "unavailable_error", dialect, rule)
    refusal.headers = (("Retry-After", str(int(1 if rule.seconds is None else rule.seconds))),)
    return refusal


def _with_200(message: str, _dialect: Dialect, rule: Rule) -> Refusal:
    text = _said(rule, message)
    return Refusal(200, text, body=json_to_bytes({"error": {"message": text}}))


def _not_pulled(_dialect: Dialect, _rule: Rule) -> Refusal:
    return Refusal(404, 'model "qwen2.5vl" not found, try pulling it first', "not_found_error")


def _unexpected(_dialect: Dialect, _rule: Rule) -> Refusal:
    text = "Unexpected endpoint or method. (POST /v1/chat/completions)"
    return Refusal(200, text, body=json_to_bytes({"error": text}))


def _said(rule: Rule, default: str) -> str:
    return default if rule.message is None else rule.message


#: Refused before a slot is taken.
AT_ONCE: dict[Fault, Maker] = {
    Fault.SERVER_ERROR: partial(_usual, 500, "Internal server error", "server_error"),
    Fault.PLAIN_500: partial(_raw, 500, b"Internal Server Error", PLAIN),
    Fault.FLAT_ERROR: _flat,
    Fault.FLAT_OBJECT: _flat_object,
    Fault.DETAIL: partial(_raw, 422, json_to_bytes(_DETAIL), "application/json"),
    Fault.BAD_GATEWAY: partial(_raw, 502, _BAD_GATEWAY, HTML),
    Fault.NO_MODELS: _no_models,
    Fault.NOT_PULLED: _not_pulled,
    Fault.UNEXPECTED_ENDPOINT: _unexpected,
    Fault.UNAUTHORISED: lambda dialect, _rule: dialect.unauthorised(),
    Fault.OVERFLOW: lambda dialect, _rule: dialect.overflow(5206, 4096),
    Fault.OVERFLOW_200: partial(_with_200, _TOO_LONG),
    Fault.RATE_LIMIT: partial(_later, 429, "Rate limit reached"),
    Fault.BUSY: partial(_later, 503, "server busy, please try again. maximum pending requests exceeded"),
    Fault.LOADING: lambda dialect, _rule: dialect.loading(),
    Fault.NO_VISION: lambda dialect, _rule: dialect.blind(),
    Fault.NO_VISION_200: partial(_with_200, "Vision add-on is not loaded, but images were provided for processing."),
    Fault.BAD_IMAGE: lambda dialect, _rule: dialect.bad_picture(),
}

#: Refused by the model at work, after its prompt processing.
AT_WORK: dict[Fault, Maker] = {
    Fault.CRASHED: partial(_usual, 400, _CRASH, "internal_error"),
    Fault.UNLOADED: partial(_usual, 400, "Model unloaded.", "internal_error"),
    Fault.CONTEXT_SIZE: partial(_usual, 500, "Context size has been exceeded.", "server_error"),
    Fault.MTMD: partial(_usual, 500, "failed to process mtmd chunk", "server_error"),
    Fault.MEMORY_SLOT: partial(_usual, 500, "failed to find a memory slot for batch of size 512", "server_error"),
}
