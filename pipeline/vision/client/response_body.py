"""Reads the body of an answer in any form: server-sent events, one JSON document, or anything else."""

import json
from dataclasses import dataclass

import msgspec

#: Most characters of text for one page; the longest real page has a fiftieth of it.
TEXT_CHARACTERS = 1024 * 1024

# The longest line of the stream that is kept; a tool call may have a whole page in one line.
_LINE_BYTES = 4 * 1024 * 1024
# Larger than any context; the limit also excludes NaN and infinity.
_MOST_TOKENS = 10**9
# The start of a body that is neither events nor JSON, kept for the message.
_JUNK_BYTES = 400
_DECODER = json.JSONDecoder()
# Knows neither NaN nor half a pair of surrogates nor bad UTF-8, for which the other one is there.
_STRICT = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the server counted them, None where it does not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class AnswerStream:
    """Takes the bytes of a body as they come and keeps their content; never raises an error.

    Attributes:
        finish_reason: Why the model stopped; None while it has not.
        model: The name of the model that answers.
        usage: Tokens.
        complaint: The parsed error that came in place of an answer.
        complete: Whether the body said that it is complete: ``[DONE]``, or the end of one JSON document.
        events: Number of pieces with content.
        tokens: How many of them had text, including reasoning.
        junk: The start of what was neither events nor JSON.
    """

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.model: str | None = None
        self.usage = Usage()
        self.complaint: object = None
        self.complete = False
        self.events = 0
        self.tokens = 0
        self.junk = ""
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._arguments: list[str] = []
        self._fresh: list[str] = []
        self._characters = 0
        self._rest = b""
        self._event: list[bytes] = []
        self._event_is_error = False
        self._document: list[bytes] | None = None
        self._begun = False
        self._over = False
        self._index: object = None

    @property
    def text(self) -> str:
        """The answer so far; the arguments of a tool call where the model answered with one."""
        return _mended("".join(self._text)) or _arguments_to_text(_mended("".join(self._arguments)))

    @property
    def thoughts(self) -> str:
        """The model's reasoning, as far as it is separate from its answer."""
        return _mended("".join(self._thoughts))

    @property
    def flooded(self) -> bool:
        """Whether there is more text than any page has."""
        return self._characters > TEXT_CHARACTERS

    def feed(self, data: bytes) -> str:
        """Take bytes; returns the text and the reasoning that they added, in order."""
        self._fresh.clear()
        if not self._begun:
            data = self._begin(data)
        if self._document is not None:
            self._document.append(data)
        elif self._begun:
            self._take_lines(data)
        return "".join(self._fresh)

    def end(self) -> str:
        """Note the end of the body; returns what the last bytes added."""
        if self._document is None:
            return self.feed(b"\n\n") if self._begun else ""
        value = _parsed(b"".join(self._document))
        self._document = []
        if value is None:
            self.junk = "the JSON is cut short or broken"
            return ""
        self.complete = True
        self._fresh.clear()
        self._take_value(value)
        return "".join(self._fresh)

    def _begin(self, data: bytes) -> bytes:
        """Look at the first visible byte: a JSON document begins with a bracket, an event never does."""
        data = (self._rest + data).lstrip(b" \t\r\n\xef\xbb\xbf\x00")
        self._rest = b""
        if data:
            self._begun = True
            if data[:1] in b"{[":
                self._document = []
        return data

    def _take_lines(self, data: bytes) -> None:
        # The last line may continue in the next bytes, and a line feed may follow a carriage return. A line that never
        # ends is cut, and so it cannot be parsed.
        lines = (self._rest + data).splitlines(keepends=True)
        self._rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        if len(self._rest) > _LINE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._take_line(line.rstrip(b"\r\n"))

    def _take_line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            payload = line[5:].strip()
            if payload == b"[DONE]":
                self.complete = self._over = True
            elif self._event or not self._take_payload(payload):
                self._event.append(payload)
        elif not line:
            if self._event:
                self._take_payload(b"\n".join(self._event), last=True)
            self._event = []
            self._event_is_error = False
        elif line.startswith((b"event:", b"error:")):
            self._event_is_error = b"error" in line
        elif not line.startswith((b":", b"id:", b"retry:")) and len(self.junk) < _JUNK_BYTES:
            self.junk += line[:_JUNK_BYTES].decode("utf-8", "replace") + " "

    def _take_payload(self, payload: bytes, *, last: bool = False) -> bool:
        """Whether the payload is a whole JSON value; ``last``: nothing more will be added to it."""
        value = _parsed(payload)
        if value is None:
            if last and self._event_is_error:
                self._complain(payload.decode("utf-8", "replace"))
            elif last and payload:
                self.junk = self.junk or payload[:_JUNK_BYTES].decode("utf-8", "replace")
            return False
        if self._event_is_error:
            self._complain(value)
        else:
            self._take_value(value)
        return True

    def _complain(self, value: object) -> None:
        self.events += 1
        if self.complaint is None:
            self.complaint = value

    def _take_value(self, value: object) -> None:
        """One event, or one whole document; both have the same keys where it matters."""
        if not isinstance(value, dict):
            self.junk = self.junk or str(value)[:_JUNK_BYTES]
            return
        self.events += 1
        if value.get("error") or value.get("object") == "error" or ("detail" in value and "choices" not in value):
            self._complain(value)
            return
        if self.model is None and isinstance(model := value.get("model"), str) and model:
            self.model = model
        if isinstance(usage := value.get("usage"), dict):
            self.usage = Usage(
                prompt_tokens=_count(usage.get("prompt_tokens")),
                completion_tokens=_count(usage.get("completion_tokens")),
            )
        choices = value.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_choice(choices[0])

    def _take_choice(self, choice: dict[str, object]) -> None:
        """Only of the answer that came first, and not of what follows its end."""
        if self._over:
            return
        index = choice.get("index") or 0
        self._index = index if self._index is None else self._index
        if index != self._index:
            return
        if isinstance(reason := choice.get("finish_reason"), str) and reason:
            self.finish_reason = reason
        message = choice.get("delta") or choice.get("message")
        pieces = message if isinstance(message, dict) else {"content": choice.get("text")}
        before = self._characters
        self._keep(self._text, pieces.get("content"))
        self._keep(self._thoughts, pieces.get("reasoning_content") or pieces.get("reasoning"))
        if calls := pieces.get("tool_calls"):
            self._keep(self._arguments, _tool_arguments(calls))
        if isinstance(refusal := pieces.get("refusal"), str) and refusal:
            self._complain(refusal)
        self.tokens += self._characters > before

    def _keep(self, pieces: list[str], content: object) -> None:
        """Add a piece of text: a string, or a list of parts."""
        if not content:
            return
        if isinstance(content, list):
            parts = [part.get("text") if isinstance(part, dict) else part for part in content]
            content = "".join(part for part in parts if isinstance(part, str))
        if isinstance(content, str) and content:
            pieces.append(content)
            self._fresh.append(content)
            self._characters += len(content)


def _parsed(payload: bytes) -> object:
    """The JSON value; None where it is not JSON.  Bad UTF-8 is replaced, since one bad byte must not cost a page."""
    try:
        return _STRICT.decode(payload)  # called for every token: json.loads would take three times as long
    except (ValueError, RecursionError):
        text = payload.strip(b" \t\r\n").decode("utf-8", "replace")
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if end == len(text) else None


def _tool_arguments(calls: object) -> str:
    if not isinstance(calls, list):
        return ""
    functions = [call.get("function") for call in calls if isinstance(call, dict)]
    arguments = [function.get("arguments") for function in functions if isinstance(function, dict)]
    return "".join(piece for piece in arguments if isinstance(piece, str))


def _arguments_to_text(arguments: str) -> str:
    """The text of a tool call that has one text argument; else the arguments as they are."""
    value = _parsed(arguments.encode())
    texts = [item for item in value.values() if isinstance(item, str)] if isinstance(value, dict) else []
    return texts[0] if len(texts) == 1 else arguments


def _mended(text: str) -> str:
    """The text with surrogates from two pieces joined, and single ones replaced, since those cannot be written."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _count(value: object) -> int | None:
    """A number of tokens, if it is plausible."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < _MOST_TOKENS else None
