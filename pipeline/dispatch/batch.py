"""The progress of all documents together, from the first one after a pause to the last."""

import time
from collections import deque
from collections.abc import Collection

from pipeline.dispatch.conversion import Conversion
from pipeline.status.snapshot import BatchStatus

# Seconds that the pace is taken from, so that it follows servers that come and go; and between two notes of it.
_WINDOW_S, _NOTE_S = 300.0, 1.0


class Batch:
    """Counts what has ended; changed only by the loop."""

    def __init__(self) -> None:
        """Nothing has been in work yet."""
        self._began_at: float | None = None
        self._forget()

    def _forget(self) -> None:
        self._ended_at: float | None = None
        self._documents = self._pages = self._fresh = self._fallbacks = 0
        self._pace: deque[tuple[float, int]] = deque()

    def begin(self, in_work: Collection[Conversion]) -> None:
        """Note that a document is to come; the first one after all others have ended begins a new batch."""
        if not in_work:
            self._forget()
            self._began_at = time.time()

    def count(self, conversion: Conversion, *, last: bool) -> None:
        """Count a document that has ended.

        Args:
            conversion: Of the document.
            last: Whether nothing is in work any more.
        """
        self._documents += 1
        self._pages += len(conversion.finished)
        self._fresh += len(conversion.finished) - conversion.journaled
        self._fallbacks += sum(1 for _ in conversion.fallback_pages)
        self._ended_at = time.time() if last else None

    def status(self, in_work: Collection[Conversion], now: float) -> BatchStatus | None:
        """Where the batch is; None before the first.

        Args:
            in_work: All documents in work.
            now: Seconds of the monotonic clock.
        """
        if self._began_at is None:
            return None
        counted = [each for each in in_work if each.page_count]
        finished = self._pages + sum(len(each.finished) for each in counted)
        known = self._pages + sum(len(each.numbers) for each in counted)
        documents = self._documents + len(in_work)
        uncounted = len(in_work) - len(counted)
        average = known / (documents - uncounted) if documents > uncounted else 1.0
        expected = known + round(uncounted * average)
        fresh = self._fresh + sum(len(each.finished) - each.journaled for each in counted)
        per_second = self._note_pace(now, fresh) if in_work else 0.0
        return BatchStatus(
            began_at=self._began_at,
            ended_at=self._ended_at,
            documents=documents,
            ended=self._documents,
            pages=expected,
            finished=finished,
            uncounted=uncounted,
            fallbacks=self._fallbacks + sum(sum(1 for _ in each.fallback_pages) for each in counted),
            pages_a_minute=round(60 * per_second, 1),
            left_s=round((expected - finished) / per_second) if per_second else None,
        )

    def _note_pace(self, now: float, fresh: int) -> float:
        """Pages a second of late; 0 while none has come."""
        pace = self._pace
        if not pace or now - pace[-1][0] >= _NOTE_S:
            pace.append((now, fresh))
            while len(pace) > 2 and now - pace[1][0] > _WINDOW_S:  # noqa: PLR2004 — two make a pace
                pace.popleft()
        since, before = pace[0]
        return max(0, fresh - before) / (now - since) if now > since else 0.0
