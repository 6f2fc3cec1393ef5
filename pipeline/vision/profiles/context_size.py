"""How much of a server's context a page needs, and what the server's count of tokens shows about the picture."""

import math

from pipeline.vision.profiles.profiles import Profile

# Tokens of a long page, of a prompt, and of a picture where it is not known how the family counts.
_PAGE_TOKENS = 2048
_PROMPT_TOKENS = 400
_IMAGE_TOKENS = 2048


def answer_tokens(profile: Profile, context: int | None, slots: int | None) -> int:
    """The longest answer to ask for, so that the pages on all slots fit into the server's context together.

    With a shared context (the default of LM Studio and llama.cpp) one endless answer would else make other pages fail.
    If an equal share is too short for a page, the page gets as much as if it were alone.

    Args:
        profile: Of the model.
        context: Tokens for which the server has room; None where it does not say.
        slots: Number of pages that it works on at once.
    """
    wanted = profile.sampling.max_tokens
    if context is None:
        return wanted
    side = min(profile.longest_side_px, math.isqrt(profile.max_pixels))
    asked = _PROMPT_TOKENS + (profile.image_tokens(side, side) or _IMAGE_TOKENS)
    share = context // max(1, slots or 1) - asked
    return min(wanted, share if share >= _PAGE_TOKENS else max(_PAGE_TOKENS // 2, context - asked))


def was_shrunk(profile: Profile, width: int, height: int, prompt_tokens: int | None) -> bool:
    """Whether the server made the picture smaller before the model saw it, as LM Studio does by default.

    Args:
        profile: Of the model.
        width: Of the picture that was sent.
        height: Of the picture that was sent.
        prompt_tokens: As the server counted them, None where it did not say.
    """
    expected = profile.image_tokens(width, height)
    return expected is not None and prompt_tokens is not None and 0 < prompt_tokens < 0.8 * expected


def was_cut(profile: Profile, width: int, height: int, prompt_tokens: int | None, context: int | None) -> bool:
    """Whether the server silently cut a page that is too large for its context, as Ollama does.

    Args:
        profile: Of the model.
        width: Of the picture that was sent.
        height: Of the picture that was sent.
        prompt_tokens: As the server counted them, None where it did not say.
        context: Tokens of one slot's context, None where the server does not say.
    """
    expected = profile.image_tokens(width, height) or 0
    too_much = context is not None and expected + _PROMPT_TOKENS > context
    return too_much and was_shrunk(profile, width, height, prompt_tokens)
