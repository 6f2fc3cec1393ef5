"""The functions for all other systems, with what Python has everywhere."""
