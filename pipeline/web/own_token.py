"""The page's token, made by Dropleaf itself where the settings say ``web.token: auto``."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pipeline.files.atomic import read_regular
from pipeline.log.log import logger
from pipeline.settings.sections import Web

_NAME = ".dropleaf-token"
_FEWEST = 16
_PRIVATE = 0o600


def settings_to_token(web: Web, outbox: Path) -> str | None:
    """The token that requests must have; None where none is needed.

    One that is made lies in the outbox, beside the working state, which goes when nothing is in work; only its owner
    may read it.  The log says it at each start: whoever may read the log may use the page.

    Raises:
        OSError: It cannot be written down.
    """
    if web.token != "auto":  # noqa: S105 — the word of the settings, no token
        return web.token
    file = outbox / _NAME
    token = _read(file)
    if token is None:
        token = secrets.token_urlsafe(24)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "w", encoding="utf-8") as made:
            made.write(f"{token}\n")
    logger().info("web_token", token=token, file=str(file))
    return token


def _read(file: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        token = read_regular(file).decode().strip()
        if len(token) >= _FEWEST:
            return token
    return None
