"""Answers that turn in circles."""
