"""A secret that a browser sends as the body of a request: short, and within a short time."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request

_BYTES, _SECONDS = 4096, 10.0


async def read_secret(request: Request, subject: str) -> str:
    """The body as text.

    Args:
        request: With the secret as its body.
        subject: What it is, for sentences: ``token``.

    Raises:
        HTTPException: It is too long or does not come.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > _BYTES:
                    raise HTTPException(413, f"That is no {subject}.")
    except TimeoutError:
        raise HTTPException(408, f"The {subject} did not come.") from None
    return body.decode("utf-8", "replace")
