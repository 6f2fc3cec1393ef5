"""What the first answers of a model show about its family, if neither its name nor its server do."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipeline.document import ServerTarget
from pipeline.vision.profiles.profiles import KEEP_TOKENS, Profile

# Dialects whose marks are special tokens of the model.
_OF_TOKENS: Final = frozenset({"otsl", "doctags", "grounded"})


class LearnedFamilies:
    """The models, by server and id, whose answers consist of special tokens; each worker keeps its own."""

    def __init__(self) -> None:
        self._of_tokens: set[tuple[str, str]] = set()

    def profile(self, target: ServerTarget, profile: Profile) -> Profile:
        """The profile, with a request for special tokens if the model's answers have shown that it writes them."""
        known = (target.url, target.model) in self._of_tokens
        return replace(profile, extra=KEEP_TOKENS | profile.extra) if known else profile

    def note(self, target: ServerTarget, dialects: Iterable[str]) -> None:
        """Note the dialects of an answer."""
        if not _OF_TOKENS.isdisjoint(dialects):
            self._of_tokens.add((target.url, target.model))
