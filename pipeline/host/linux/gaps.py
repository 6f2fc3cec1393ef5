"""Linux lacks nothing."""

#: A sentence for each thing that is missing.
GAPS: tuple[str, ...] = ()
#: How far Dropleaf was tried on this system; empty where it is tested on it.
UNTRIED = ""
