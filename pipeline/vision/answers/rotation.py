"""What a model says about the rotation of the page's picture, as olmOCR does in addition to the text."""

import re
from typing import Final

# Both are at the beginning of an answer: as YAML, or as members of a JSON object.
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
