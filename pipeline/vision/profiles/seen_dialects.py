"""What the answers of a model have been in, which tells its family where neither its name nor its server does."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipeline.vision.profiles.profiles import KEEP_TOKENS, OF_TOKENS, DialectName, Profile

_MOST: Final = 1000
_NAMES: Final = frozenset(DialectName)


class SeenDialects:
    """Of each server's models the dialect that tells most; the daemon keeps it for its life, reloads included."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], DialectName] = OrderedDict()

    def of(self, url: str, model: str) -> DialectName | None:
        """The dialect of a model's answers; None while none has come."""
        return self._seen.get((url, model))

    def note(self, url: str, model: str, dialects: Iterable[str]) -> None:
        """Note what an answer was in; special tokens, once seen, tell more than any later answer without them."""
        found = dialects_to_news(dialects, self.of(url, model))
        if found is not None:
            self._seen[url, model] = found
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)


def dialects_to_news(dialects: Iterable[str], seen: str | None) -> DialectName | None:
    """The dialect that an answer adds to what is known of its model; None where it adds nothing.

    Args:
        dialects: Of the answer.
        seen: What is known; None for nothing.
    """
    names = [DialectName(name) for name in dialects if name in _NAMES]
    found = next((name for name in names if name in OF_TOKENS), names[0] if names else None)
    return None if found == seen or seen in OF_TOKENS else found


def profile_by_answers(profile: Profile, seen: str | None) -> Profile:
    """The profile, asking for special tokens where the model's answers are made of them.

    Args:
        profile: Of the model, by its name or by what its server says of it.
        seen: What its answers have been in; None where that is not known.
    """
    of_tokens = seen in OF_TOKENS and profile.own_dialect is None
    return replace(profile, extra=KEEP_TOKENS | profile.extra) if of_tokens else profile
