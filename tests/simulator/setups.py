"""What a simulated server is and how it behaves; everything has a default."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.answers import default_answer
from simulator.chat import Ask
from simulator.latency import Latency
from simulator.models import Loading, Model
from simulator.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A server.

    Attributes:
        dialect: ``lmstudio``, ``llama.cpp``, ``ollama``, ``plain`` (vLLM and its like) or ``llama-cpp-python``.
        slots: Requests that run at once; None for the dialect's own number.
        answer: What the model says; called in the server's thread, so it must be quick.
        api_key: The bearer token that is asked for; None for none.
        keep_alive: Seconds of idleness after which a connection is closed; None for the dialect's own.
        plain_notice: Seconds until the disconnect of a client that does not stream is noticed; None for the
            dialect's own, infinite for never.
        prompt_cache: Whether a picture that was seen before costs no time before the first token.
        events: Into how many events a streamed answer is cut.
        keep_bodies: Whether :attr:`simulator.Record.received` keeps the bytes of every request.
        port: 0 for any free one.
    """

    dialect: str = "lmstudio"
    slots: int | None = None
    models: tuple[Model, ...] = (Model(),)
    loading: Loading = field(default_factory=Loading)
    latency: Latency = field(default_factory=Latency)
    rules: tuple[Rule, ...] = ()
    answer: Callable[[Ask], str] = default_answer
    api_key: str | None = None
    keep_alive: float | None = None
    plain_notice: float | None = None
    prompt_cache: bool = False
    events: int = 12
    keep_bodies: bool = False
    seed: int = 0
    host: str = "127.0.0.1"
    port: int = 0
