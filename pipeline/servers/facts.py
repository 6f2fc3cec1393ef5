"""What is known of a model server."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.server_target import USUAL_ROUTE, Route


class ServerKind(StrEnum):
    """The server's program; OPENAI for any other with the same protocol."""

    LMSTUDIO = "lmstudio"
    LLAMACPP = "llamacpp"
    OLLAMA = "ollama"
    OPENAI = "openai"


_WORDS = {
    ServerKind.LMSTUDIO: "LM Studio",
    ServerKind.LLAMACPP: "llama.cpp",
    ServerKind.OLLAMA: "Ollama",
    ServerKind.OPENAI: "A server of OpenAI's protocol",
}


def kind_to_words(kind: ServerKind) -> str:
    """The program's name as its makers write it."""
    return _WORDS[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a server says about itself; None where it does not say.

    Attributes:
        url: Its base address.
        reachable: Whether anything answered.
        model: The id of the model that pages are sent to; None where there is none.
        origin: What else the server says about that model: its file, its architecture.
        vision: Whether that model takes pictures.
        slots: Number of pages that it works on at once.
        context: Tokens of one slot, or of all slots together where they share them.
        loaded: Whether the model is in memory already.
        models: Every model that the server offers.
        problem: A sentence that says what is wrong and what to do about it; None where pages can be sent.
        note: A sentence about something that works, but could be better.
        route: The route by which it was reached.
    """

    url: str
    kind: ServerKind = ServerKind.OPENAI
    reachable: bool = True
    model: str | None = None
    origin: str = ""
    vision: bool | None = None
    slots: int | None = None
    context: int | None = None
    loaded: bool | None = None
    models: tuple[str, ...] = ()
    problem: str | None = None
    note: str | None = None
    route: Route = USUAL_ROUTE

    @property
    def usable(self) -> bool:
        """Whether pages can be sent."""
        return self.problem is None and self.model is not None
