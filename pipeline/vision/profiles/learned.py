"""What the first answers of a model show of its family, where its name and its server do not tell."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipeline.document import ServerTarget
from pipeline.vision.profiles.profiles import KEEP_TOKENS, Profile

# Dialects whose marks are special tokens of the model.
_OF_TOKENS: Final = frozenset({"otsl", "doctags", "grounded"})


class LearnedFamilies:
    """The models, each by its server and its id, whose answers are made of special tokens; a worker's for its life."""

    def __init__(self) -> None:
        self._of_tokens: set[tuple[str, str]] = set()

    def profile(self, target: ServerTarget, profile: Profile) -> Profile:
        """The profile, asking for special tokens where the model's answers have shown that it writes in them."""
        known = (target.url, target.model) in self._of_tokens
        return replace(profile, extra=KEEP_TOKENS | profile.extra) if known else profile

    def note(self, target: ServerTarget, dialects: Iterable[str]) -> None:
        """Take down what an answer was written in."""
        if not _OF_TOKENS.isdisjoint(dialects):
            self._of_tokens.add((target.url, target.model))
