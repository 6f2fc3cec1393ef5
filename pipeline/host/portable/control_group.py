"""The memory limit for a group of processes: none is known here."""


def read_memory_limit(pid: int) -> int | None:
    """Return that there is no limit."""
    del pid
    return None
