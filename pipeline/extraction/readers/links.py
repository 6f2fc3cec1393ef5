"""Where a link may lead: the web, a mailbox, another page of the same file; nothing else."""

import re

_ALLOWED = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\^`{|}\x00-\x20]+", re.IGNORECASE)


def address_to_target(address: str) -> str | None:
    """The address where it is an http, https or mailto address without odd characters, else None."""
    address = address.strip()
    return address if _ALLOWED.fullmatch(address) else None


def page_to_target(index: int) -> str | None:
    """The target for a page's index from 0, None where it is negative."""
    return f"#page-{index + 1}" if index >= 0 else None
