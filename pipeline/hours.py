"""Hours of the day."""

import re
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of every day, by this machine's clock; it goes over midnight where it ends before it begins."""

    begin: time
    end: time

    def includes(self, moment: time) -> bool:
        """Whether a time of the day is in it; the end is not."""
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def text_to_hours(text: str) -> Hours:
    """The hours that ``22:00-06:00`` names.

    Raises:
        ValueError: It names none; the message says what would be right.
    """
    found = re.fullmatch(r"(\d?\d:\d\d)-(\d?\d:\d\d)", text.replace(" ", ""))
    try:
        begin, end = (time.fromisoformat(each.zfill(5)) for each in found.groups()) if found else (time(), time())
    except ValueError:
        begin = end = time()
    if begin == end:
        message = "must be two times of the day, for example 22:00-06:00"
        raise ValueError(message)
    return Hours(begin=begin, end=end)
