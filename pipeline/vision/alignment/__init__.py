"""An answer aligned with the words of its page: what was misread gets the page's own characters."""
