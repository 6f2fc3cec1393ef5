"""What stands on a page, as a PDF library tells it: glyphs, paths, links, marks of forms."""
