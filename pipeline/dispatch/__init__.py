"""The one loop that owns all state: which page next, on which server, and what after a page."""
