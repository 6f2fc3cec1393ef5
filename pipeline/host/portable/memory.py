"""The C library's allocator, which is left as it is: the heaps of glibc are glibc's."""


def give_back_large_blocks() -> bool:
    """Nothing is done; returns that it could not be."""
    return False


def use_one_heap() -> bool:
    """Nothing is done; returns that it could not be."""
    return False
