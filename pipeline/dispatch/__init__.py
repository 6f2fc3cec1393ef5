"""The one loop that owns all state: which page comes next, on which server, and what happens after a page."""
