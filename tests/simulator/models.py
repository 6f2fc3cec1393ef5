"""The models of a server: on disk or in memory, able to see or not."""

import asyncio
import time
from dataclasses import dataclass, field, replace

from simulator.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model on the server's disk.

    Attributes:
        id: As the listing spells it.
        vision: Whether it takes pictures.
        loaded: Whether it is in memory at the start.
        context: Tokens that one request may have, prompt and answer together.
        embedding: Whether it is no chat model at all.
    """

    id: str = "qwen2.5-vl-7b-instruct"
    vision: bool = True
    loaded: bool = True
    context: int = 8192
    longest_context: int = 131072
    embedding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """How models come into memory and leave it.

    Attributes:
        on_demand: Whether a request for a model that is not loaded loads it (LM Studio's "just in time").
        seconds: That a load takes.
        idle: Seconds without a request after which everything is unloaded; None for never.
        at_start: Seconds after the server's start during which it answers 503 "Loading model" (llama.cpp).
    """

    on_demand: bool = True
    seconds: float = 0.0
    idle: float | None = None
    at_start: float = 0.0


@dataclass(slots=True)
class Shelf:
    """Which models are in memory; several copies of one are possible, as with LM Studio's racing first requests.

    Attributes:
        copies: How often each model is loaded now, by id.
        loads: How many loads there were.
    """

    models: tuple[Model, ...]
    loading: Loading
    copies: dict[str, int] = field(default_factory=dict)
    loads: int = 0
    used_at: float = 0.0
    ready_at: float = 0.0

    def __post_init__(self) -> None:
        self.copies = {model.id: 1 for model in self.models if model.loaded}
        self.used_at = time.monotonic()
        self.ready_at = self.used_at + self.loading.at_start

    @property
    def starting(self) -> bool:
        """Whether the server is still loading what it was started with."""
        return time.monotonic() < self.ready_at

    def current(self) -> tuple[Model, ...]:
        """All models, each with its present state of ``loaded``."""
        self._forget_idle()
        return tuple(replace(model, loaded=self.copies.get(model.id, 0) > 0) for model in self.models)

    async def pick(self, name: str) -> Model:
        """The model that answers a request for ``name``, loaded first where it must be.

        Raises:
            Refusal: None is loaded, and none may be.
        """
        self._forget_idle()
        self.used_at = time.monotonic()
        known = {model.id: model for model in self.models}
        if self.copies.get(name):
            return known[name]
        if name in known and self.loading.on_demand:
            await self._load(name)
            return known[name]
        loaded = [known[key] for key, count in self.copies.items() if count and not known[key].embedding]
        if loaded:
            return loaded[0]
        if self.loading.on_demand and self.models:
            await self._load(self.models[0].id)
            return self.models[0]
        raise Refusal(
            404,
            "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
            code="model_not_found",
            extra={"param": "model"},
        )

    def unload(self, name: str) -> None:
        """Take every copy of the model out of memory."""
        self.copies.pop(name, None)

    def touch(self) -> None:
        """A request has ended: the idle time starts anew."""
        self.used_at = time.monotonic()

    async def _load(self, name: str) -> None:
        self.loads += 1
        await asyncio.sleep(self.loading.seconds)
        self.copies[name] = self.copies.get(name, 0) + 1
        self.used_at = time.monotonic()

    def _forget_idle(self) -> None:
        if self.loading.idle is not None and time.monotonic() - self.used_at > self.loading.idle:
            self.copies.clear()
