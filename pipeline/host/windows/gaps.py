"""What Windows lacks that Linux has."""

#: A sentence for each thing that is missing.
GAPS: tuple[str, ...] = (
    "There is no fork server: each worker is a new interpreter, so the start takes longer.",
    "A job ends each worker with the daemon, at its deadline and at its memory limit.",
    "Low integrity is not used: nobody could try yet what it would keep out.",
)
#: How far Dropleaf was tried on this system.
UNTRIED = "Dropleaf has been tried with Windows' own Python under Wine, never on a real Windows."
