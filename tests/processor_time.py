"""The processor's time that a piece of work takes of itself."""

import gc
import time
from collections.abc import Callable


def processor_seconds(work: Callable[[], object]) -> float:
    """Do the work with the garbage collector at rest, and say how long it had the processor.

    A collection goes through all that earlier tests have left in memory, and falls on whichever work allocates most:
    it made the larger of two sizes look slower a word by a half and more.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        if collects:
            gc.enable()
