"""Limits what a worker can reach: Landlock for files and ports, seccomp for system calls."""
