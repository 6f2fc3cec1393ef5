"""LM Studio, as its documentation and its users' reports describe it."""

import email.utils
from typing import ClassVar

from simulator.dialects.base import Dialect, Reply, State
from simulator.drafts import Draft
from simulator.jsons import Json, JsonObject, json_to_bytes
from simulator.models import Model
from simulator.pictures import Kind, Picture
from simulator.refusals import Refusal
from simulator.wire import Headers, Request, event

_MOST_PIXELS = 26_214_400


class LmStudio(Dialect):
    """Four slots, pictures shrunk to 1024 pixels, errors that may come with status 200."""

    name: ClassVar[str] = "lmstudio"
    slots: ClassVar[int | None] = 4
    plain_notice: ClassVar[float] = 0.0
    finishes_prompt: ClassVar[bool] = True
    resize: ClassVar[int | None] = 1024
    readable: ClassVar[frozenset[Kind]] = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.BMP})

    @property
    def json_type(self) -> str:
        """As Express writes it."""
        return "application/json; charset=utf-8"

    def head(self, content_type: str, length: int | None, *, last: bool) -> Headers:
        """As a Node server behind Express writes them."""
        size = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
        keeping = (("Connection", "keep-alive"), ("Keep-Alive", "timeout=5"))
        ending = (("Connection", "close"),) if last else keeping
        date = ("Date", email.utils.formatdate(usegmt=True))
        return (("X-Powered-By", "Express"), ("Content-Type", content_type), size, date, *ending)

    def late_error(self, refusal: Refusal) -> bytes:
        """An event with a name of its own."""
        return event(json_to_bytes(self.error(refusal)), b"error")

    def error(self, refusal: Refusal) -> JsonObject:
        """An object where the refusal has a code, else the flat string of its older versions."""
        if refusal.code is None and not refusal.extra:
            return {"error": refusal.message}
        error: JsonObject = {"message": refusal.message, "type": refusal.kind}
        return {"error": error | refusal.extra | {"code": refusal.code}}

    def overflow(self, needed: int, context: int) -> Refusal:
        """The old versions' 400."""
        text = (
            f"Trying to keep the first {needed} tokens when context the overflows. However, the model is loaded with "
            f"context length of only {context} tokens, which is not enough. Try to load the model with a larger "
            "context length, or provide a shorter input"
        )
        return Refusal(400, text)

    def unauthorised(self) -> Refusal:
        """Its own ``type``."""
        text = "Malformed LM Studio API token provided."
        return Refusal(401, text, "invalid_request", code="invalid_api_key", extra={"param": None})

    def blind(self) -> Refusal:
        """A text-only model."""
        return Refusal(400, "Model does not support images. Please use a model that does.")

    def not_found(self, request: Request) -> Refusal:
        """Status 200 for whatever path it does not know."""
        return Refusal(200, f"Unexpected endpoint or method. ({request.method} {request.path})")

    def bad_picture(self) -> Refusal:
        """The same words for WebP as for no base64 at all."""
        return Refusal(400, "'url' field must be a base64 encoded image.")

    def picture(self, value: Json) -> Picture:
        """Refuses pictures over its cap of pixels, which is checked before they are shrunk."""
        picture = super().picture(value)
        if picture.width * picture.height > _MOST_PIXELS:
            raise Refusal(400, f"Image exceeds the maximum of {_MOST_PIXELS} pixels.")
        return picture

    def completion(self, draft: Draft) -> JsonObject:
        """With the fields that it adds."""
        body = super().completion(draft)
        choice: JsonObject = {"index": 0, "message": self.message(draft), "logprobs": None}
        body["choices"] = [{**choice, "finish_reason": draft.finish}] if draft.choices else []
        return {**body, "stats": {}, "system_fingerprint": draft.model}

    def chunk(self, draft: Draft, delta: JsonObject | None, finish: str | None = None) -> JsonObject:
        """With the fields that it adds."""
        one: JsonObject = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {
            "id": draft.identity,
            "object": "chat.completion.chunk",
            "created": draft.created,
            "model": draft.model,
            "system_fingerprint": draft.model,
            "choices": [] if delta is None else [one],
        }

    def opening_delta(self) -> JsonObject:
        """The role alone."""
        return {"role": "assistant"}

    def listing(self, request: Request, state: State) -> Reply | None:
        """The native listings of both generations, and the OpenAI one."""
        if request.method != "GET":
            return None
        if request.path == "/api/v1/models":
            return self.shown({"models": [_native(model, state) for model in state.models]})
        if request.path == "/api/v0/models":
            return self.shown({"object": "list", "data": [_older(model) for model in state.models]})
        if request.path == "/v1/models":
            shown = [model for model in state.models if state.on_demand or model.loaded]
            return self.shown({"data": [self.listed(model) for model in shown], "object": "list"})
        return None

    def listed(self, model: Model) -> JsonObject:
        """No date."""
        return {"id": model.id, "object": "model", "owned_by": "organization_owner"}


def _native(model: Model, state: State) -> JsonObject:
    config: JsonObject = {
        "context_length": model.context,
        "eval_batch_size": 512,
        "parallel": state.parallel,
        "flash_attention": True,
        "offload_kv_cache_to_gpu": True,
    }
    copies = range(1, state.copies.get(model.id, 0) + 1)
    instances: list[Json] = [
        {"id": model.id if copy == 1 else f"{model.id}:{copy}", "config": config} for copy in copies
    ]
    return {
        "type": "embedding" if model.embedding else "llm",
        "publisher": "simulator",
        "key": model.id,
        "display_name": model.id,
        "architecture": "qwen2_5_vl" if model.vision else "llama",
        "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
        "size_bytes": 6_044_000_000,
        "params_string": "7B",
        "loaded_instances": [] if model.embedding else instances,
        "max_context_length": model.longest_context,
        "format": "gguf",
        **({} if model.embedding else {"capabilities": {"vision": model.vision, "trained_for_tool_use": False}}),
        "description": None,
    }


def _older(model: Model) -> JsonObject:
    kind = "vlm" if model.vision else "llm"
    entry: JsonObject = {
        "id": model.id,
        "object": "model",
        "type": "embeddings" if model.embedding else kind,
        "publisher": "simulator",
        "arch": "qwen2_5_vl" if model.vision else "llama",
        "compatibility_type": "gguf",
        "quantization": "Q4_K_M",
        "state": "loaded" if model.loaded else "not-loaded",
        "max_context_length": model.longest_context,
    }
    return {**entry, "loaded_context_length": model.context} if model.loaded else entry
