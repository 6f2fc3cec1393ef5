"""The functions for Linux."""
