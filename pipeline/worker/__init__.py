"""What runs in a worker process: one page at a time, from task to result."""
