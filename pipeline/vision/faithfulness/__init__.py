"""An answer held against the page's own text."""
