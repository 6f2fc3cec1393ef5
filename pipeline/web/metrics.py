"""Figures for Prometheus: gauges from the latest snapshot, counters of what was delivered since the start."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.pool.interface import HostFacts
from pipeline.printable import printable
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import Manifest, read_manifest
from pipeline.status.snapshot import BatchStatus, Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """The documents that are listed, in figures.

    Attributes:
        review: What is to be checked in them.
        searchable: How many the search has read.
        unread: How many it is still to read.
        removed: How many are in ``removed/``.
    """

    review: ReviewCounts = field(default_factory=ReviewCounts)
    searchable: int = 0
    unread: int = 0
    removed: int = 0


class Metrics:
    """Counts pages from manifests, so each is counted once, when its document is delivered."""

    def __init__(
        self, outbox: Path, latest: Callable[[], Snapshot | None], listed: Callable[[], ListFacts] = ListFacts
    ) -> None:
        """Prepare; nothing is counted yet.

        Args:
            outbox: The folder of the manifests.
            latest: Returns the latest snapshot.
            listed: Returns figures about the documents that are listed.
        """
        self._outbox = outbox
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a series of its own for each, and of no use to us
        self._registry = CollectorRegistry(auto_describe=False)
        registry = self._registry
        self._documents = Counter("dropleaf_documents", "Documents delivered", ["outcome"], registry=registry)
        self._pages = Counter("dropleaf_pages", "Pages delivered", ["method", "reason"], registry=registry)
        self._tokens = Counter("dropleaf_tokens", "Tokens, as servers count them", ["kind"], registry=registry)
        self._requests = Histogram(
            "dropleaf_request_seconds", "Requests to servers", ["outcome"], registry=registry, buckets=_SECONDS
        )
        registry.register(_Gauges(latest, listed))

    def count(self, manifests: Sequence[str]) -> None:
        """Count documents that were delivered.

        Args:
            manifests: Their paths, relative to the outbox.
        """
        for manifest in manifests:
            with suppress(OSError):  # it may be gone again
                if (found := read_manifest(self._outbox, manifest)) is not None:
                    self._count_one(found)

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)

    def _count_one(self, manifest: Manifest) -> None:
        self._documents.labels(manifest.outcome.value).inc()
        for page in manifest.pages:
            self._pages.labels(page.method.value, page.reason.value if page.reason else "").inc()
            for attempt in page.attempts:
                self._requests.labels(attempt.outcome).observe(attempt.request_s)
                self._tokens.labels("prompt").inc(attempt.prompt_tokens or 0)
                self._tokens.labels("completion").inc(attempt.completion_tokens or 0)


class _Gauges(Collector):
    """The state at the moment when Prometheus asks."""

    def __init__(self, latest: Callable[[], Snapshot | None], listed: Callable[[], ListFacts]) -> None:
        self._latest = latest
        self._listed = listed

    def collect(self) -> Iterator[Metric]:
        """All gauges."""
        yield from _list_to_gauges(self._listed())
        snapshot = self._latest()
        if snapshot is None:
            return
        documents = GaugeMetricFamily("dropleaf_documents_in_work", "Documents claimed", labels=["phase"])
        for phase in ("waiting", "inspecting", "converting", "publishing"):
            documents.add_metric([phase], sum(each.phase == phase for each in snapshot.documents))
        yield documents
        pages = (each.strip.count(".") - len(each.running) for each in snapshot.documents)
        yield GaugeMetricFamily("dropleaf_queue_length", "Pages that wait for a worker", value=sum(pages))
        steps = GaugeMetricFamily("dropleaf_pages_in_work", "Pages that workers have", labels=["step"])
        running = [page.step for each in snapshot.documents for page in each.running]
        for step in ("render", "request", "check", "fallback"):
            steps.add_metric([step], running.count(step))
        yield steps
        slots = GaugeMetricFamily("dropleaf_slots", "Pages that a server takes at once", labels=["server"])
        used = GaugeMetricFamily("dropleaf_slots_in_use", "Pages that a server has", labels=["server"])
        for server in snapshot.servers:
            slots.add_metric([server.url], server.slots)
            used.add_metric([server.url], server.in_flight)
        yield slots
        yield used
        said = GaugeMetricFamily(
            "dropleaf_notice", "What a user should know, as status says it", labels=["kind", "words"]
        )
        for kind, sentences in (("trouble", snapshot.troubles), ("note", snapshot.notes)):
            for words in dict.fromkeys(sentences):
                said.add_metric([kind, printable(words)], 1)
        yield said
        yield from _hosts_to_gauges(snapshot.hosts)
        if snapshot.batch is not None:
            yield from _batch_to_gauges(snapshot.batch)
        yield GaugeMetricFamily("dropleaf_troubles", "What keeps parts from going on", value=len(snapshot.troubles))


def _list_to_gauges(listed: ListFacts) -> Iterator[Metric]:
    review = GaugeMetricFamily("dropleaf_review", "What is to be checked", labels=["what"])
    for what, count in asdict(listed.review).items():
        review.add_metric([what], count)
    search = GaugeMetricFamily("dropleaf_search_documents", "Documents for the search of their text", labels=["state"])
    search.add_metric(["read"], listed.searchable)
    search.add_metric(["unread"], listed.unread)
    yield from (review, search)
    yield GaugeMetricFamily("dropleaf_documents_removed", "Documents in removed/", value=listed.removed)


def _batch_to_gauges(batch: BatchStatus) -> Iterator[Metric]:
    documents = GaugeMetricFamily("dropleaf_batch_documents", "Documents of the whole batch", labels=["state"])
    documents.add_metric(["all"], batch.documents)
    documents.add_metric(["ended"], batch.ended)
    pages = GaugeMetricFamily("dropleaf_batch_pages", "Pages of the whole batch", labels=["state"])
    for state, count in (("all", batch.pages), ("finished", batch.finished), ("fell_back", batch.fallbacks)):
        pages.add_metric([state], count)
    yield from (documents, pages)
    yield GaugeMetricFamily("dropleaf_batch_pages_a_minute", "Pace of the last minutes", value=batch.pages_a_minute)
    if batch.left_s is not None:
        yield GaugeMetricFamily("dropleaf_batch_seconds_left", "Time left at this pace", value=batch.left_s)


def _hosts_to_gauges(hosts: Sequence[HostFacts]) -> Iterator[Metric]:
    slots = GaugeMetricFamily("dropleaf_host_slots", "Pages that a host takes at once", labels=["host"])
    used = GaugeMetricFamily("dropleaf_host_slots_in_use", "Pages that a host has", labels=["host"])
    ready = GaugeMetricFamily("dropleaf_host_ready", "Whether a host gets pages", labels=["host"])
    for host in hosts:
        slots.add_metric([host.name], host.slots)
        used.add_metric([host.name], host.in_work)
        ready.add_metric([host.name], host.state == "ready")
    yield from (slots, used, ready) if hosts else ()
