"""How long the model takes for a page."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """A distribution of service times: the time in a slot, without the waiting for one.

    ``Latency()`` answers at once, ``Latency(seconds=1)`` takes one second for every page,
    ``Latency(seconds=2, spread=0.5, tail=0.05)`` is lognormal with one page in twenty six times as long.

    Attributes:
        seconds: The median.
        spread: Sigma of the lognormal distribution; 0 for a constant.
        tail: Share of pages, 0 to 1, that take ``tail_factor`` times as long.
        first_token: Share of the time, 0 to 1, that passes before the first token.
        tokens_per_second: Where it is set, ``seconds`` is the time to the first token, and the answer's length
            decides the rest; otherwise the whole answer fits into ``seconds``.
        encode: Seconds that a picture's encoding takes, one picture at a time and with every stream standing still
            meanwhile, as measured with llama.cpp; part of the request's own time besides ``seconds``.
        seed: The same seed and page always draw the same time.
    """

    seconds: float = 0.0
    spread: float = 0.0
    tail: float = 0.0
    tail_factor: float = 6.0
    first_token: float = 0.3
    tokens_per_second: float | None = None
    encode: float = 0.0
    seed: int = 0

    def draw(self, key: object) -> float:
        """Seconds for the page or request that ``key`` names (its ``str`` counts), whatever was drawn before."""
        if not self.spread and not self.tail:
            return self.seconds
        dice = random.Random(f"{self.seed}/{key}")
        seconds = self.seconds * math.exp(dice.gauss(0.0, self.spread))
        return seconds * self.tail_factor if dice.random() < self.tail else seconds

    def split(self, key: object, tokens: int) -> tuple[float, float]:
        """Seconds before the first token, and seconds from there to the last, of an answer of so many tokens."""
        seconds = self.draw(key)
        if self.tokens_per_second is not None:
            return seconds, tokens / self.tokens_per_second
        return seconds * self.first_token, seconds * (1 - self.first_token)


def ideal_makespan(times: list[float], slots: int) -> float:
    """Seconds that a perfect client needs for these service times in this order on so many slots (list schedule)."""
    free = [0.0] * slots
    for seconds in times:
        free.sort()
        free[0] += seconds
    return max(free)
