"""What a user should know although nothing is broken: shown as long as it holds, and said once in the log."""

from pipeline.conditions import PAUSED
from pipeline.dispatch.pages import Pages
from pipeline.log.log import logger
from pipeline.results.orders import Orders
from pipeline.servers.server_book import ServerBook


class Notes:
    """Knows what was said last."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._noted: frozenset[str] = frozenset()

    def said(self, orders: Orders, pages: Pages, servers: ServerBook) -> tuple[str, ...]:
        """The sentences that hold now; what is new among them is logged, and so is what holds no more."""
        paused = PAUSED if orders.paused else ""
        notes = tuple(filter(None, (paused, pages.why_not_asked, *servers.notes)))
        for note in frozenset(notes) - self._noted:
            logger().warning("note", words=note)
        for note in self._noted - frozenset(notes):
            logger().info("note_over", words=note)
        self._noted = frozenset(notes)
        return notes
