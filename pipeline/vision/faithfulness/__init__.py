"""Compares an answer with the page's own text."""
