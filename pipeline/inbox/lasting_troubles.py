"""Reports what does not work, once for as long as it lasts."""

from collections.abc import Callable

from pipeline.log.log import logger
from pipeline.threads.mailbox import Trouble


class LastingTroubles:
    """The troubles that were reported and are not over."""

    def __init__(self, tell: Callable[[Trouble], None]) -> None:
        """Begin without any.

        Args:
            tell: Called when a trouble begins, changes or ends.
        """
        self._tell = tell
        self._reported: dict[str, str] = {}
        self._log = logger()

    def report(self, event: str, words: str, *, cause: str = "") -> None:
        """Log a trouble, but not at every try, nor for every file that has the same cause.

        Args:
            event: Its name in the log.
            words: A sentence about it.
            cause: What several reports have in common; empty where that is the sentence.
        """
        if self._reported.get(event) != (cause or words):
            self._reported[event] = cause or words
            self._log.error(event, error=words)
            self._tell(Trouble(what=event, detail=words))

    def clear(self, event: str) -> None:
        """Note that a trouble is over."""
        if self._reported.pop(event, None) is not None:
            self._tell(Trouble(what=event, detail=None))
