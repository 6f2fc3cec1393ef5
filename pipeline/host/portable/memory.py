"""The C library's allocator, which is left as it is: only glibc has the heaps in question."""


def give_back_large_blocks() -> bool:
    """Nothing is done; returns that it could not be."""
    return False


def use_one_heap() -> bool:
    """Nothing is done; returns that it could not be."""
    return False
