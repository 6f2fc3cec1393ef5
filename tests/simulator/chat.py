"""A chat request, read as far as every server reads it; how each of them refuses a bad one stands in its dialect."""

from dataclasses import dataclass, field

from simulator.jsons import Json, JsonObject
from simulator.mark import Mark
from simulator.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a client asks for.

    Attributes:
        model: As the client spells it; empty where it names none.
        max_tokens: None where the client sets no limit.
        usage: Whether a stream is to end with the usage.
        text: All text of the messages.
        body: The whole request.
        mark: The page that the first picture shows, where it is a numbered one.
        key: Names the page for everything that is drawn by seed: its mark, else its picture, else its text.
    """

    model: str
    stream: bool
    max_tokens: int | None
    usage: bool
    text: str
    pictures: tuple[Picture, ...]
    body: JsonObject
    mark: Mark | None = field(default=None)

    @property
    def key(self) -> str:
        """A name for the page: equal for every attempt at it."""
        if self.mark is not None:
            return f"{self.mark.document}/{self.mark.page}"
        return self.pictures[0].name if self.pictures else self.text[:80]


def body_to_ask(body: JsonObject, pictures: tuple[Picture, ...]) -> Ask:
    """What a checked body asks for; values of the wrong type count as absent."""
    options = body.get("stream_options")
    return Ask(
        model=_text(body.get("model")),
        stream=body.get("stream") is True,
        max_tokens=_limit(body),
        usage=isinstance(options, dict) and options.get("include_usage") is True,
        text=" ".join(_text(part.get("text")) for part in content_parts(body)),
        pictures=pictures,
        body=body,
        mark=next((picture.mark for picture in pictures), None),
    )


def content_parts(body: JsonObject) -> list[JsonObject]:
    """All content parts of all messages in order; a message that is a plain string counts as one text part."""
    messages = body.get("messages")
    parts: list[JsonObject] = []
    for message in messages if isinstance(messages, list) else []:
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            parts.append({"type": "text", "text": content})
        elif isinstance(content, list):
            parts.extend(part for part in content if isinstance(part, dict))
    return parts


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _limit(body: JsonObject) -> int | None:
    for name in ("max_tokens", "max_completion_tokens"):
        value = body.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return max(1, value)
    return None
