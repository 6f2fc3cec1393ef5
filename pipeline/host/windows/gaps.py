"""What Windows lacks that Linux has."""

#: A sentence for each thing that is missing.
GAPS: tuple[str, ...] = ("There is no fork server: each worker is a new interpreter, so the start takes longer.",)
#: How far Dropleaf was tried on this system.
UNTRIED = "Dropleaf has been tried with Windows' own Python under Wine, never on a real Windows."
