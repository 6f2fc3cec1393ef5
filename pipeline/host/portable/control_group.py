"""What limits the memory of processes together: nothing that is known here."""


def read_memory_limit(pid: int) -> int | None:
    """Return that there is no limit."""
    del pid
    return None
