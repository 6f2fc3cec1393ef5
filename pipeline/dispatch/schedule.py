"""Which page comes next: small documents go before large ones, and none waits for ever."""

from collections.abc import Collection

from pipeline.dispatch.conversion import Conversion, PageOrder

# One of so many pages is the oldest document's, so that it gets on however many small ones keep coming.
_TURN_OF_THE_OLDEST = 4


class Schedule:
    """Shortest remaining work first, with a turn for the oldest.

    Because of the first rule a one-page file does not wait for a book, and documents that were dropped together are
    finished one after the other, not all at the very end. Because of the second the book gets on, too. A larger
    priority comes before both; of the same, documents that nobody waits for come behind all others.
    """

    def __init__(self) -> None:
        self._turn = 0

    def next_order(self, conversions: Collection[Conversion], *, model: bool) -> tuple[Conversion, PageOrder] | None:
        """The page to be given out next; None where there is none of that kind.

        Args:
            conversions: Documents in work, oldest first.
            model: Whether a page for the model is wanted; else one for the readers.
        """
        choices = [
            (conversion, order)
            for conversion in conversions
            if (order := conversion.next_order(model=model)) is not None
        ]
        if not choices:
            return None
        most = max(conversion.priority for conversion, _ in choices)
        choices = [choice for choice in choices if choice[0].priority == most]
        choices = [choice for choice in choices if not choice[0].document.late] or choices
        shortest = min(choices, key=lambda choice: choice[0].remaining)
        if self._turn % _TURN_OF_THE_OLDEST == _TURN_OF_THE_OLDEST - 1:
            return next((choice for choice in choices if choice is not shortest), shortest)
        return shortest

    def given(self) -> None:
        """Note that the page was given out: only this counts as a turn, since most searches find no free slot."""
        self._turn += 1
