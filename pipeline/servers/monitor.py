"""Threads that ask model servers about their state, since that may take minutes and the loop must not wait."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.errors import PageError
from pipeline.log.log import logger
from pipeline.server_target import ServerTarget
from pipeline.servers.facts import ServerFacts
from pipeline.servers.probe import probe, warm_up
from pipeline.servers.server_book import ServerEntry

# Seconds for loading a model: a large one on a slow disk takes minutes; LM Studio itself has no limit.
_LOADING_S = 600.0

# Seconds to wait at the end for a question under way; after that its thread ends with the process.
_PATIENCE_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    entry: ServerEntry
    ask: Callable[[ServerEntry], ServerFacts]


class ServerMonitor:
    """A thread per server: it asks, and has the model loaded before the first page is sent.

    One tiny request loads the model. Five pages at once could load it five times, and the loading would take their
    time.
    """

    def __init__(self, *, timeout_s: float, post: Callable[[ServerFacts], None]) -> None:
        """Prepare; nothing is asked before :meth:`ask`.

        Args:
            timeout_s: Seconds for each question.
            post: Called with the answers, in the threads; not after :meth:`stop`.
        """
        self._timeout_s = timeout_s
        self._post = post
        self._questions: dict[str, queue.SimpleQueue[_Question | None]] = {}
        self._threads: list[threading.Thread] = []
        self._posting = threading.Lock()
        self._stopped = False

    def ask(self, entry: ServerEntry) -> None:
        """Ask a server, and have its model loaded; ``post`` gets the answer."""
        self._put(_Question(entry=entry, ask=self._ask))

    def look(self, entry: ServerEntry) -> None:
        """Ask a server that has nothing to do whether it is still there; its model is not loaded for that."""
        self._put(_Question(entry=entry, ask=self._probe))

    def _put(self, question: _Question) -> None:
        entry = question.entry
        if entry.url not in self._questions:
            self._questions[entry.url] = queue.SimpleQueue()
            thread = threading.Thread(target=self._run, args=(entry.url,), name="monitor", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._questions[entry.url].put(question)

    def stop(self) -> None:
        """Post nothing more, and end."""
        with self._posting:
            self._stopped = True
        for questions in self._questions.values():
            questions.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def _run(self, url: str) -> None:
        told: ServerFacts | None = None
        while (question := self._questions[url].get()) is not None:
            try:
                facts = question.ask(question.entry)
            except Exception:  # noqa: BLE001 — unattended: an unexpected answer must not end this thread
                logger().exception("fault_in_asking", url=url)
                facts = ServerFacts(
                    url=url, problem="Its answer cannot be read: a fault of the program, which is in its log."
                )
            if told is None or (told.problem, told.model) != (facts.problem, facts.model):
                _tell(facts)
                told = facts
            with self._posting:
                if not self._stopped:
                    self._post(facts)

    def _ask(self, entry: ServerEntry) -> ServerFacts:
        facts = self._probe(entry)
        return self._load(entry, facts) if facts.usable and not facts.loaded else facts

    def _probe(self, entry: ServerEntry) -> ServerFacts:
        return probe(entry.url, api_key=entry.api_key, model=entry.model, timeout_s=self._timeout_s, wanted=entry.route)

    def _load(self, entry: ServerEntry, facts: ServerFacts) -> ServerFacts:
        model = facts.model or entry.model
        target = ServerTarget(url=facts.url, model=model, api_key=entry.api_key, route=facts.route)
        try:
            warm_up(target, timeout_s=_LOADING_S)
        except PageError as error:
            return replace(facts, problem=f"The model {target.model} cannot be asked: {error}")
        # Only for a model in memory does the server say how large its context is.
        again = self._probe(entry)
        return replace(again if again.usable else facts, loaded=True)


def _tell(facts: ServerFacts) -> None:
    if facts.usable:
        logger().info("server_ready", url=facts.url, model=facts.model, slots=facts.slots)
    else:
        logger().warning("server_unusable", url=facts.url, problem=facts.problem)
