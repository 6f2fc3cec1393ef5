"""Options that may be anywhere on the command line, before or after the command."""

from collections.abc import Sequence
from dataclasses import dataclass

_DEBUG, _VERSION, _REST = "--debug", "--version", "--"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonOptions:
    """The command line without the common options.

    Attributes:
        arguments: The arguments of the command.
        debug: Whether errors in Dropleaf are shown with their traceback.
        version: Whether the version is asked for.
    """

    arguments: tuple[str, ...]
    debug: bool
    version: bool


def split_arguments(arguments: Sequence[str]) -> CommonOptions:
    """Take the common options out of a command line. What follows ``--`` is never an option."""
    end = arguments.index(_REST) if _REST in arguments else len(arguments)
    options, rest = arguments[:end], arguments[end:]
    kept = [word for word in options if word not in {_DEBUG, _VERSION}]
    return CommonOptions(arguments=(*kept, *rest), debug=_DEBUG in options, version=_VERSION in options)
