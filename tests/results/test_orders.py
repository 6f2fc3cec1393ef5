"""Orders for several documents: all are given or none, whatever instant the process that gives them dies at."""

import os
from pathlib import Path

import pytest
from claims import claimed, journal_of
from kills import kill_points

from pipeline.results.orders import order_all, order_document, order_documents, read_orders
from pipeline.results.state_folder import StateFolder


def cancelled_in(state: StateFolder) -> set[str]:
    return {ident for ident, orders in read_orders(state).documents.items() if orders.cancelled}


def test_an_order_for_several_documents_is_given_to_all_or_to_none_wherever_its_giver_dies(tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "outbox")
    state = journal.folder
    idents = {claimed(tmp_path, journal, f"{name}.pdf").ident for name in "abc"}
    order_document(state, min(idents), priority=7)
    seen = []

    for _ in kill_points(lambda: order_documents(state, [*idents, "gone"], cancelled=True)):
        seen.append(cancelled_in(state))
        order_all(state, paused=True)  # whoever comes next hands out what was given
        assert cancelled_in(state) == seen[-1]
        order_documents(state, [*idents], cancelled=False)
    assert cancelled_in(state) == idents

    assert set(map(frozenset, seen)) == {frozenset(), frozenset(idents)}
    assert read_orders(state).of(min(idents)).priority == 7
    assert read_orders(state).paused


def test_an_order_for_what_is_not_in_work_changes_nothing(tmp_path: Path) -> None:
    assert order_documents(journal_of(tmp_path / "outbox").folder, ["gone"], paused=True) == []
    assert order_documents(StateFolder(tmp_path / "none"), ["gone"], paused=True) == []


@pytest.mark.linux
def test_a_pipe_in_place_of_orders_is_not_waited_for(tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "outbox")
    document = claimed(tmp_path, journal)
    os.mkfifo(journal.folder.orders)
    os.mkfifo(journal.folder.document(document.ident).orders)

    assert not read_orders(journal.folder).paused
