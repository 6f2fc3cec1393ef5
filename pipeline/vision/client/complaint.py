"""Reads what a server says when it refuses: four forms of bodies, six kinds of trouble."""

import json
import re
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.errors import AnswerFailed, AnswerFiltered, ContextExceeded, ModelRefused, ModelUnavailable

# The most characters of a server's own words in a message.
_QUOTED = 300


class ServerTrouble(Enum):
    """What a complaint means for this page and the next ones."""

    #: Ask again later: the queue is full, the model is still loading.
    BUSY = auto()
    #: Another request filled the cache, or the model crashed and is loaded again: ask once more after a second.
    OVERLOADED = auto()
    #: This server can read no page until somebody repairs something.
    UNAVAILABLE = auto()
    #: Picture, prompt and answer do not fit.
    CONTEXT = auto()
    #: The server does not accept the request's form, perhaps because of a key that it does not know.
    FORM = auto()
    #: Its content filter has stopped the page.
    FILTERED = auto()
    #: Anything else.
    REFUSED = auto()


# Words of LM Studio, llama.cpp, Ollama and vLLM, in lower case; the first that is found in the complaint decides.
_PHRASES = (
    (ServerTrouble.FILTERED, "content_filter"),
    (ServerTrouble.FILTERED, "content management policy"),
    (ServerTrouble.OVERLOADED, "context size has been exceeded"),
    (ServerTrouble.OVERLOADED, "failed to process mtmd chunk"),
    (ServerTrouble.OVERLOADED, "failed to find a memory slot"),
    (ServerTrouble.OVERLOADED, "model has crashed"),
    (ServerTrouble.OVERLOADED, "model unloaded"),
    (ServerTrouble.CONTEXT, "exceeds the available context size"),
    (ServerTrouble.CONTEXT, "exceed_context_size"),
    (ServerTrouble.CONTEXT, "tokens to keep from the initial prompt"),
    (ServerTrouble.CONTEXT, "trying to keep the first"),
    (ServerTrouble.CONTEXT, "maximum context length"),
    (ServerTrouble.UNAVAILABLE, "no models loaded"),
    (ServerTrouble.UNAVAILABLE, "model_not_found"),
    (ServerTrouble.UNAVAILABLE, "try pulling it first"),
    (ServerTrouble.UNAVAILABLE, "does not support images"),
    (ServerTrouble.UNAVAILABLE, "image input is not supported"),
    (ServerTrouble.UNAVAILABLE, "add-on is not loaded"),
    (ServerTrouble.UNAVAILABLE, "unexpected endpoint or method"),
    (ServerTrouble.UNAVAILABLE, "invalid api key"),
    (ServerTrouble.BUSY, "loading model"),
    (ServerTrouble.BUSY, "server busy"),
)
_STATUSES = {
    400: ServerTrouble.FORM,
    401: ServerTrouble.UNAVAILABLE,
    403: ServerTrouble.UNAVAILABLE,
    404: ServerTrouble.UNAVAILABLE,
    405: ServerTrouble.UNAVAILABLE,
    422: ServerTrouble.FORM,
    429: ServerTrouble.BUSY,
    503: ServerTrouble.BUSY,
}
_ADVICE = (
    ("no models loaded", "Load a vision model in LM Studio."),
    ("file not found", "The server's url must end in /v1."),
    ("not found", "Check the model's name with `dropleaf doctor`."),
    ("does not support images", "Load a vision model; this one reads text only."),
    ("image input is not supported", "Start the server with the model's vision file (--mmproj)."),
    ("add-on is not loaded", "Load the model again together with its vision part."),
    ("unexpected endpoint", "The server's url must end in /v1."),
    ("api key", "Set api_key of this server in settings.yaml."),
    ("context", "Load the model with a longer context."),
    ("crashed", "Load the model again; if it crashes again, take a smaller one or a shorter context."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A server's refusal.

    Attributes:
        status: Of the HTTP answer; it may be 200.
        words: What the server said, as one short line.
        retry_after_s: Seconds for which it asks not to be asked; None where it does not say.
        dropped: The part of the answer that came before; empty where the server refused at once.
    """

    trouble: ServerTrouble
    status: int
    words: str
    retry_after_s: float | None = None
    dropped: str = ""

    @property
    def attempt_outcome(self) -> str:
        """The attempt's outcome in the manifest."""
        if self.trouble is ServerTrouble.FILTERED:
            return AnswerFiltered.attempt_outcome or ModelRefused.reason
        return (self.dropped and AnswerFailed.attempt_outcome) or ModelRefused.reason


def body_to_complaint(body: bytes, status: int, retry_after: str | None = None, secret: str | None = None) -> Complaint:
    """What an error body says.

    Args:
        body: As it came, in any form; it may be empty.
        status: Of the HTTP answer.
        retry_after: The header of that name.
        secret: The API key, which a server may quote and which must not reach any log.
    """
    text = body.decode("utf-8", "replace")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        value = re.sub(r"<[^<>]*>", " ", text)
    return value_to_complaint(value, status, retry_after, secret)


def value_to_complaint(
    value: object, status: int, retry_after: str | None = None, secret: str | None = None
) -> Complaint:
    """The same for a parsed body, or a parsed event of a stream."""
    words = " ".join(_value_to_words(value))
    if secret:
        words = words.replace(secret, "…")
    lower = words.lower()
    trouble = next((trouble for trouble, phrase in _PHRASES if phrase in lower), None)
    return Complaint(
        trouble=trouble or _STATUSES.get(status, ServerTrouble.REFUSED),
        status=status,
        words=_one_line(words) or "no reason given",
        retry_after_s=_seconds(retry_after),
    )


def complaint_to_error(complaint: Complaint) -> ModelRefused:
    """The error for the page, with what can be done about it."""
    kinds: dict[ServerTrouble, type[ModelRefused]] = {
        ServerTrouble.FILTERED: AnswerFiltered,
        ServerTrouble.BUSY: ModelUnavailable,
        ServerTrouble.OVERLOADED: ModelUnavailable,
        ServerTrouble.UNAVAILABLE: ModelUnavailable,
        ServerTrouble.CONTEXT: ContextExceeded,
    }
    lower = complaint.words.lower()
    advice = next((advice for phrase, advice in _ADVICE if phrase in lower), "")
    if complaint.dropped:
        message = f"The server stopped in the middle of its answer with an error: {complaint.words}"
    else:
        message = f"The server refused (HTTP {complaint.status}): {complaint.words}"
    kind = kinds.get(complaint.trouble, AnswerFailed if complaint.dropped else ModelRefused)
    error = kind(f"{message.rstrip('.')}. {advice}".rstrip())
    error.dropped = complaint.dropped
    return error


def _value_to_words(value: object, depth: int = 4) -> list[str]:
    """The strings that matter, in any of the forms {"error": {...}}, {"error": ".."}, {"detail": ..} or plain text."""
    if isinstance(value, str):
        return [value[: 4 * _QUOTED]]
    if isinstance(value, list):
        return [words for item in value[:3] for words in _value_to_words(item, depth - 1)] if depth else []
    if not isinstance(value, dict):
        return []
    for key in ("error", "detail"):
        if value.get(key) and depth:
            return _value_to_words(value[key], depth - 1)
    return [
        str(value[key])[: 4 * _QUOTED]
        for key in ("message", "msg", "type", "code")
        if isinstance(value.get(key), str | int) and value[key] != ""
    ]


def _one_line(words: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"


def _seconds(retry_after: str | None) -> float | None:
    """Seconds of a Retry-After header; its other form, a date, is ignored, since clocks may be wrong."""
    found = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*", retry_after or "")
    return float(found[1]) if found else None
