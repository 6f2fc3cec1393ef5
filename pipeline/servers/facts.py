"""What is known of a model server."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.document import USUAL_ROUTE, Route


class ServerKind(StrEnum):
    """Which program answers; OPENAI for any other that speaks the same protocol."""

    LMSTUDIO = "lmstudio"
    LLAMACPP = "llamacpp"
    OLLAMA = "ollama"
    OPENAI = "openai"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a server said of itself; None where it does not say.

    Attributes:
        url: Its base address.
        reachable: Whether anything answered.
        model: The id that pages are to be sent with, None where there is no model to send them to.
        origin: What else is said of where that model is from: its file, its architecture.
        vision: Whether that model sees pictures.
        slots: Pages that it works on at once.
        context: Tokens of one slot; of all slots together where they share.
        loaded: Whether the model is in memory already.
        models: Every model that the server offers.
        problem: A sentence that says what is wrong and what to do about it, None where pages can be sent.
        note: A sentence about what works, but could be better.
        route: By which it was reached.
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
