"""A short body of a request: it must come within a short time."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request

_SECRET_BYTES, _SECONDS = 4096, 10.0


async def read_secret(request: Request, subject: str) -> str:
    """The body as text, of at most 4 KiB.

    Args:
        request: With the secret as its body.
        subject: What it is, for sentences: ``token``.

    Raises:
        HTTPException: It is too long or does not come.
    """
    return (await read_body(request, subject, most=_SECRET_BYTES)).decode("utf-8", "replace")


async def read_body(request: Request, subject: str, *, most: int) -> bytes:
    """The whole body.

    Args:
        request: With the body.
        subject: What it is, for sentences.
        most: Bytes that it may have.

    Raises:
        HTTPException: It is too long or does not come.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    raise HTTPException(413, f"That is no {subject}.")
    except TimeoutError:
        raise HTTPException(408, f"The {subject} did not come.") from None
    return bytes(body)
