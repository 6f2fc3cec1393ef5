"""Events for changes in folders, by the method that watchdog chooses."""

from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver


def new_observer() -> BaseObserver:
    """An observer that has not been started."""
    return Observer()


def read_limits() -> tuple[int, int] | None:
    """None: this is not known here."""
    return None
