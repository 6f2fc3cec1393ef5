"""Events for changes in folders, in the way that watchdog chooses."""

from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver


def new_observer() -> BaseObserver:
    """An observer that has not been started."""
    return Observer()


def read_limits() -> tuple[int, int] | None:
    """Unknown."""
    return None
