"""Tells the C library's allocator to return large blocks to the kernel, and to use one heap in workers.

Every path interns its parts, so the interpreter's table of interned strings, one block of about 2 MB, is allocated
again every few thousand documents, in whichever thread needs it. glibc places the first such block outside of its
heaps. But once it is freed, glibc assumes that blocks of its size are short-lived, and places them in the heap of the
thread that asks. What is freed there stays with the daemon: after hours about 2 MB for each of its dozen threads.

Source of the method: mallopt(3), M_MMAP_THRESHOLD: once the threshold is set, glibc does not change it any more.
"""

import ctypes
import sys

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
#: Bytes: less than the table, and more than what is read from a worker at once, which would be mapped each time.
_LARGE = 1 << 20
#: Bytes: more than the picture of a page and what its text is read into.  To map those again for every page takes 500
#: page faults, 4 % of the page's CPU; to keep them takes 1.5 MiB of memory.
_LARGE_IN_A_WORKER = 1 << 21
#: Bytes: more than what is free at the end of the heap between two pages.
_FREE_IN_A_WORKER = 1 << 22


def give_back_large_blocks() -> bool:
    """Return blocks of 1 MiB and more to the kernel when they are freed, from now on in this process.

    Returns:
        Whether the C library supports it; only glibc has such heaps.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and tell(_M_MMAP_THRESHOLD, _LARGE) == 1


def use_one_heap() -> bool:
    """Let all threads of a process share one heap, and return large blocks: for processes that exist many times.

    A worker's two threads work on pages in turn, so each of two heaps would grow to the size that a page needs: a tenth
    of the worker's memory on real pages.

    Returns:
        Whether the C library supports it.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    wanted = ((_M_ARENA_MAX, 1), (_M_MMAP_THRESHOLD, _LARGE_IN_A_WORKER), (_M_TRIM_THRESHOLD, _FREE_IN_A_WORKER))
    return tell is not None and all(tell(parameter, value) == 1 for parameter, value in wanted)
