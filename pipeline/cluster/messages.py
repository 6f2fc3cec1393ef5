"""What the daemon, its gateway and the hosts say to each other: plain values, checked on both sides.

The gateway carries what the daemon and a host say to each other as bytes that it does not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from pipeline.pool.codec import Codec
from pipeline.results.page_record import LARGEST_RECORD_BYTES

#: What a host does: it converts pages, and reads pictures of pages.
Lane = Literal["pages", "pictures"]
LANES: tuple[Lane, ...] = ("pages", "pictures")

#: Bytes of a document in one message.
PIECE_BYTES = 1 << 20

#: The text of a page's picture may be larger than a page's record.
LARGEST_FILE_BYTES = 2 * LARGEST_RECORD_BYTES

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Attempt = Annotated[int, Meta(ge=0)]
Bytes = Annotated[bytes, Meta(max_length=LARGEST_FILE_BYTES)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """To a host: do a task.

    Attributes:
        attempt: Its number, which is never used again.
        task: As :data:`pipeline.worker.tasks.TASKS` encodes it; its paths are the daemon's.
        remaining_s: Seconds that it may take, from its start on the host.
        sha256: Of its document.
        picture: The text of the page's picture, None where there is none.
    """

    attempt: Attempt
    lane: Lane
    task: bytes
    remaining_s: float
    sha256: Sha256
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """To a host: the worker that has ``attempt`` may get this work next."""

    attempt: Attempt
    following: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """To a host: from now on the attempt may take so many seconds."""

    attempt: Attempt
    remaining_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """To a host: kill the worker that has the attempt."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """To a host: a part of a document that it has asked for; ``size`` is that of the whole."""

    sha256: Sha256
    offset: Annotated[int, Meta(ge=0)]
    size: Annotated[int, Meta(ge=0)]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """From a host: send the document from this byte on."""

    sha256: Sha256
    offset: Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """From a host: a report of the task, as :data:`pipeline.worker.tasks.ANSWERS` encodes it."""

    attempt: Attempt
    value: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """From a host, before the end of the task: a model's answer that is to be saved, as UTF-8."""

    attempt: Attempt
    text: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """From a host: the task's result, and the file that it wrote (None for none)."""

    attempt: Attempt
    value: Bytes
    file: Bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """From a host: the task has no result.

    Attributes:
        how: ``failed``, ``expired`` or ``lost`` as in :mod:`pipeline.pool.interface`; ``refused`` where the host
            cannot do any such task now; ``withdrawn``.
    """

    attempt: Attempt
    how: Literal["failed", "expired", "lost", "refused", "withdrawn"]
    detail: Words = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """From a host, first of all and then every few seconds: how it is.

    Attributes:
        slots: Pages that it takes at once.
        cores: Of its processors.
        pictures: Pictures that it reads at once; 0 where it has no engine of text recognition.
        clock: Its seconds since the epoch.
        free_mib: Space for documents.
    """

    slots: Annotated[int, Meta(ge=1, le=4096)]
    cores: Annotated[int, Meta(ge=1, le=4096)]
    pictures: Annotated[int, Meta(ge=0, le=1)]
    clock: float
    free_mib: Annotated[int, Meta(ge=0)]
    release: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """To a host, when the daemon takes it on.

    Attributes:
        boot: A new name for this engagement: what an earlier one still says counts no more.
        owner: The daemon's name, the same after a restart.
        release: Of the daemon.
        alone_s: Seconds without a word of the daemon after which the host kills its workers.
        ports: TCP ports of the model servers, to which workers may connect.
        readable: Files of certificates that workers read, the same on each host.
        shared: The folder of the documents where the host sees it too, under the same path; empty for none.
    """

    boot: Name
    owner: Name
    release: Name
    alone_s: Annotated[float, Meta(gt=0)]
    ports: tuple[int, ...] = ()
    readable: tuple[str, ...] = ()
    shared: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """To the gateway: connect to the scheduler, and take on every host that is there.

    Attributes:
        tls: Files of the authority, the certificate and its key; None for no encryption.
        terms: With an empty ``boot``: the gateway gives each host one of its own.
    """

    scheduler: str
    tls: tuple[str, str, str] | None
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class ForHost:
    """To the gateway: for a host, by the boot."""

    boot: Name
    orders: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """To the gateway: this engagement is over."""

    boot: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """From the gateway: a host has been taken on."""

    boot: Name
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class FromHost:
    """From the gateway: what a host says; nothing where it only lives."""

    boot: Name
    reports: tuple[Annotated[bytes, Meta(max_length=LARGEST_FILE_BYTES + (1 << 20))], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """From the gateway: a host has been lost, or cannot be taken on (then ``boot`` is new)."""

    boot: Name
    name: Name
    detail: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayBeat:
    """From the gateway, twice a second: it lives; ``trouble`` says why there is no scheduler, empty where there is."""

    trouble: Words = ""


Order = Work | Hint | Limit | Withdraw | Piece
Report = Wanted | Told | Answer | Finished | Ended | Presence

#: From the daemon to a host.
ORDERS = Codec((Work, Hint, Limit, Withdraw, Piece))
#: From a host to the daemon.
REPORTS = Codec((Wanted, Told, Answer, Finished, Ended, Presence))
#: The same of the agreement between them.
TERMS = Codec((Terms,))
#: From the daemon to the gateway.
TO_GATEWAY = Codec((Connect, ForHost, GiveUp))
#: From the gateway to the daemon.
FROM_GATEWAY = Codec((Joined, FromHost, Gone, GatewayBeat))


def bytes_to_report(data: bytes) -> Report:
    """What a host says.

    Raises:
        ValueError: It is no report.
        RecursionError: It is nested too deeply.
    """
    report = REPORTS.decode(data)
    if not isinstance(report, Report):
        raise TypeError(f"no report: {type(report).__name__}")
    return report


def bytes_to_orders(data: Sequence[bytes]) -> list[Order]:
    """What the daemon says to a host.

    Raises:
        ValueError: One is no order.
    """
    orders = []
    for each in data:
        order = ORDERS.decode(each)
        if not isinstance(order, Order):
            raise TypeError(f"no order: {type(order).__name__}")
        orders.append(order)
    return orders
