"""An answer before it is written in a server's shape."""

import re
from dataclasses import dataclass, field

from simulator.jsons import Json, JsonObject

#: Characters from which on cutting a text at its tokens would take the server longer than sending it.
_HUGE = 200_000
_TOKEN = re.compile(r"\s?[^\s]{1,5}|\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the model said.

    Attributes:
        model: The id that the answer names.
        content: Normally text; faults put lists and None here.
        reasoning: Text of a thinking model's thoughts.
        finish: ``stop`` or ``length`` or ``tool_calls``; None for servers that do not say.
        choices: False for an answer with an empty list of choices.
        cached: How many of the prompt tokens came from the cache.
    """

    identity: str
    model: str
    created: int
    content: Json
    reasoning: str | None = None
    finish: str | None = "stop"
    choices: bool = True
    tool_calls: list[Json] = field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached: int = 0
    seconds: float = 0.0

    @property
    def usage(self) -> JsonObject:
        """The OpenAI usage object; keys in llama.cpp's order."""
        return {
            "completion_tokens": self.completion_tokens,
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


def text_to_tokens(text: str) -> list[str]:
    """Pieces of up to six characters that add up to the text: near enough to a tokeniser for counting."""
    return _TOKEN.findall(text)


def text_to_pieces(text: str, count: int) -> list[str]:
    """The text cut into at most so many pieces of about equal length; between tokens, unless it is a huge one."""
    if len(text) >= _HUGE:
        size = -(-len(text) // count)
        return [text[start : start + size] for start in range(0, len(text), size)]
    tokens = text_to_tokens(text)
    size = max(1, -(-len(tokens) // count))
    return ["".join(tokens[start : start + size]) for start in range(0, len(tokens), size)]
