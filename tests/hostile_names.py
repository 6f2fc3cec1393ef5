"""Names that Windows refuses or takes for something else."""

import random

DEVICES = ("CON", "nul", "Prn", "aux", "COM1", "COM¹", "lpt9", "LPT³", "CONIN$", "conout$")
PIECES = (*DEVICES, "..", ".", " ", ":", "?", "*", "<", ">", "|", '"', "\\", "/", "C:\\", "..\\", "::$DATA")
MORE = ("a", "report", "Größe", "表", "\udcff", "\x07", "x" * 250, "\U0001f4c4" * 120, ".pdf", ".tar")


def hostile_names(count: int) -> list[str]:
    """Names that are made of what Windows refuses, or takes for something else; the same ones at each run."""
    chance = random.Random(22)
    names = [device + end for device in DEVICES for end in ("", ".pdf", ".tar.pdf", " .pdf", ".")]
    while len(names) < count:
        names.append("".join(chance.choice(PIECES + MORE) for _ in range(chance.randint(1, 4))))
    return names
