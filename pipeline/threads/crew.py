"""Threads for work that may take long or never end: file operations on a slow or dead file system.

Tasks with the same key run one after the other, so a slow folder blocks one thread, and no other folder. The threads
end with the process: one that never returns from the kernel cannot keep it alive.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable

from pipeline.host.processes import name_thread
from pipeline.log.log import logger

Work = Callable[[], object]


class Crew:
    """A few threads, each started when it is first needed."""

    def __init__(self, name: str, *, size: int) -> None:
        """Prepare.

        Args:
            name: Of the threads; at most 13 characters.
            size: The most threads.
        """
        self._name = name
        self._size = size
        self._threads: list[threading.Thread] = []
        self._turn = threading.Condition()
        self._works: dict[Hashable, deque[Work]] = {}
        self._ready: deque[Hashable] = deque()
        self._idle = 0
        self._busy = 0
        self._closed = False

    def submit(self, key: Hashable, work: Work) -> None:
        """Have something done after all other work with this key; ``work`` handles its own errors."""
        with self._turn:
            if self._closed:
                return
            line = self._works.get(key)
            if line is not None:
                line.append(work)
                return
            self._works[key] = deque([work])
            self._ready.append(key)
            if self._idle < len(self._ready) and len(self._threads) < self._size:
                number = len(self._threads) + 1
                thread = threading.Thread(target=self._run, name=f"{self._name}-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._turn.notify()

    def close(self, seconds: float) -> bool:
        """Begin nothing more, and wait for what is under way; returns whether all of it has ended in time."""
        with self._turn:
            self._closed = True
            self._works.clear()
            self._ready.clear()
            self._turn.notify_all()
            ended = self._turn.wait_for(lambda: not self._busy, seconds)
        if ended:
            for thread in self._threads:
                thread.join()
        return ended

    def _run(self) -> None:
        name_thread(threading.current_thread().name)
        while True:
            with self._turn:
                self._idle += 1
                try:
                    self._turn.wait_for(lambda: self._ready or self._closed)
                finally:
                    self._idle -= 1
                if self._closed:
                    return
                key = self._ready.popleft()
                work = self._works[key].popleft()
                self._busy += 1
            try:
                work()
            except Exception:  # noqa: BLE001 — unattended: the fault of one work must not end the thread
                logger().exception("fault", thread=threading.current_thread().name)
            finally:
                with self._turn:
                    self._busy -= 1
                    self._finish(key)

    def _finish(self, key: Hashable) -> None:
        if self._closed:
            self._turn.notify_all()
        elif self._works[key]:
            self._ready.append(key)
        else:
            del self._works[key]
