"""Whether a model has fallen into a loop, seen while it writes."""


class RepetitionWatch:
    """Reads an answer as it comes and tells when it goes round in circles."""

    def feed(self, fresh: str) -> str | None:
        """Take the next characters; returns a sentence that describes the loop once there is one."""
        del fresh
        return None
