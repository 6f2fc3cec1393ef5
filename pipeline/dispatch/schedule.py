"""Which page comes next: small documents overtake large ones, and none waits for ever."""

from collections.abc import Collection

from pipeline.dispatch.conversion import Conversion, PageOrder

# Every so many pages the oldest of the other documents gets its turn, however many small ones keep coming.
_TURN_OF_THE_OLDEST = 4


class Schedule:
    """Shortest remaining work first, with a turn for the oldest.

    Shortest first lets a one-page file pass a book, and finishes documents that were dropped together one after the
    other instead of all at the very end; the turn of the oldest keeps the book going.
    """

    def __init__(self) -> None:
        self._turn = 0

    def next_order(self, conversions: Collection[Conversion], *, model: bool) -> tuple[Conversion, PageOrder] | None:
        """The page to be given out next, None where there is none of that kind.

        Args:
            conversions: Documents in work, oldest first.
            model: Whether a page for the model is wanted, or one for the readers.
        """
        choices = [
            (conversion, order)
            for conversion in conversions
            if (order := conversion.next_order(model=model)) is not None
        ]
        if not choices:
            return None
        shortest = min(choices, key=lambda choice: choice[0].remaining)
        if self._turn % _TURN_OF_THE_OLDEST == _TURN_OF_THE_OLDEST - 1:
            return next((choice for choice in choices if choice is not shortest), shortest)
        return shortest

    def given(self) -> None:
        """The page has been given out; only that counts as a turn, since most looks find no free slot."""
        self._turn += 1
