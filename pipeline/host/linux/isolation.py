"""By what Linux can confine a process; :mod:`pipeline.sandbox` does it."""

#: Whether the kernel that runs has them is tried.
ISOLATES_BY: tuple[str, ...] = ("landlock", "seccomp")
