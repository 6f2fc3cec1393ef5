"""A short body of a request: it must come within a short time."""

import asyncio
import re
from typing import Final, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.files.json_values import json_to_value

_SECRET_BYTES, _SECONDS = 4096, 10.0
# Where in JSON something does not fit, as the message of the error names it.
_PLACE: Final = re.compile(r"`(\$[\w.\[\]]+)`")

Value = TypeVar("Value")


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


async def read_value(
    request: Request, kind: type[Value], subject: str, *, example: str, most: int, strict: bool = True
) -> Value:
    """The body as a value.

    Args:
        request: With JSON as its body.
        kind: The type of the value.
        subject: What it is, for sentences.
        example: Of such a body, for a sentence.
        most: Bytes that it may have.
        strict: Whether 1.0 is no whole number.

    Raises:
        HTTPException: It is too long, does not come, or is no such value.
    """
    body = await read_body(request, subject, most=most)
    try:
        return json_to_value(body, kind, strict=strict)
    except ValueError as error:
        place = _PLACE.search(str(error))
        where = f"; what is at {place[1]} does not fit" if place else ""
        raise HTTPException(422, f"The body must be JSON like {example}{where}.") from None
