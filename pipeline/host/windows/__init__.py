"""The functions for Windows, where they differ from the portable ones. Never run on a real Windows."""
