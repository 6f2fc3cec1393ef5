"""The side of Linux."""
