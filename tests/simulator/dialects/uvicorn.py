"""The servers behind uvicorn: vLLM and its like, and llama-cpp-python's."""

import email.utils
from typing import ClassVar

from simulator.dialects.base import PLAIN, Dialect, Reply, State
from simulator.jsons import JsonObject
from simulator.models import Model
from simulator.pictures import Kind
from simulator.refusals import Refusal
from simulator.wire import Headers, Request


class Plain(Dialect):
    """vLLM: no limit of slots, only ``/v1/models`` to look at."""

    name: ClassVar[str] = "plain"

    def head(self, content_type: str, length: int | None, *, last: bool) -> Headers:
        """As uvicorn writes them, in lower case."""
        ending = (("connection", "close"),) if last else ()
        size = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
        date = ("date", email.utils.formatdate(usegmt=True))
        return (date, ("server", "uvicorn"), size, ("content-type", content_type), *ending)

    def error(self, refusal: Refusal) -> JsonObject:
        """The newer shape; ``code`` is the status."""
        kind = "NotFoundError" if refusal.status == 404 else "BadRequestError"
        return {"error": {"message": refusal.message, "type": kind, "param": None, "code": refusal.status}}

    def unauthorised(self) -> Refusal:
        """A flat string."""
        return Refusal(401, "Unauthorized", body=b'{"error":"Unauthorized"}')

    def not_found(self, _request: Request) -> Refusal:
        """FastAPI's own shape."""
        return Refusal(404, "Not Found", body=b'{"detail":"Not Found"}')

    def listing(self, request: Request, state: State) -> Reply | None:
        """An empty ``/health``, and the models with their context."""
        if request.method == "GET" and request.path == "/health":
            return Reply(content_type=PLAIN)
        return super().listing(request, state)

    def listed(self, model: Model) -> JsonObject:
        """With the context that it serves."""
        return {**super().listed(model), "owned_by": "vllm", "root": model.id, "max_model_len": model.context}


class LlamaCppPython(Plain):
    """llama-cpp-python, as measured: one at a time, every picture error is 500, an abandoned request runs on."""

    name: ClassVar[str] = "llama-cpp-python"
    slots: ClassVar[int | None] = 1
    plain_notice: ClassVar[float] = float("inf")
    readable: ClassVar[frozenset[Kind]] = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.BMP})

    def error(self, refusal: Refusal) -> JsonObject:
        """All four keys, always."""
        return {"error": {"message": refusal.message, "type": refusal.kind, "param": None, "code": refusal.code}}

    def bad_picture(self) -> Refusal:
        """Whatever is wrong with it."""
        return Refusal(500, "Failed to create bitmap from image bytes", "internal_server_error")

    def bad_json(self, _problem: str) -> Refusal:
        """Plain text."""
        return Refusal(500, "", body=b"Internal Server Error", content_type=PLAIN)

    def listed(self, model: Model) -> JsonObject:
        """Only what it knows."""
        return {"id": model.id, "object": "model", "owned_by": "me", "permissions": []}
