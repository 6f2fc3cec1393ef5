"""What a daemon can be asked for from outside."""

from enum import StrEnum


class Request(StrEnum):
    """What a daemon is asked for."""

    STOP = "stop"
    RELOAD = "reload"
