"""What all dialects share; a dialect is one server's way of saying things."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from simulator.chat import content_parts
from simulator.drafts import Draft
from simulator.jsons import Json, JsonObject, json_to_bytes
from simulator.models import Model
from simulator.pictures import Kind, Picture, base64_to_bytes, bytes_to_picture
from simulator.refusals import Refusal
from simulator.wire import LAST_CHUNK, Headers, Request, event

JSON = "application/json"
EVENTS = "text/event-stream"
PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"

_PLACE = '"\\u0000"'


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a listing shows.

    Attributes:
        slots: None where there is no limit.
        copies: How often each model is loaded, by id.
    """

    models: tuple[Model, ...]
    slots: int | None
    running: int
    waiting: int
    on_demand: bool
    starting: bool
    copies: dict[str, int]

    @property
    def parallel(self) -> int:
        """The number of slots, where one must be named."""
        return self.slots if self.slots is not None else 1023


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole response."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamParts:
    """A streamed answer in pieces, each already framed as a chunk."""

    opening: bytes
    pieces: list[bytes]
    closing: bytes


class Dialect:
    """The OpenAI-compatible common ground; every server overrides where it differs.

    Attributes:
        slots: How many requests run at once unless the test says otherwise; None for no limit.
        keep_alive: Seconds of idleness after which the server closes a connection; None for never.
        max_requests: How many requests a connection carries; None for no limit.
        closes_on_error: Whether a status of 400 or more ends the connection.
        plain_notice: Seconds after which the disconnect of a client that does not stream is noticed, counted from the
            last sign of life of any slot; infinite where it runs to its end.
        finishes_prompt: Whether prompt processing goes on after a disconnect.
        resize: Longest side in pixels to which pictures are shrunk before the model sees them.
        truncates: Whether a prompt that does not fit is cut in silence.
        reasoning: The key of a thinking model's thoughts.
    """

    name: ClassVar[str] = "openai"
    slots: ClassVar[int | None] = None
    keep_alive: ClassVar[float | None] = 5.0
    max_requests: ClassVar[int | None] = None
    closes_on_error: ClassVar[bool] = False
    plain_notice: ClassVar[float] = 0.0
    finishes_prompt: ClassVar[bool] = False
    resize: ClassVar[int | None] = None
    truncates: ClassVar[bool] = False
    reasoning: ClassVar[str] = "reasoning_content"
    readable: ClassVar[frozenset[Kind]] = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.BMP, Kind.WEBP})

    # -- heads and errors ---------------------------------------------------------------------------------------

    def head(self, content_type: str, length: int | None, *, last: bool) -> Headers:
        """The headers of a response; a length of None stands for a chunked body."""
        size = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
        ending = (("connection", "close"),) if last else ()
        return (("content-type", content_type), size, *ending)

    def refused(self, refusal: Refusal) -> Reply:
        """The whole response to a refused request."""
        body = json_to_bytes(self.error(refusal)) if refusal.body is None else refusal.body
        content_type = self.json_type if refusal.body is None else refusal.content_type
        return Reply(status=refusal.status, body=body, content_type=content_type, headers=refusal.headers)

    @property
    def json_type(self) -> str:
        """The content type of JSON."""
        return JSON

    def error(self, refusal: Refusal) -> JsonObject:
        """The body of an error in this server's usual shape."""
        return {"error": {"message": refusal.message, "type": refusal.kind, "code": refusal.code, **refusal.extra}}

    def late_error(self, refusal: Refusal) -> bytes:
        """How a stream that has begun reports a failure."""
        return event(json_to_bytes(self.error(refusal)))

    def overflow(self, needed: int, context: int) -> Refusal:
        """A prompt that does not fit."""
        text = f"This model's maximum context length is {context} tokens. However, you requested {needed} tokens."
        return Refusal(400, text, code="context_length_exceeded")

    def unauthorised(self) -> Refusal:
        """No key, or a wrong one."""
        return Refusal(401, "Incorrect API key provided.", code="invalid_api_key")

    def loading(self) -> Refusal:
        """The server is there, its model is not yet."""
        return Refusal(503, "Loading model", "unavailable_error")

    def blind(self) -> Refusal:
        """A picture for a model that cannot see."""
        return Refusal(400, "This model does not support image input.")

    def not_found(self, request: Request) -> Refusal:
        """No such path."""
        return Refusal(404, f"Invalid URL ({request.method} {request.path})")

    # -- requests -----------------------------------------------------------------------------------------------

    def pictures(self, body: JsonObject) -> tuple[Picture, ...]:
        """Every picture of a request, checked as this server checks them.

        Raises:
            Refusal: The request is malformed.
        """
        if not isinstance(body.get("messages"), list):
            raise self.no_messages()
        found = []
        for part in content_parts(body):
            if part.get("type") == "image_url":
                found.append(self.picture(part.get("image_url")))
            elif part.get("type") != "text":
                raise self.unknown_part()
        return tuple(found)

    def picture(self, value: Json) -> Picture:
        """The picture of an ``image_url`` part.

        Raises:
            Refusal: This server does not take it.
        """
        url = value.get("url") if isinstance(value, dict) else None
        head, comma, rest = url.partition(",") if isinstance(url, str) else ("", "", "")
        data = base64_to_bytes(rest) if comma and head.startswith("data:") else None
        if data is None:
            raise self.bad_picture()
        picture = bytes_to_picture(data)
        if picture.kind not in self.readable or not picture.whole:
            raise self.bad_picture()
        return picture

    def bad_json(self, problem: str) -> Refusal:
        """A body that is no JSON object."""
        return Refusal(400, f"The body is not valid JSON: {problem}")

    def no_messages(self) -> Refusal:
        """A body without messages."""
        return Refusal(400, "'messages' is required")

    def unknown_part(self) -> Refusal:
        """A content part of an unknown type."""
        return Refusal(400, "Unsupported content part")

    def bad_picture(self) -> Refusal:
        """A picture that cannot be read."""
        return Refusal(400, "The image could not be read.")

    # -- answers ------------------------------------------------------------------------------------------------

    def identity(self, number: int) -> str:
        """The id of an answer."""
        return f"chatcmpl-{number:032x}"

    def message(self, draft: Draft) -> JsonObject:
        """The assistant's message."""
        message: JsonObject = {"role": "assistant", "content": draft.content}
        if draft.reasoning is not None:
            message[self.reasoning] = draft.reasoning
        if draft.tool_calls:
            message["tool_calls"] = draft.tool_calls
        return message

    def completion(self, draft: Draft) -> JsonObject:
        """The body of an answer that is not streamed."""
        choice: JsonObject = {"index": 0, "message": self.message(draft), "finish_reason": draft.finish}
        return {
            "id": draft.identity,
            "object": "chat.completion",
            "created": draft.created,
            "model": draft.model,
            "choices": [choice] if draft.choices else [],
            "usage": draft.usage,
        }

    def chunk(self, draft: Draft, delta: JsonObject | None, finish: str | None = None) -> JsonObject:
        """One chunk of a stream; without a delta it has no choices."""
        choices: list[Json] = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return {
            "id": draft.identity,
            "object": "chat.completion.chunk",
            "created": draft.created,
            "model": draft.model,
            "choices": choices,
        }

    def opening_delta(self) -> JsonObject:
        """The first delta of a stream."""
        return {"role": "assistant", "content": ""}

    def final_extras(self, _draft: Draft) -> JsonObject:
        """What the very last chunk carries besides."""
        return {}

    def stream(self, draft: Draft, spoken: list[str], *, usage: bool) -> StreamParts:
        """The answer as server-sent events.

        Args:
            draft: The answer.
            spoken: Its text in the pieces in which it is sent.
            usage: Whether the client asked for the usage.
        """
        finish = self.chunk(draft, {} if draft.choices else None, draft.finish)
        endings = [finish]
        if usage:
            endings.append({**self.chunk(draft, None), "usage": draft.usage})
        endings[-1].update(self.final_extras(draft))
        closing = b"".join(event(json_to_bytes(ending)) for ending in endings)
        return StreamParts(
            opening=event(json_to_bytes(self.chunk(draft, self.opening_delta()))),
            pieces=list(self.spoken_events(draft, spoken)),
            closing=closing + event(b"[DONE]") + LAST_CHUNK,
        )

    def spoken_events(self, draft: Draft, spoken: list[str]) -> Iterator[bytes]:
        """One event per piece of the answer's text; the frame around the text is written only once."""
        if not draft.choices:
            return
        if draft.tool_calls:
            calls: list[Json] = [{"index": 0, **call} for call in draft.tool_calls if isinstance(call, dict)]
            yield event(json_to_bytes(self.chunk(draft, {"tool_calls": calls})))
        if isinstance(draft.content, list):
            yield event(json_to_bytes(self.chunk(draft, {"content": draft.content})))
        key = self.reasoning if draft.reasoning else "content"
        before, after = json_to_bytes(self.chunk(draft, {key: "\0"})).split(_PLACE.encode())
        for piece in spoken:
            yield event(before + json_to_bytes(piece) + after)

    # -- listings -----------------------------------------------------------------------------------------------

    def listing(self, request: Request, state: State) -> Reply | None:
        """The response to a request that is no chat; None where there is no such path."""
        if request.method == "GET" and request.path in ("/v1/models", "/models"):
            return self.shown({"object": "list", "data": [self.listed(model) for model in state.models]})
        return None

    def listed(self, model: Model) -> JsonObject:
        """One model in ``/v1/models``."""
        return {"id": model.id, "object": "model", "created": int(time.time()), "owned_by": "simulator"}

    def shown(self, value: Json) -> Reply:
        """A JSON response of status 200."""
        return Reply(body=json_to_bytes(value), content_type=self.json_type)
