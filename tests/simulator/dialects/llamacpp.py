"""llama.cpp's server, as measured: headers, key order, error texts and types, listings."""

import binascii
import time
from collections.abc import Callable
from typing import ClassVar

from simulator.dialects.base import EVENTS, PLAIN, Dialect, Reply, State
from simulator.drafts import Draft
from simulator.jsons import Json, JsonObject
from simulator.models import Model
from simulator.pictures import Kind, Picture, bytes_to_picture
from simulator.refusals import Refusal
from simulator.wire import Headers, Request

_BUILD = "b7100-simulated"


class LlamaCpp(Dialect):
    """Four slots, ``Keep-Alive: timeout=5, max=100``, and every error ends its connection."""

    name: ClassVar[str] = "llama.cpp"
    slots: ClassVar[int | None] = 4
    max_requests: ClassVar[int | None] = 100
    closes_on_error: ClassVar[bool] = True
    plain_notice: ClassVar[float] = 1.0
    readable: ClassVar[frozenset[Kind]] = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.BMP})

    @property
    def json_type(self) -> str:
        """As cpp-httplib writes it."""
        return "application/json; charset=utf-8"

    def head(self, content_type: str, length: int | None, *, last: bool) -> Headers:
        """In the order of the measured server."""
        size = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
        buffering = (("X-Accel-Buffering", "no"),) if content_type == EVENTS else ()
        ending = ("Connection", "close") if last else ("Keep-Alive", "timeout=5, max=100")
        first = (("Server", "llama.cpp"), ("Access-Control-Allow-Origin", ""), ("Content-Type", content_type))
        return (*first, size, *buffering, ending)

    def error(self, refusal: Refusal) -> JsonObject:
        """The status stands in the body again."""
        error: JsonObject = {"code": refusal.status, "message": refusal.message, "type": refusal.kind}
        return {"error": error | refusal.extra}

    def overflow(self, needed: int, context: int) -> Refusal:
        """Says how much was needed and how much there is."""
        text = f"request ({needed} tokens) exceeds the available context size ({context} tokens), try increasing it"
        return Refusal(400, text, "exceed_context_size_error", extra={"n_prompt_tokens": needed, "n_ctx": context})

    def unauthorised(self) -> Refusal:
        """The same for no key and a wrong one."""
        return Refusal(401, "Invalid API Key", "authentication_error")

    def blind(self) -> Refusal:
        """A model without its projector."""
        hint = "hint: if this is unexpected, you may need to provide the mmproj"
        return Refusal(500, f"image input is not supported - {hint}", "server_error")

    def not_found(self, _request: Request) -> Refusal:
        """Also for the wrong method."""
        return Refusal(404, "File Not Found", "not_found_error")

    def bad_json(self, problem: str) -> Refusal:
        """500, not 400."""
        return Refusal(500, f"[json.exception.parse_error.101] parse error at {problem}", "server_error")

    def unknown_part(self) -> Refusal:
        """The text names the field, not the value."""
        return Refusal(400, "unsupported content[].type")

    def bad_picture(self) -> Refusal:
        """Anything that its image library cannot open."""
        return Refusal(400, "Failed to load image or audio file")

    def pictures(self, body: JsonObject) -> tuple[Picture, ...]:
        """The numeric fields are checked before the messages."""
        for field in ("temperature", "max_tokens", "top_p"):
            value = body.get(field)
            if value is not None and not isinstance(value, int | float):
                kind = type(value).__name__.replace("str", "string").replace("dict", "object").replace("list", "array")
                text = f"[json.exception.type_error.302] type must be number, but is {kind}"
                raise Refusal(400, f"Field '{field}': {text}")
        return super().pictures(body)

    def picture(self, value: Json) -> Picture:
        """Data URIs of any MIME name, and bare base64; addresses are tried and fail here."""
        url = value.get("url") if isinstance(value, dict) else None
        if not isinstance(url, str) or not url:
            raise Refusal(500, "Invalid base64 value", "server_error")
        if url.startswith(("http://", "https://")):
            raise Refusal(500, "error: cannot make GET request", "server_error")
        if url.startswith("file://"):
            raise Refusal(400, "file:// URLs are not allowed unless --media-path is specified")
        if url.startswith("data:"):
            head, _, url = url.partition(",")
            if not head.endswith("base64"):
                raise Refusal(400, "uri must be base64 encoded")
        try:
            picture = bytes_to_picture(binascii.a2b_base64(url, strict_mode=True))
        except ValueError as error:
            raise self.bad_picture() from error
        if picture.kind not in self.readable or not picture.whole:
            raise self.bad_picture()
        return picture

    def completion(self, draft: Draft) -> JsonObject:
        """Keys in the measured order."""
        choice: JsonObject = {"finish_reason": draft.finish, "index": 0, "message": self.message(draft)}
        return {
            "choices": [choice] if draft.choices else [],
            "created": draft.created,
            "model": draft.model,
            "system_fingerprint": _BUILD,
            "object": "chat.completion",
            "usage": draft.usage,
            "id": draft.identity,
            **self.final_extras(draft),
        }

    def chunk(self, draft: Draft, delta: JsonObject | None, finish: str | None = None) -> JsonObject:
        """Keys in the order of its source."""
        choices: list[Json] = [] if delta is None else [{"finish_reason": finish, "index": 0, "delta": delta}]
        return {
            "choices": choices,
            "created": draft.created,
            "id": draft.identity,
            "model": draft.model,
            "system_fingerprint": _BUILD,
            "object": "chat.completion.chunk",
        }

    def opening_delta(self) -> JsonObject:
        """The content is null, not empty."""
        return {"role": "assistant", "content": None}

    def final_extras(self, draft: Draft) -> JsonObject:
        """The timings, in milliseconds; on the very last chunk, whether that is the finish or the usage."""
        prompt_ms, spoken_ms = draft.seconds * 300, draft.seconds * 700
        timings: JsonObject = {
            "cache_n": draft.cached,
            "prompt_n": draft.prompt_tokens - draft.cached,
            "prompt_ms": round(prompt_ms, 3),
            "prompt_per_token_ms": round(prompt_ms / max(1, draft.prompt_tokens), 3),
            "prompt_per_second": round(1000 * draft.prompt_tokens / max(1e-3, prompt_ms), 3),
            "predicted_n": draft.completion_tokens,
            "predicted_ms": round(spoken_ms, 3),
            "predicted_per_token_ms": round(spoken_ms / max(1, draft.completion_tokens), 3),
            "predicted_per_second": round(1000 * draft.completion_tokens / max(1e-3, spoken_ms), 3),
        }
        return {"timings": timings}

    def listing(self, request: Request, state: State) -> Reply | None:
        """``/health``, ``/props``, ``/slots``, ``/metrics`` besides the models."""
        if (request.method, request.path) == ("GET", "/metrics"):
            return Reply(body=_metrics(state), content_type=PLAIN)
        show = _LISTINGS.get(request.path)
        return self.shown(show(state)) if show is not None and request.method == "GET" else None


