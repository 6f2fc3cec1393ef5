"""Notices threads of other packages that end by an error."""

import threading
from collections.abc import Callable

from pipeline.log.log import logger


class DeathNotices:
    """Reports such threads from now until :meth:`close`; errors of other threads go to the hook from before."""

    def __init__(self, concerns: Callable[[threading.Thread], bool], tell: Callable[[], None]) -> None:
        """Begin.

        Args:
            concerns: Says whether the end of this thread is to be reported.
            tell: Called in the thread that ends, after its error has been logged.
        """
        self._concerns = concerns
        self._tell = tell
        self._before = threading.excepthook
        self._hook = self._on_death  # the same object each time it is asked for
        threading.excepthook = self._hook

    def _on_death(self, facts: threading.ExceptHookArgs) -> None:
        if facts.thread is None or not self._concerns(facts.thread) or facts.exc_value is None:
            self._before(facts)
            return
        error = facts.exc_value
        logger().error("thread_died", thread=facts.thread.name, error=f"{type(error).__name__}: {error}")
        self._tell()

    def close(self) -> None:
        """Report no more."""
        if threading.excepthook is self._hook:
            threading.excepthook = self._before
        self._concerns = lambda _: False
