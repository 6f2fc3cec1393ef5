"""Which model servers there are, what they are, and which takes the next page."""
