"""Ends a single run that has been unable to deliver anything for long, since whoever started it waits for its end."""

from collections.abc import Mapping

from pipeline.deadline import Deadline
from pipeline.errors import PublishError

# Troubles that prevent delivery, and after how many seconds of them a single run ends.
_DELIVERY = frozenset({"outbox", "disk"})
_LONGEST_S = 20.0


class LastingTrouble:
    """Measures for how long nothing could be delivered."""

    def __init__(self) -> None:
        """Begin without trouble."""
        self._until = Deadline.never()

    def note_delivery(self) -> None:
        """Begin to measure anew, since something was delivered."""
        self._until = Deadline.never()

    def check(self, troubles: Mapping[str, str], *, undelivered: int) -> None:
        """Look at the troubles that there are now.

        Args:
            troubles: Sentences, by what they are about.
            undelivered: How many documents wait.

        Raises:
            PublishError: Nothing could be delivered for too long.
        """
        details = [detail for what, detail in troubles.items() if what in _DELIVERY]
        if not details:
            self._until = Deadline.never()
        elif self._until == Deadline.never():
            self._until = Deadline.after(_LONGEST_S)
        elif self._until.expired:
            raise PublishError(f"{details[0]}. Not delivered: {undelivered}. Nothing is lost; mend it and run again.")
