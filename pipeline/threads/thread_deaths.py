"""Threads of other packages that die by an error, which nobody would notice: told at once."""

import threading
from collections.abc import Callable

from pipeline.log.log import logger


class DeathNotices:
    """Tells of deaths from its making until :meth:`close`; an error of any other thread goes where it went before."""

    def __init__(self, concerns: Callable[[threading.Thread], bool], tell: Callable[[], None]) -> None:
        """Begin.

        Args:
            concerns: Whether a thread is one whose death is to be told.
            tell: Called in the dying thread, after its error has been logged.
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
        """Tell no more."""
        if threading.excepthook is self._hook:
            threading.excepthook = self._before
        self._concerns = lambda _: False
