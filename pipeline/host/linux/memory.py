"""The C library's allocator, told to give large blocks back, and to keep one heap where there are many processes.

Every path interns its parts, so the interpreter's table of interned strings, one block of some 2 MB, is made anew every
few thousand documents, in whichever thread needs it.  glibc places the first such block outside its heaps, but once it
is freed takes blocks of its size for short-lived and places them in the heap of the thread that asks.  What is freed
there stays with the daemon: about 2 MB for each of its dozen threads, after hours.

Source of the method: mallopt(3), M_MMAP_THRESHOLD: a threshold that is set is not moved by glibc any more.
"""

import ctypes
import sys

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
#: In bytes: less than the table, and more than what is read from a worker at once, which would be mapped each time.
_LARGE = 1 << 20
#: In bytes: pictures of pages are larger, what a page is parsed into is mostly smaller.
_LARGE_IN_A_WORKER = 1 << 18


def give_back_large_blocks() -> bool:
    """Have blocks of 1 MiB and more given back to the kernel when they are freed, for the life of this process.

    Returns:
        Whether the C library can be told; another than glibc has no such heaps.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and tell(_M_MMAP_THRESHOLD, _LARGE) == 1


def use_one_heap() -> bool:
    """Have all threads of a process share one heap, and large blocks given back: for processes that there are many of.

    A worker's two threads take turns with pages, so that each heap would grow to what a page needs: a tenth of its
    memory on real pages.

    Returns:
        Whether the C library can be told.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    wanted = ((_M_ARENA_MAX, 1), (_M_MMAP_THRESHOLD, _LARGE_IN_A_WORKER), (_M_TRIM_THRESHOLD, _LARGE))
    return tell is not None and all(tell(parameter, value) == 1 for parameter, value in wanted)
