"""What a worker may get at: Landlock for files and ports, seccomp for system calls."""
