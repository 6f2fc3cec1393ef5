"""Which model servers there are, what is known of them, and which one gets the next page."""
