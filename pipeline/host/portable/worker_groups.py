"""Control groups for workers: none are known here."""


def divide_own_group() -> bool:
    """Return that there will be none."""
    return False


def put_into_group(pid: int, memory: int | None) -> bool:
    """Do nothing, and return that nothing was done."""
    del pid, memory
    return False


def leave_group(pid: int) -> None:
    """Do nothing."""
    del pid


def has_worker_groups(pid: int) -> bool:
    """Return that there are none."""
    del pid
    return False
