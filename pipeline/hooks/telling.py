"""Tells a hook: runs the user's program, or sends a POST to the user's address. Both have a time limit."""

import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from pipeline.deadline import Deadline
from pipeline.errors import PipelineError, os_error_to_words
from pipeline.hooks.message import body_to_signature, notice_to_message
from pipeline.hooks.notices import Notice
from pipeline.printable import printable
from pipeline.sandbox.environment import scrubbed_environment
from pipeline.vision.client.transport import Meter, MeteredSession

_SAID_BYTES = 1000
# Seconds between two checks whether the daemon stops.
_GLANCE_S = 0.1


class HookError(PipelineError):
    """A hook could not be told; the message says why."""


def run_program(
    command: Sequence[str], notice: Notice, outbox: Path, *, timeout_s: float, stopping: threading.Event
) -> str:
    """Run the user's program with the manifest's path as its last argument; returns the beginning of its output.

    It gets none of the daemon's secrets. ``DROPLEAF_HOOK_ID`` and ``DROPLEAF_HOOK_EVENT`` say which notice this is.

    Raises:
        HookError: It cannot be started, takes too long, or exits with another code than 0.
    """
    arguments = [*command, *([] if notice.manifest is None else [str(outbox / notice.manifest)])]
    names = {"DROPLEAF_HOOK_ID": notice.ident, "DROPLEAF_HOOK_EVENT": notice.event}
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 — the user's own program; no part of it comes from a document
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=scrubbed_environment() | names,
            )
        except (OSError, ValueError) as error:
            why = os_error_to_words(error) if isinstance(error, OSError) else "an argument has a zero in it"
            raise HookError(f"it cannot be started: {why}") from None
        code = _wait(process, Deadline.after(timeout_s), stopping)
        said.seek(0)
        words = printable(said.read(_SAID_BYTES).decode(errors="replace")).strip()
    if code is None:
        raise HookError(f"it was ended, since it took more than {timeout_s:.0f} s or the daemon stops: {words}")
    if code:
        raise HookError(f"it exited with code {code}: {words}")
    return words


def _wait(process: subprocess.Popen[bytes], deadline: Deadline, stopping: threading.Event) -> int | None:
    """The exit code; None where the program had to be ended."""
    while not deadline.expired and not stopping.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_GLANCE_S)
    process.kill()
    process.wait()
    return None


def send_post(url: str, secret: str | None, notice: Notice, outbox: Path, *, timeout_s: float) -> str:
    """Send the head of the manifest; returns the status and the beginning of the answer.

    Redirects are not followed: only the user's own address may get the data.

    Raises:
        HookError: It cannot be reached, takes too long, or answers with another status than 2xx.
    """
    body = notice_to_message(notice, outbox)
    headers = {
        "Content-Type": "application/json",
        "X-Dropleaf-Id": notice.ident,
        "X-Dropleaf-Event": notice.event,
        **({} if secret is None else {"X-Dropleaf-Signature": body_to_signature(body, secret)}),
    }
    meter = Meter(connect_timeout_s=timeout_s, silence_s=timeout_s)
    try:
        with MeteredSession(meter) as session:
            meter.start(Deadline.after(timeout_s))
            with session.post(url, data=body, headers=headers, stream=True, allow_redirects=False) as answer:
                words = printable(answer.raw.read(_SAID_BYTES).decode(errors="replace")).strip()
                status = answer.status_code
    except TimeoutError:
        raise HookError(f"no answer within {timeout_s:.0f} s") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        # The error's own text may contain the address, which may contain a secret.
        raise HookError("it cannot be reached, or did not answer in time") from None
    if not requests.codes.ok <= status < requests.codes.multiple_choices:
        moved = "; redirects are not followed" if requests.codes.multiple_choices <= status < requests.codes.bad else ""
        raise HookError(f"it answered {status}{moved}: {words}")
    return f"{status} {words}".strip()
