"""A thread that asks model servers what they are, since that may take seconds and the dispatcher has none to spare."""

import queue
import threading
from collections.abc import Callable

from pipeline.log import logger
from pipeline.vision.facts import ServerFacts
from pipeline.vision.probe import probe
from pipeline.vision.servers import ServerEntry


class ServerMonitor:
    """Asks one server after the other; has each model loaded before the first page is sent to it."""

    def __init__(self, *, timeout_s: float, post: Callable[[ServerFacts], None]) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            timeout_s: For each question.
            post: Takes the answers, in this thread.
        """
        self._timeout_s = timeout_s
        self._post = post
        self._questions: queue.SimpleQueue[ServerEntry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="monitor")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, entry: ServerEntry) -> None:
        """Put a server in line to be asked."""
        self._questions.put(entry)

    def stop(self) -> None:
        """End after the question that is being asked."""
        self._questions.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while (entry := self._questions.get()) is not None:
            facts = probe(entry.url, api_key=entry.api_key, model=entry.model, timeout_s=self._timeout_s)
            if facts.usable:
                logger().info("server_ready", url=facts.url, model=facts.model, slots=facts.slots)
            else:
                logger().warning("server_unusable", url=facts.url, problem=facts.problem)
            self._post(facts)
