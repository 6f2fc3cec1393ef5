"""Reads what is on a page with a PDF library: glyphs, paths, links, form fields."""
