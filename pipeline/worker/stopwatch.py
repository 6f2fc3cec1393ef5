"""How long each step of a page takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.page_result import PageTimings, Step


class Stopwatch:
    """Counts the seconds of each step, and those since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spent: dict[Step, float] = dict.fromkeys(Step, 0.0)

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """Count the time of the block for a step, whether the block succeeds or not."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.add(step, time.monotonic() - began)

    def add(self, step: Step, seconds: float) -> None:
        """Count seconds that were measured elsewhere."""
        self._spent[step] += seconds

    def timings(self, queue_s: float, recognise_s: float = 0.0) -> PageTimings:
        """What was measured so far; ``queue_s`` and ``recognise_s`` were measured by the loop."""
        return PageTimings(
            queue_s=queue_s,
            render_s=self._spent[Step.RENDER],
            request_s=self._spent[Step.REQUEST],
            check_s=self._spent[Step.CHECK],
            fallback_s=self._spent[Step.FALLBACK],
            recognise_s=recognise_s,
            total_s=queue_s + recognise_s + time.monotonic() - self._began,
        )