def _context(state: State) -> int:
    return state.models[0].context if state.models else 4096


def _props(state: State) -> JsonObject:
    model = state.models[0] if state.models else Model(vision=False)
    return {
        "default_generation_settings": {"n_ctx": model.context, "params": {"seed": 4294967295, "temperature": 0.8}},
        "total_slots": state.parallel,
        "model_alias": model.id,
        "model_path": f"/models/{model.id}.gguf",
        "modalities": {"vision": model.vision, "audio": False},
        "endpoint_slots": True,
        "endpoint_props": False,
        "endpoint_metrics": True,
        "chat_template": "{{ messages }}",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "build_info": _BUILD,
        "is_sleeping": not any(model.loaded for model in state.models),
    }


def _slots(state: State) -> Json:
    return [
        {"id": index, "n_ctx": _context(state), "speculative": False, "is_processing": index < state.running}
        for index in range(state.parallel)
    ]


def _metrics(state: State) -> bytes:
    lines = []
    for name, words, value in (
        ("requests_processing", "Number of requests processing.", state.running),
        ("requests_deferred", "Number of requests deferred.", state.waiting),
    ):
        lines += [f"# HELP llamacpp:{name} {words}", f"# TYPE llamacpp:{name} gauge", f"llamacpp:{name} {value}"]
    return ("\n".join(lines) + "\n").encode()


def _models(state: State) -> JsonObject:
    named: list[Json] = []
    data: list[Json] = []
    for model in state.models:
        abilities: list[Json] = ["completion", "multimodal"] if model.vision else ["completion"]
        details: JsonObject = {"parent_model": "", "format": "gguf", "family": "", "parameter_size": ""}
        named.append(
            {"name": model.id, "model": model.id, "type": "model", "capabilities": abilities, "details": details}
        )
        meta: JsonObject = {"vocab_type": 2, "n_ctx_train": model.longest_context, "n_embd": 3584, "size": 4683073536}
        data.append(
            {"id": model.id, "object": "model", "created": int(time.time()), "owned_by": "llamacpp", "meta": meta}
        )
    return {"models": named, "object": "list", "data": data}


def _health(_state: State) -> Json:
    return {"status": "ok"}


_LISTINGS: dict[str, Callable[[State], Json]] = {
    "/health": _health,
    "/v1/health": _health,
    "/props": _props,
    "/slots": _slots,
    "/v1/models": _models,
    "/models": _models,
}
