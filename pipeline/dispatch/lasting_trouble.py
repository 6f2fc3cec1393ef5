"""When a single run gives up: whoever started it waits for its end, and may not see that nothing can be delivered."""

from collections.abc import Mapping

from pipeline.deadline import Deadline
from pipeline.errors import PublishError

# Troubles that keep documents from being delivered, and the seconds after which the end of them is waited for no more.
_DELIVERY = frozenset({"outbox", "disk"})
_LONGEST_S = 20.0


class LastingTrouble:
    """Knows since when nothing can be delivered."""

    def __init__(self) -> None:
        """Begin without trouble."""
        self._until = Deadline.never()

    def note_delivery(self) -> None:
        """Something was delivered: the time begins anew."""
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
