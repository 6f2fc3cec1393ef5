"""Sends one picture as a test: does the model take it, how fast, and does the server make it smaller first?"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.deadline import Deadline
from pipeline.errors import EmptyAnswer, TruncatedAnswer
from pipeline.server_target import ServerTarget
from pipeline.servers.facts import ServerKind
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.request import Sampling
from pipeline.vision.profiles.context_size import was_shrunk
from pipeline.vision.profiles.profiles import Profile

if TYPE_CHECKING:
    from pipeline.page_result import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of the test.

    Attributes:
        seconds: Time until the answer's first word.
        prompt_tokens: Of picture and prompt together; None where the server does not say.
        expected_tokens: Of the picture alone; None where it is not known how the model counts.
        shrunk: Whether the server counted fewer tokens than the picture has.
    """

    seconds: float
    prompt_tokens: int | None
    expected_tokens: int | None
    shrunk: bool

    def advice(self, kind: ServerKind) -> str:
        """What to do about a picture that was made smaller; empty where nothing is wrong."""
        if not self.shrunk:
            return ""
        came = f"The picture should be {self.expected_tokens} tokens, and {self.prompt_tokens} came"
        if kind is ServerKind.OLLAMA:
            return (
                f"{came}: Ollama makes large pictures smaller, and silently cuts what is longer than its "
                "context. Set OLLAMA_CONTEXT_LENGTH=16384 in its environment and start it again."
            )
        return (
            f"{came}: the server makes pictures smaller before the model sees them. In LM Studio raise the image size "
            "limit in the app's settings to 2048 pixels or more; small print is lost otherwise."
        )


def try_picture(
    target: ServerTarget, profile: Profile, picture: bytes, size: tuple[int, int], *, timeout_s: float
) -> Trial:
    """Ask for one word about a picture.

    Args:
        target: The server and its model.
        profile: Of the model.
        picture: A PNG that the server has not seen before, as large as the profile sends pages.
        size: Its width and height in pixels.
        timeout_s: Seconds for the whole test.

    Raises:
        PageError: The server does not take it.
    """
    request = replace(profile.request(picture, "image/png"), sampling=Sampling(max_tokens=1))
    attempts: list[Attempt] = []
    client = VisionClient(connect_timeout_s=min(5.0, timeout_s))
    try:
        with suppress(EmptyAnswer, TruncatedAnswer):
            client.ask(request, target=target, deadline=Deadline.after(timeout_s), attempts=attempts)
    finally:
        client.close()
    tokens = attempts[-1].prompt_tokens
    return Trial(
        seconds=attempts[-1].request_s,
        prompt_tokens=tokens,
        expected_tokens=profile.image_tokens(*size),
        shrunk=was_shrunk(profile, *size, tokens),
    )
