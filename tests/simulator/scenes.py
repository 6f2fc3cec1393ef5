"""A request that has its slot, and the script of a good answer to it."""

from dataclasses import dataclass, replace

from simulator.chat import Ask
from simulator.dialects.base import EVENTS, Dialect, Reply, StreamParts
from simulator.drafts import Draft, text_to_pieces, text_to_tokens
from simulator.jsons import json_to_bytes
from simulator.rules import Rule
from simulator.steps import Script, Send, Wait
from simulator.wire import head_to_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that decides what happens to a request in its slot.

    Attributes:
        first: Seconds before the first token.
        rest: Seconds from there to the last.
        last: Whether the connection ends with this response.
        pace: Tokens per second, where the answer's length decides its time.
        events: Into how many events a streamed answer is cut; few of them, since each costs CPU time that the
            program under test would miss.
    """

    dialect: Dialect
    ask: Ask
    draft: Draft
    rule: Rule | None = None
    first: float = 0.0
    rest: float = 0.0
    last: bool = False
    pace: float | None = None
    events: int = 12

    def with_draft(self, draft: Draft) -> "Scene":
        """The same with another answer; where that is text, its tokens are counted anew, and its time with them."""
        rest = self.rest
        if isinstance(draft.content, str):
            spoken = draft.content + (draft.reasoning or "")
            draft = replace(draft, completion_tokens=len(text_to_tokens(spoken)))
            rest = self.rest if self.pace is None else draft.completion_tokens / self.pace
        return replace(self, draft=draft, rest=rest)

    def seconds(self, default: float) -> float:
        """The rule's own measure of time."""
        return default if self.rule is None or self.rule.seconds is None else self.rule.seconds

    def size(self, default: int) -> int:
        """The rule's own measure of length, in bytes."""
        return default if self.rule is None or self.rule.size is None else self.rule.size

    def parts(self) -> StreamParts:
        """The answer as a stream."""
        spoken = self.draft.content if isinstance(self.draft.content, str) else ""
        pieces = text_to_pieces(self.draft.reasoning or spoken, self.events)
        return self.dialect.stream(self.draft, pieces, usage=self.ask.usage)

    def stream_head(self, content_type: str = EVENTS) -> bytes:
        """The head of a streamed answer."""
        return head_to_bytes(200, self.dialect.head(content_type, None, last=self.last))

    def response(self, reply: Reply) -> bytes:
        """A whole response."""
        return reply_to_bytes(self.dialect, reply, last=self.last)

    def body(self) -> bytes:
        """The body of an answer that is not streamed."""
        return json_to_bytes(self.dialect.completion(self.draft))


def reply_to_bytes(dialect: Dialect, reply: Reply, *, last: bool) -> bytes:
    """Head and body of a whole response in a server's manner."""
    headers = dialect.head(reply.content_type, len(reply.body), last=last)
    return head_to_bytes(reply.status, (*headers, *reply.headers)) + reply.body


def answer_script(scene: Scene) -> Script:
    """The good answer: streamed or whole, as the client asked."""
    if not scene.ask.stream:
        yield Wait(scene.first + scene.rest)
        yield Send(scene.response(Reply(body=scene.body(), content_type=scene.dialect.json_type)))
        return
    yield from stream_script(scene)


def stream_script(scene: Scene, *, ending: bytes | None = None, content_type: str = EVENTS) -> Script:
    """The good answer as a stream, one write per event; what is due at the same moment goes in one write.

    Args:
        scene: The request.
        ending: Instead of the finish, the usage and ``[DONE]``.
        content_type: Of the response.
    """
    parts = scene.parts()
    closing = parts.closing if ending is None else ending
    yield Wait(scene.first)
    opening = scene.stream_head(content_type) + parts.opening
    if scene.rest <= 0 or len(parts.pieces) < 2:
        yield Wait(scene.rest)
        yield Send(opening + b"".join(parts.pieces) + closing)
        return
    yield Send(opening + parts.pieces[0])
    pause = scene.rest / (len(parts.pieces) - 1)
    for piece in parts.pieces[1:-1]:
        yield Wait(pause)
        yield Send(piece)
    yield Wait(pause)
    yield Send(parts.pieces[-1] + closing)


def half_answer(scene: Scene) -> Script:
    """The first half of the answer: of its bytes, or of its events."""
    if scene.ask.stream:
        parts = scene.parts()
        half = parts.pieces[: max(1, len(parts.pieces) // 2)]
        yield Wait(scene.first)
        yield Send(scene.stream_head() + parts.opening + b"".join(half))
        return
    whole = scene.response(Reply(body=scene.body(), content_type=scene.dialect.json_type))
    yield Wait(scene.first)
    yield Send(whole[: len(whole) - len(scene.body()) // 2])
