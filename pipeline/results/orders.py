"""What a user has ordered for the work: pause, priority, cancel.  Files, so that it outlives every process.

Whoever gives an order, a command or the page, writes it into the working state, whether a daemon runs or not.  The
order for a document is a file in its work folder, and goes with it.  ``orders.json`` tells what concerns everything,
and is written anew with each order: so a daemon has one file to look at.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pipeline.errors import PublishError, UsageError
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.lock import turn_at
from pipeline.results.state_folder import StateFolder, WorkFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOrders:
    """The orders for one document.

    Attributes:
        priority: Documents with a larger one come first; None for what the settings say.
    """

    paused: bool = False
    priority: int | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _General:
    """What ``orders.json`` holds.

    Attributes:
        mark: Another one each time, so that no order is overlooked.
        given: Orders that are not in the documents' own files yet, by their idents.
    """

    paused: bool = False
    mark: str = ""
    given: Mapping[str, DocumentOrders] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """All orders that there are.

    Attributes:
        paused: Whether everything is to wait.
        documents: By the documents' idents; those without an order are missing.
    """

    paused: bool = False
    documents: Mapping[str, DocumentOrders] = field(default_factory=dict)

    def of(self, ident: str) -> DocumentOrders:
        """The orders for a document."""
        return self.documents.get(ident, DocumentOrders())


def read_orders(state: StateFolder) -> Orders:
    """The orders as they are now; a damaged or missing file orders nothing.

    Raises:
        OSError: The work folder cannot be listed.
    """
    homes = list(state.documents()) if state.work.is_dir() else []
    general = _read_general(state)
    found = {work_folder.root.name: _read_document(work_folder) for work_folder in homes if work_folder.orders.exists()}
    return Orders(paused=general.paused, documents={**found, **general.given})


def order_all(state: StateFolder, *, paused: bool) -> None:
    """Have everything wait, or go on.

    Raises:
        PublishError: The working state cannot be written.
    """
    try:
        state.root.mkdir(parents=True, exist_ok=True)
        with turn_at(state.turn):
            _write_general(state, replace(_hand_out(state), paused=paused))
    except OSError as error:
        raise PublishError(f"{state.orders}: {error.strerror or error}") from error


def order_document(
    state: StateFolder,
    ident: str,
    *,
    paused: bool | None = None,
    priority: int | None = None,
    cancelled: bool | None = None,
) -> None:
    """Change the orders for a document in work; None leaves one as it is.

    Raises:
        UsageError: It is not in work any more.
        PublishError: The working state cannot be written.
    """
    if not order_documents(state, [ident], paused=paused, priority=priority, cancelled=cancelled):
        raise UsageError("it is not in work any more")


def order_documents(
    state: StateFolder,
    idents: Sequence[str],
    *,
    paused: bool | None = None,
    priority: int | None = None,
    cancelled: bool | None = None,
) -> list[str]:
    """Change the orders for several documents, for all of them by one rename; None leaves one as it is.

    Returns:
        The idents of those that are still in work.

    Raises:
        PublishError: The working state cannot be written.
    """
    given = {"paused": paused, "priority": priority, "cancelled": cancelled}
    changes = {name: value for name, value in given.items() if value is not None}
    try:
        with turn_at(state.turn):
            general = _hand_out(state)
            homes = [work_folder for work_folder in map(state.document, idents) if work_folder.root.is_dir()]
            orders = {work_folder.root.name: replace(_read_document(work_folder), **changes) for work_folder in homes}  # type: ignore[arg-type]  # as named
            if orders:
                _write_general(state, replace(general, given=orders))
                _write_general(state, _hand_out(state))
    except FileNotFoundError:  # no document at all is in work
        return []
    except OSError as error:
        raise PublishError(f"{state.orders}: {error.strerror or error}") from error
    return list(orders)


def _hand_out(state: StateFolder) -> _General:
    """Write the orders that are given into the documents' own files; returns what is left for all."""
    general = _read_general(state)
    for ident, orders in general.given.items():
        with suppress(FileNotFoundError):  # it is not in work any more
            write_whole(state.document(ident).orders, [value_to_json(orders)])
    return replace(general, given={})


def _read_document(work_folder: WorkFolder) -> DocumentOrders:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(work_folder.orders), DocumentOrders)
    return DocumentOrders()


def _read_general(state: StateFolder) -> _General:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(state.orders), _General)
    return _General()


def _write_general(state: StateFolder, general: _General) -> None:
    write_whole(state.orders, [value_to_json(replace(general, mark=secrets.token_hex(8)))])
