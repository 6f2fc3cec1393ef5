"""What any Unix lacks that Linux has."""

#: A sentence for each thing that is missing.
GAPS: tuple[str, ...] = (
    "It does not say who is writing to a file: a file is complete when its size stays the same, and is copied.",
    "There is no fork server: each worker is a new interpreter, so the start takes longer and more memory.",
    "Guards of workers are processes, one each.",
)
#: How far Dropleaf was tried on this system.
UNTRIED = "This system is not Linux: Dropleaf runs, but has never been tried on macOS or BSD themselves."
