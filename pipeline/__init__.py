"""Dropleaf: PDFs dropped into a folder become HTML, page by page, through a local vision model."""
