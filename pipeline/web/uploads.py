"""Uploads: each is streamed to a hidden name in the inbox, synced, and then renamed."""

import asyncio
import errno
import os
import secrets
import shutil
import stat
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from io import BufferedWriter
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pipeline.choices import Engine, UnreachableAction
from pipeline.files.file_choice import FileChoice, write_choice
from pipeline.files.json_values import value_to_json
from pipeline.host.files import HAS_DEVICE_NAMES, sync_folder
from pipeline.host.held_folder import rename_to_free
from pipeline.kinds import ALL_KINDS, PICTURE_ENDS, Kind, name_to_kind
from pipeline.log.log import logger
from pipeline.web.disk_work import DiskWork
from pipeline.web.operations import Parameter
from pipeline.web.safe_names import folder_to_safe, name_to_alternatives, name_to_safe

#: How many files are received at once.
AT_ONCE = 8
#: How many documents may wait before the page accepts no more.
MOST_WAITING = 10_000
# Seconds within which the next bytes must come.
_IDLE_S = 60.0
_CHUNK = 1 << 20
_MIB = 1 << 20
# Room that must stay free on the disk for results.
_SPARE = 256 << 20
_PREFIX = ".dropleaf-upload-"
# So many files of one name may wait.
_MOST_TRIES = 10_000
_PDF_TYPE, _PICTURE_TYPE = "application/pdf", "image/"
# Only one upload at a time gets its name.
_NAMING = "naming"


Choice = TypeVar("Choice", bound=StrEnum)

