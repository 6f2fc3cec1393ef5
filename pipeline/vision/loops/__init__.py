"""Recognises answers that repeat themselves without end."""
