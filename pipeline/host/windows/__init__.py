"""The functions for Windows, where they differ from the portable ones; never run on a real Windows."""
