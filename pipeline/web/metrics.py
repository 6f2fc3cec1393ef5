"""Figures for Prometheus: gauges from the latest snapshot, counters of what was delivered since the start."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.pool.interface import HostFacts
from pipeline.printable import printable
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import Manifest, read_manifest
from pipeline.status.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300)


class Metrics:
    """Counts pages from manifests, so each is counted once, when its document is delivered."""

    def __init__(
        self, outbox: Path, latest: Callable[[], Snapshot | None], review: Callable[[], ReviewCounts] = ReviewCounts
    ) -> None:
        """Prepare; nothing is counted yet.

        Args:
            outbox: The folder of the manifests.
            latest: Returns the latest snapshot.
            review: Returns what is to be looked at in the documents that are listed.
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
        registry.register(_Gauges(latest, review))

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

    def __init__(self, latest: Callable[[], Snapshot | None], review: Callable[[], ReviewCounts]) -> None:
        self._latest = latest
        self._review = review

    def collect(self) -> Iterator[Metric]:
        """All gauges."""
        review, open_ = self._review(), GaugeMetricFamily("dropleaf_review", "What is to be checked", labels=["what"])
        for what, count in asdict(review).items():
            open_.add_metric([what], count)
        yield open_
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
        yield GaugeMetricFamily("dropleaf_troubles", "What keeps parts from going on", value=len(snapshot.troubles))


def _hosts_to_gauges(hosts: Sequence[HostFacts]) -> Iterator[Metric]:
    slots = GaugeMetricFamily("dropleaf_host_slots", "Pages that a host takes at once", labels=["host"])
    used = GaugeMetricFamily("dropleaf_host_slots_in_use", "Pages that a host has", labels=["host"])
    ready = GaugeMetricFamily("dropleaf_host_ready", "Whether a host gets pages", labels=["host"])
    for host in hosts:
        slots.add_metric([host.name], host.slots)
        used.add_metric([host.name], host.in_work)
        ready.add_metric([host.name], host.state == "ready")
    yield from (slots, used, ready) if hosts else ()
