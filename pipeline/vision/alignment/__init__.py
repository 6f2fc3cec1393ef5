"""Aligns an answer with the words of its page, and gives misread words the page's own characters."""
