"""Worker processes that can be killed at any instant without harm to others."""
