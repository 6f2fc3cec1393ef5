"""A thread of the daemon that has one job for as long as the daemon lives.

Where it ends by an error that nobody foresaw, the daemon ends too.  A daemon whose inbox is dead would look alive and
take nothing any more; one that has ended is started again by its service manager, and goes on where it was
("Crash-Only Software", Candea and Fox, HotOS 2003).
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
            work: Done once, in the thread.
            post: Told, in the thread, what ``work`` has ended by where that is an error.
        """
        super().__init__(name=name)
        self._work = work
        self._post = post

    def run(self) -> None:
        """Do the work."""
        name_thread(self.name)
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 — the last boundary of the thread: a bug, told as one
            logger().exception("fault", thread=self.name)
            self._post(Fault(thread=self.name, detail=f"{type(error).__name__}: {error}"))
