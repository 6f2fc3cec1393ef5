"""The C library's memory allocator, which is not changed here: only glibc has the settings in question."""


def give_back_large_blocks() -> bool:
    """Do nothing; returns that nothing was done."""
    return False


def use_one_heap() -> bool:
    """Do nothing; returns that nothing was done."""
    return False