#: What an upload takes in its query.
UPLOAD_QUERY = {
    "name": Parameter(description="Of the file; it is made safe, and free."),
    "folder": Parameter(description="Of the inbox, like statements/2025; made safe, and made where it is missing."),
    "engine": Parameter(
        description="lmstudio or basic, for this document; the settings' where it is missing.",
        schema={"type": "string", "enum": ["", *Engine]},
    ),
    "when_unreachable": Parameter(
        description="fallback or wait, for this document; the settings' where it is missing.",
        schema={"type": "string", "enum": ["", *UnreachableAction]},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """Where a file lies in the inbox; ``folder`` is ``.`` for the inbox itself."""

    name: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSettings:
    """Where files go, how large they may be, of which kinds, and what the settings say of what can be chosen."""

    inbox: Path
    mib: int
    engine: Engine
    when_unreachable: UnreachableAction
    kinds: Collection[Kind] = ALL_KINDS


class Uploads:
    """Receives files."""

    def __init__(self, settings: UploadSettings) -> None:
        self._settings = settings
        self._coming = 0
        self._disk = DiskWork("upload", size=AT_ONCE, patience_s=_IDLE_S)

    async def remove_stale(self) -> None:
        """Remove what interrupted uploads have left.

        Raises:
            OSError: It cannot be removed, or the inbox does not answer.
        """

        def remove() -> None:
            for left in self._settings.inbox.glob(f"{_PREFIX}*.part"):
                left.unlink(missing_ok=True)

        await self._disk.do(_NAMING, remove)

    def close(self) -> None:
        """Accept no more."""
        self._disk.close()

    async def take(self, request: Request, waiting: int) -> Response:
        """POST: the file is the body; ``name``, ``folder``, ``engine`` and ``when_unreachable`` are in the query.

        Args:
            request: With a Content-Length.
            waiting: Documents in line.

        Raises:
            HTTPException: The file is not taken.
        """
        self._check_room(waiting)
        length = self._checked_length(request)
        choice = self._checked_choice(request)
        folder = folder_to_safe(request.query_params.get("folder", ""), as_windows=HAS_DEVICE_NAMES)
        self._check_kind(request)
        self._coming += 1
        try:
            name = await self._store(request, length, choice, folder)
        except TimeoutError as error:
            logger().error("upload_failed", error="the inbox does not answer", advice="look at its disk or share")
            raise HTTPException(507, "The inbox does not answer.") from error
        except OSError as error:
            logger().error("upload_failed", error=str(error), advice="the file was removed; repair the inbox's disk")
            raise HTTPException(507, f"The inbox cannot be written: {error.strerror}.") from error
        finally:
            self._coming -= 1
        logger().info("uploaded", file=name, folder=folder, bytes=length)
        body = value_to_json(Uploaded(name=name, folder=folder))
        return Response(body, status_code=201, media_type="application/json")

    def _check_room(self, waiting: int) -> None:
        if self._coming >= AT_ONCE:
            raise HTTPException(503, "Too many files at once.", headers={"retry-after": "2"})
        if waiting >= MOST_WAITING:
            raise HTTPException(503, f"{waiting} documents wait already.", headers={"retry-after": "60"})

    def _check_kind(self, request: Request) -> None:
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        kind = Kind.PDF if sent == _PDF_TYPE else Kind.IMAGES if sent.startswith(_PICTURE_TYPE) else None
        if kind is None or kind is not name_to_kind(name_to_safe(request.query_params.get("name", ""))):
            ends = ", ".join(PICTURE_ENDS)
            raise HTTPException(415, f"Only PDFs are taken (application/pdf), and pictures (image/…, {ends}).")
        if kind not in self._settings.kinds:
            raise HTTPException(415, "Files of this kind are left alone, as the settings say (watch.kinds).")

    def _checked_length(self, request: Request) -> int:
        text = request.headers.get("content-length", "")
        if not text.isascii() or not text.isdigit():
            raise HTTPException(411, "The length must be said first (Content-Length).")
        length = int(text)
        if length > self._settings.mib * _MIB:
            raise HTTPException(413, f"The file has {length / _MIB:.0f} MiB; {self._settings.mib} MiB are allowed.")
        return length

    def _checked_choice(self, request: Request) -> FileChoice:
        """What is chosen besides what the settings say: such a file needs no mark, which not every disk can store."""
        engine = _checked(request, "engine", Engine)
        action = _checked(request, "when_unreachable", UnreachableAction)
        return FileChoice(
            engine=None if engine is self._settings.engine else engine,
            when_unreachable=None if action is self._settings.when_unreachable else action,
        )

    def _check_disk(self, length: int) -> None:
        self._settings.inbox.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._settings.inbox).free < length + _SPARE:
            raise HTTPException(507, "The disk of the inbox is full.")

    async def _store(self, request: Request, length: int, choice: FileChoice, folder: str) -> str:
        part = self._settings.inbox / f"{_PREFIX}{secrets.token_hex(8)}.part"
        await self._disk.do(part, partial(self._check_disk, length))
        try:
            file = await self._disk.do(part, lambda: part.open("xb"))
            try:
                await self._receive(request, file, length)
            finally:
                await self._disk.do(part, partial(_close, file))
            await self._disk.do(part, partial(_carry, part, choice))
            name = name_to_safe(request.query_params.get("name", ""), as_windows=HAS_DEVICE_NAMES)
            return await self._disk.do(_NAMING, partial(_give_name, part, self._settings.inbox, folder, name))
        finally:
            with suppress(OSError):
                await self._disk.do(part, partial(part.unlink, missing_ok=True))

    async def _receive(self, request: Request, file: BufferedWriter, length: int) -> None:
        """Write the body while it keeps coming and is no longer than announced."""
        buffer = bytearray()
        came = 0
        pieces = request.stream()
        while piece := await _awaited_piece(pieces):
            came += len(piece)
            if came > length:
                raise HTTPException(413, "The file is longer than announced.")
            buffer += piece
            if len(buffer) >= _CHUNK:
                await self._disk.do(file, partial(file.write, bytes(buffer)))
                buffer.clear()
        if came != length:
            raise HTTPException(400, "The file is shorter than announced.")
        await self._disk.do(file, partial(file.write, bytes(buffer)))


async def _awaited_piece(pieces: AsyncIterator[bytes]) -> bytes:
    try:
        return await asyncio.wait_for(_next_piece(pieces), _IDLE_S)
    except TimeoutError:
        raise HTTPException(408, f"Nothing came for {_IDLE_S:.0f} s.") from None
    except ClientDisconnect:
        raise HTTPException(400, "It broke off.") from None


async def _next_piece(pieces: AsyncIterator[bytes]) -> bytes:
    """The next piece that is not empty; an empty one at the end."""
    async for piece in pieces:
        if piece:
            return piece
    return b""


def _close(file: BufferedWriter) -> None:
    with file:
        file.flush()
        os.fsync(file.fileno())


def _carry(part: Path, choice: FileChoice) -> None:
    try:
        write_choice(part, choice)
    except OSError as error:
        detail = "The disk of the inbox cannot store a choice for one file; choose what the settings say."
        raise HTTPException(409, detail) from error


def _give_name(part: Path, inbox: Path, folder: str, name: str) -> str:
    """Rename to a free name; a file that somebody else creates at this moment is never replaced.

    Raises:
        OSError: It cannot be renamed, or too many names are in use: whatever a disk says of a name, this ends.
    """
    target = _make_folder(inbox, folder)
    for each in islice(name_to_alternatives(name), _MOST_TRIES):
        try:
            rename_to_free(part, target / each)
        except FileExistsError:
            continue
        except OSError as error:
            plain = name_to_safe(name, as_windows=True)
            if error.errno != errno.EINVAL or plain == name:
                raise
            return _give_name(part, inbox, folder, plain)  # a disk that refuses what Windows does
        sync_folder(target)
        return each
    raise OSError(errno.EEXIST, "Too many files have this name", name)


def _make_folder(inbox: Path, folder: str) -> Path:
    """The folder of the inbox; a part of its path that is a link or a file is refused, since the inbox refuses it."""
    path = inbox
    for part in PurePosixPath(folder).parts:
        path /= part
        with suppress(FileExistsError):
            path.mkdir()
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise HTTPException(409, f"{part} is no folder in the inbox.")
    return path


def _checked(request: Request, name: str, kind: type[Choice]) -> Choice | None:
    text = request.query_params.get(name)
    try:
        return kind(text) if text else None
    except ValueError:
        raise HTTPException(400, f"There is no such {name}; there are {', '.join(kind)}.") from None
