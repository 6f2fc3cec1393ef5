"""Ollama, as its source and its users' reports describe it."""

import email.utils
from typing import ClassVar

from simulator.dialects.base import PLAIN, Dialect, Reply, State
from simulator.drafts import Draft
from simulator.jsons import Json, JsonObject
from simulator.models import Model
from simulator.pictures import Kind
from simulator.refusals import Refusal
from simulator.wire import Headers, Request

_LONG_AGO = "2026-01-01T00:00:00Z"


class Ollama(Dialect):
    """One slot, no listing of capacities, prompts that are cut in silence."""

    name: ClassVar[str] = "ollama"
    slots: ClassVar[int | None] = 1
    keep_alive: ClassVar[float | None] = None
    truncates: ClassVar[bool] = True
    reasoning: ClassVar[str] = "reasoning"
    readable: ClassVar[frozenset[Kind]] = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP})

    def head(self, content_type: str, length: int | None, *, last: bool) -> Headers:
        """As Go writes them."""
        size = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
        ending = (("Connection", "close"),) if last else ()
        return (("Content-Type", content_type), ("Date", email.utils.formatdate(usegmt=True)), size, *ending)

    def error(self, refusal: Refusal) -> JsonObject:
        """Its OpenAI layer's object; ``code`` is always there, mostly null."""
        kind = {404: "not_found_error", 400: "invalid_request_error"}.get(refusal.status, "api_error")
        return {"error": {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}}

    def not_found(self, _request: Request) -> Refusal:
        """Gin's own page."""
        return Refusal(404, "404 page not found", body=b"404 page not found", content_type="text/plain")

    def bad_picture(self) -> Refusal:
        """Data URIs only."""
        return Refusal(400, "invalid image input")

    def listing(self, request: Request, state: State) -> Reply | None:
        """``/api/tags``, ``/api/ps``, ``/api/show`` and a greeting besides the OpenAI listing."""
        shown: dict[tuple[str, str], Json] = {
            ("GET", "/api/tags"): {"models": [_tag(model) for model in state.models]},
            ("GET", "/api/ps"): {"models": [_running(model) for model in state.models if model.loaded]},
            ("GET", "/api/version"): {"version": "0.13.0"},
        }
        if (request.method, request.path) in shown:
            return self.shown(shown[request.method, request.path])
        if request.path == "/":
            return Reply(body=b"Ollama is running", content_type=PLAIN)
        if (request.method, request.path) == ("POST", "/api/show"):
            model = next((model for model in state.models if model.id.encode() in request.body), None)
            return Reply(status=404, body=b'{"error":"model not found"}') if model is None else self.shown(_show(model))
        return super().listing(request, state)

    def listed(self, model: Model) -> JsonObject:
        """Everything comes out of its library."""
        return {"id": model.id, "object": "model", "created": 1767225600, "owned_by": "library"}

    def opening_delta(self) -> JsonObject:
        """Role and empty text."""
        return {"role": "assistant", "content": ""}

    def final_extras(self, _draft: Draft) -> JsonObject:
        """A fixed fingerprint."""
        return {"system_fingerprint": "fp_ollama"}


def _details() -> JsonObject:
    return {"format": "gguf", "family": "qwen25vl", "parameter_size": "8.3B", "quantization_level": "Q4_K_M"}


def _tag(model: Model) -> JsonObject:
    return {
        "name": model.id,
        "model": model.id,
        "modified_at": _LONG_AGO,
        "size": 5969245856,
        "digest": "0" * 64,
        "details": _details(),
    }


def _running(model: Model) -> JsonObject:
    return {**_tag(model), "expires_at": _LONG_AGO, "size_vram": 5969245856, "context_length": model.context}


def _show(model: Model) -> JsonObject:
    abilities: list[Json] = ["completion", "vision"] if model.vision else ["completion"]
    info: JsonObject = {"general.architecture": "qwen25vl", "qwen25vl.context_length": model.longest_context}
    return {
        "modelfile": "",
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": info,
        "capabilities": abilities,
    }
