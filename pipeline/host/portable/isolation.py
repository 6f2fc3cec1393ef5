"""No system but Linux confines a process by what we know to be there."""

ISOLATES_BY: tuple[str, ...] = ()
