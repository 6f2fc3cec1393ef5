"""The loop's state as a snapshot."""

import json
import os
import time
from dataclasses import asdict

from claims import DOCUMENT

from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.overview import Tally, take_snapshot
from pipeline.document import Outcome
from pipeline.page_result import FallbackReason, Method
from pipeline.server_target import ServerTarget
from pipeline.servers.server_book import ServerBook, ServerEntry

URL = "http://a/v1"


def test_a_snapshot_shows_documents_page_by_page() -> None:
    waiting, running = Conversion(DOCUMENT, began_at=1.0), Conversion(DOCUMENT, began_at=1.0)
    running.inspections = 1
    running.begin(3, {2: (Method.TEXT_LAYER, FallbackReason.TIMEOUT)}, budget_s=1.0, now=0.0)
    order = running.next_order(model=True)
    assert order is not None
    running.start(order, target=ServerTarget(url=URL, model="m"), now=time.monotonic() - 5.0)

    snapshot = take_snapshot([waiting, running], ServerBook([ServerEntry(url=URL)], workers=2), Tally(started_at=1.0))

    first, second = snapshot.documents
    assert (first.phase, first.pages, first.began_at) == ("waiting", None, None)
    assert (second.phase, second.pages, second.finished, second.fallbacks) == ("converting", 3, 1, (2,))
    (page,) = second.running
    assert (page.number, page.step, page.server) == (1, "render", URL)
    assert 4.0 < time.time() - page.since < 60.0
    assert (snapshot.pid, snapshot.servers[0].state) == (os.getpid(), "not asked yet")
    assert json.loads(json.dumps(asdict(snapshot)))


def test_what_was_delivered_is_counted() -> None:
    tally = Tally(started_at=1.0)
    for outcome in (Outcome.COMPLETE, Outcome.PARTIAL, Outcome.FAILED):
        tally.count(outcome, f"{outcome}.json")
    tally.troubles["disk"] = "full"

    snapshot = take_snapshot([], ServerBook([], workers=1), tally)

    assert (snapshot.published, snapshot.failed, snapshot.troubles) == (2, 1, ("full",))
    assert tally.published[0] == (Outcome.COMPLETE, "complete.json")
