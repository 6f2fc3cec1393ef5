"""When a file in the inbox is complete, and its claim."""
