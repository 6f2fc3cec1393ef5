"""The loop's state as a snapshot for people."""

import os
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.dispatch.conversion import Conversion, RunningPage
from pipeline.document import Document, Outcome
from pipeline.pool.interface import Pool
from pipeline.servers.server_book import ServerBook
from pipeline.status.snapshot import BatchStatus, DocumentStatus, PageStatus, ServerStatus, Snapshot

# Number of results that are listed at the end of a run.
_REMEMBERED = 1000


@dataclass(slots=True, kw_only=True)
class Tally:
    """What happened since the start.

    Attributes:
        started_at: Seconds since the epoch.
        published: Outcome and manifest of each document that was delivered.
        troubles: What does not work at present: a sentence for each thing, by its name.
        refused: A sentence for each document that does not have what a command asks for.
        remarks: Sentences about documents that have only a part of what a command asks for.
        notices: What people are told although nothing is wrong, like ``troubles``.
    """

    started_at: float
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    published: deque[tuple[Outcome, str]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    troubles: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    notices: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def remark_on_pages(self, document: Document, pages: int) -> None:
        """Note it if more pages are asked for than the document has."""
        if document.only and document.only[-1] > pages:
            self.remarks.append(f"{document.name} has {pages} pages; the others that were asked for are not there.")

    def count(self, outcome: Outcome, manifest: str) -> None:
        """Count a document that was delivered."""
        self.outcomes[outcome] += 1
        self.published.append((outcome, manifest))

    def include(self, other: "Tally") -> None:
        """Add what became of the documents of another run."""
        self.outcomes += other.outcomes
        self.published += other.published
        self.refused += other.refused
        self.remarks += other.remarks

    def note(self, what: str, detail: str | None, *, harmless: bool = False) -> None:
        """Note what is wrong with something, or that it works again (None)."""
        said = self.notices if harmless else self.troubles
        if detail:
            said[what] = detail
        else:
            said.pop(what, None)


def take_snapshot(
    conversions: Iterable[Conversion],
    servers: ServerBook,
    tally: Tally,
    notes: tuple[str, ...] = (),
    batch: BatchStatus | None = None,
    pool: Pool | None = None,
) -> Snapshot:
    """What is going on now; ``notes`` say what people are told besides, ``batch`` how far all of them together are."""
    cluster = (pool.trouble,) if pool is not None and pool.trouble else ()
    return Snapshot(
        at=time.time(),
        pid=os.getpid(),
        started_at=tally.started_at,
        documents=tuple(map(_conversion_to_status, conversions)),
        servers=tuple(
            ServerStatus(
                url=each.url,
                model=each.model,
                slots=each.slots,
                in_flight=each.in_flight,
                state=each.words,
                family=each.family,
                dialect=each.dialect or "",
            )
            for each in servers.states
        ),
        hosts=() if pool is None else tuple(pool.hosts),
        troubles=(*tally.troubles.values(), *cluster),
        notes=(*notes, *tally.notices.values()),
        published=tally.outcomes[Outcome.COMPLETE] + tally.outcomes[Outcome.PARTIAL],
        failed=tally.outcomes[Outcome.FAILED],
        batch=batch,
    )


def _conversion_to_status(conversion: Conversion) -> DocumentStatus:
    document = conversion.document
    fallbacks = tuple(conversion.fallback_pages)
    return DocumentStatus(
        ident=document.ident,
        name=document.name,
        folder=document.folder,
        phase=conversion.phase.value if conversion.inspections else "waiting",
        claimed_at=document.claimed_at,
        began_at=conversion.began_at if conversion.inspections else None,
        pages=conversion.page_count or None,
        finished=len(conversion.finished),
        fallbacks=fallbacks,
        running=tuple(map(_page_to_status, conversion.running.values())),
        reasons=tuple(str(conversion.finished[number][1]) for number in fallbacks),
        strip=_conversion_to_strip(conversion),
        journaled=conversion.journaled,
        engine=None if conversion.settings.usual_engine else conversion.settings.engine,
        paused=conversion.paused,
        priority=conversion.priority,
    )


def _conversion_to_strip(conversion: Conversion) -> str:
    wanted = set(conversion.numbers)
    finished = conversion.finished
    return "".join(
        finished[number][0].value[0] if number in finished else "." if number in wanted else "-"
        for number in range(1, conversion.page_count + 1)
    )


def _page_to_status(page: RunningPage) -> PageStatus:
    fallback = page.progress.fallback or page.order.fallback
    return PageStatus(
        number=page.order.number,
        step=page.progress.step.value,
        since=time.time() - (time.monotonic() - page.since),
        tokens=page.progress.tokens,
        server=page.target.url if page.target else None,
        reason=fallback.reason if fallback else None,
    )
