"""The side of every other system, with what Python has everywhere."""
