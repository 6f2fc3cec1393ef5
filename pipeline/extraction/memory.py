"""Python's garbage collector, kept from looking where there is next to nothing to find.

A page makes objects by the ten thousand and hardly a cycle of them.  The collector runs whenever enough objects have
been made, goes through all of them, and frees none: a tenth of the CPU of a page.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection of cycles while this is entered; afterwards as it was before.

    Objects without cycles are freed all the same.  What is accepted: cycles wait until the page is done, and those of
    other threads with them.  Where threads overlap, the first one that leaves lets the collector run again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
