"""What a model says of which way up the page's picture stands, as olmOCR does beside its text."""

import re
from typing import Final

# Both stand at the head of an answer: as YAML, or as members of an object of JSON.
_HEAD_CHARS: Final = 1000
_INVALID: Final = re.compile(r"is_rotation_valid[\"']?\s{0,9}:\s{0,9}[\"']?false", re.IGNORECASE)
_CORRECTION: Final = re.compile(r"rotation_correction[\"']?\s{0,9}:\s{0,9}[\"']?(90|180|270)\b")


def answer_to_turn(answer: str) -> int:
    """Degrees by which the picture must be turned clockwise to be upright: 0, 90, 180 or 270.

    Args:
        answer: As it came from the server.
    """
    head = answer[:_HEAD_CHARS]
    correction = _CORRECTION.search(head) if _INVALID.search(head) else None
    return int(correction[1]) if correction else 0
