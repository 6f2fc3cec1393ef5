"""The functions for all other systems, only with what Python has everywhere."""
