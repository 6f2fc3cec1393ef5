"""What a hook is told: the head of the manifest, with an id and an event, signed with the user's secret."""

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.json_values import value_to_json
from pipeline.hooks.notices import HookEvent, Notice
from pipeline.results.manifest import ManifestHead, read_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The body of a POST.

    Attributes:
        id: The same with each repetition: who gets one twice can tell.
        manifest: Its path; None for ``idle``.
        head: The manifest without its pages; None for ``idle``, and where the file is gone.
    """

    schema: str = "dropleaf/hook/1"
    id: str
    event: HookEvent
    manifest: str | None
    head: ManifestHead | None


def notice_to_message(notice: Notice, outbox: Path) -> bytes:
    """The body, as JSON."""
    head = None
    if notice.manifest is not None:
        with suppress(OSError):
            head = read_head(outbox, notice.manifest)
    manifest = None if notice.manifest is None else str(outbox / notice.manifest)
    return value_to_json(Message(id=notice.ident, event=notice.event, manifest=manifest, head=head))


def body_to_signature(body: bytes, secret: str) -> str:
    """The value of ``X-Dropleaf-Signature``: HMAC-SHA256 of the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
