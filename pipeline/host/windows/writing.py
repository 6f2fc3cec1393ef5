"""Writing to a descriptor."""

import os
from collections.abc import Callable


def new_writer(descriptor: int) -> Callable[[bytes], int]:
    """A function that writes some bytes. It may wait, since not every system can tell whether writing would block."""
    return lambda data: os.write(descriptor, data)
