"""Confining a process: only implemented on Linux."""

ISOLATES_BY: tuple[str, ...] = ()
