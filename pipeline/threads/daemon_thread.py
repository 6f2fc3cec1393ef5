"""A thread of the daemon that has one job for as long as the daemon lives.

If it ends by an unexpected error, the daemon ends too. A daemon without its inbox thread would look alive and take no
file any more; one that has ended is started again by its service manager, and goes on where it was ("Crash-Only
Software", Candea and Fox, HotOS 2003).
"""

import threading
from collections.abc import Callable

from pipeline.host.processes import name_thread
from pipeline.log.log import logger
from pipeline.threads.mailbox import Fault


class DaemonThread(threading.Thread):
    """The thread."""

    def __init__(self, name: str, work: Callable[[], None], *, post: Callable[[Fault], None]) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            name: At most 15 characters.
            work: Called once, in the thread.
            post: Called, in the thread, with the error by which ``work`` has ended, if any.
        """
        super().__init__(name=name)
        self._work = work
        self._post = post

    def run(self) -> None:
        """Do the work."""
        name_thread(self.name)
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 — the last boundary of the thread: it is a bug, and reported as one
            logger().exception("fault", thread=self.name)
            self._post(Fault(thread=self.name, detail=f"{type(error).__name__}: {error}"))
