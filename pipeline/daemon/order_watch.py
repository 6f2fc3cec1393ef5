"""Gives users' orders to the loop as soon as a command or the page has written them.

It has a thread of its own, since it reads from the disk, which may hang.
"""

import threading
from collections.abc import Callable

from pipeline.errors import PipelineError
from pipeline.log.log import logger
from pipeline.results.orders import Orders, read_orders
from pipeline.results.state_folder import StateFolder
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault

# Seconds between two checks of one file.
_LOOK_S = 0.3

_Look = tuple[int, int] | None


class OrderWatch:
    """Reads all orders at the start, and again whenever there is a new one."""

    def __init__(self, state: StateFolder, post: Callable[[Orders | Fault], None]) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            state: The daemon's.
            post: Hands the orders, or the error that has ended the thread, to the loop.
        """
        self._state = state
        self._post = post
        self._stopped = threading.Event()
        self._known: _Look = None
        self._thread = DaemonThread("orders", self._run, post=post)

    def start(self) -> None:
        """Give existing orders to the loop, in the caller's thread, before any work begins; then watch for new ones."""
        self._known = self._look()
        self._read()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_S):
            look = self._look()
            if look != self._known:
                self._known = look
                self._read()

    def _look(self) -> _Look:
        try:
            facts = self._state.orders.stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns

    def _read(self) -> None:
        try:
            self._post(read_orders(self._state))
        except (PipelineError, OSError) as error:
            logger().warning("orders_not_read", error=str(error), advice="they hold again when they can be read")
