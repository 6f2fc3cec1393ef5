"""Writing to a descriptor."""

import os
from collections.abc import Callable


def new_writer(descriptor: int) -> Callable[[bytes], int]:
    """A function that writes some bytes; it may wait, since there is no way to ask that every system has."""
    return lambda data: os.write(descriptor, data)
