"""What ``dropleaf doctor`` finds."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """The state of a thing that was checked."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked.

    Attributes:
        subject: Its name.
        detail: What was found, as a sentence.
        advice: What to do about it; empty where nothing is to be done.
    """

    subject: str
    health: Health
    detail: str
    advice: str = ""
