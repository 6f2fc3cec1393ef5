"""`make hooks`: hooks of 1,000 documents through a bad receiver and restarts; each end is told, and none held up.

``python tests/hook_run.py [DOCUMENTS]``.  The receiver is down at first, then answers 500, 302, 404 and at last 200;
after each fifth of the documents the daemon is killed or stopped, in turn.  It fails if an end was not told, if one end
came under two ids, or if a document was not delivered.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from signal import SIGKILL

from daemons import Daemon, Place
from hook_receiver import SECRET, Receiver, receiver
from pdfs import numbered_pdf

# What the receiver answers to each fifth; 0 where it is down.
ANSWERS = (0, 500, 302, 404, 200)
# Seconds until the last one must have been told: pauses between tries grow to minutes.
PATIENCE_S = 1800.0


def main(documents: int) -> int:
    with tempfile.TemporaryDirectory(prefix="hooks-") as name, ExitStack() as stack:
        with receiver() as probe:
            port, url = probe.server_address[1], probe.url
        place = Place(
            Path(name), workers=2, hooks={"url": url, "secret": SECRET, "on": ["complete", "partial", "failed"]}
        )
        told: Receiver | None = None
        for step, status in enumerate(ANSWERS):
            if status and told is None:
                told = stack.enter_context(receiver(port))
            if told is not None:
                told.status = status
            names = [f"{number:05}.pdf" for number in range(documents * step // 5, documents * (step + 1) // 5)]
            with Daemon(place) as daemon:
                began = time.monotonic()
                for number, each in enumerate(names):
                    place.drop(partial(numbered_pdf, pages=1, document=number), each)
                daemon.wait_for("published", count=len(names), timeout=PATIENCE_S)
                say(f"{len(names)} documents while the receiver {answer(status)}: {time.monotonic() - began:.1f} s")
                if status == ANSWERS[-1]:
                    assert told is not None
                    wait_for_all(told, documents)
                if step % 2 or status == ANSWERS[-1]:
                    daemon.stop()
                else:
                    daemon.send(SIGKILL)
                    daemon.wait()
        assert told is not None
        return judge(told, documents, place)


def wait_for_all(told: Receiver, documents: int) -> None:
    limit = time.monotonic() + PATIENCE_S
    while len(ids_by_document(told.heard)) < documents and time.monotonic() < limit:
        time.sleep(0.5)


def ids_by_document(bodies: list[dict]) -> dict[str, set[str]]:  # type: ignore[type-arg]  # as they came
    """The ids under which each document was told of."""
    found: dict[str, set[str]] = {}
    for body in list(bodies):
        found.setdefault(body["head"]["document"]["name"], set()).add(body["id"])
    return found


def judge(told: Receiver, documents: int, place: Place) -> int:
    found = ids_by_document(told.heard)
    twice = [name for name, ids in ids_by_document(told.bodies).items() if len(ids) > 1]
    delivered = len([path for path in place.outbox.glob("*.json") if not path.name.endswith(".tables.json")])
    say(f"{documents} documents: {delivered} delivered, {len(found)} heard of, {len(told.bodies)} messages")
    say(f"under two ids: {len(twice)}; notes left: {len(list((place.outbox / '.dropleaf' / 'hooks').iterdir()))}")
    return 0 if (delivered, len(found), twice, set(told.paths)) == (documents, documents, [], {"/told"}) else 1


def answer(status: int) -> str:
    return f"answers {status}" if status else "is down"


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
