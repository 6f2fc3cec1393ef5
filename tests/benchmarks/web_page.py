"""The page over 400 and 10,000 documents: first byte, events, filters, searches; and what ten watchers cost.

``python tests/benchmarks/web_page.py [DOCUMENTS ...]``.  Milliseconds are of this machine; the slowing is a ratio of
runs that take turns, against a simulated model server.
"""

import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from daemons import Daemon, Place  # noqa: E402 — after the search path
from outbox_hands import deliver, entry  # noqa: E402 — as above
from pdfs import numbered_pdf  # noqa: E402 — as above
from simulator import Latency, Setup, Simulator  # noqa: E402 — as above

TIMES = 30
ROUNDS = 5
PAGES = 60
WATCHERS = 10


def main(sizes: Sequence[int]) -> None:
    for documents in sizes:
        say_page(documents)
    say_slowing()


def say_page(documents: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), web={"port": 0}, workers=1)
        fill(place.outbox, documents)
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            began = time.perf_counter()
            while total(url) < documents:
                time.sleep(0.05)
            say(f"{documents} documents known {time.perf_counter() - began:.2f} s after the start")
            say_times("first byte of the page", lambda: first_bytes(url, "/", b""))
            say_times("first status event", lambda: first_bytes(url, "/events", b"\n\n"))
            say_times("the list", lambda: first_bytes(url, "/api/history", b""))
            say_times("a filter", lambda: first_bytes(url, "/api/history?outcome=complete&folder=7", b""))
            say_times("sorted by pages", lambda: first_bytes(url, "/api/history?sort=pages", b""))
            say_times("search by name", lambda: first_bytes(url, "/api/history?query=123", b""))
            began = time.perf_counter()
            while tree_at(url, "/api/search?query=text")["left"]:
                time.sleep(0.5)
            say(f"the text of all can be searched {time.perf_counter() - began:.1f} s later")
            say_times("search in the text", lambda: first_bytes(url, "/api/search?query=text", b""))
            say_times("/metrics", lambda: first_bytes(url, "/metrics", b""))
            say_times("/api/status", lambda: first_bytes(url, "/api/status", b""))
            daemon.stop()


def fill(outbox: Path, documents: int) -> None:
    """Results of forty pages each, in fifty folders."""
    pages = [entry(number) for number in range(1, 41)]
    original = deliver(outbox, "0/report", *pages)
    text, html = original.read_text(), original.with_suffix(".html").read_bytes()
    for number in range(1, documents):
        folder = outbox / f"{number % 50}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"report {number}.html").write_bytes(html)
        (folder / f"report {number}.json").write_text(text.replace("report.pdf", f"report {number}.pdf"))


def say_slowing() -> None:
    """Runs with and without watchers take turns, so that the machine's moods hit both alike."""
    alone: list[float] = []
    watched: list[float] = []
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.5))) as sim, tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), server=sim.url, web={"port": 0})
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            convert(place, daemon, 0)
            for number in range(1, ROUNDS + 1):
                alone.append(convert(place, daemon, 2 * number))
                with watchers(url, WATCHERS):
                    watched.append(convert(place, daemon, 2 * number + 1))
            daemon.stop()
    slower = statistics.median(watched) / statistics.median(alone) - 1
    say(f"{PAGES} pages: alone {seconds(alone)}, with {WATCHERS} watchers {seconds(watched)}: {slower:+.1%}")


def convert(place: Place, daemon: Daemon, number: int) -> float:
    """Seconds of work of one document, as its manifest tells."""
    name = f"{number}.pdf"
    place.drop(lambda path: numbered_pdf(path, PAGES, document=number), name)
    daemon.wait_for("published", document=name, timeout=300)
    tree = json.loads((place.outbox / f"{number}.json").read_bytes())
    return float(tree["timings"]["convert_s"])


@contextmanager
def watchers(url: str, count: int) -> Iterator[None]:
    """So many clients read the stream of events."""
    ended = threading.Event()
    threads = [threading.Thread(target=watch, args=(url, ended)) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    ended.set()
    for thread in threads:
        thread.join()


def watch(url: str, ended: threading.Event) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/events")
    stream = connection.getresponse()
    while not ended.is_set() and stream.readline():
        pass
    connection.close()


def first_bytes(url: str, path: str, until: bytes) -> float:
    """Milliseconds until the first byte of the body, or until ``until`` has come."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path)
    stream = connection.getresponse()
    data = stream.read(1)
    while until not in data:
        data += stream.read(1)
    spent = time.perf_counter() - began
    connection.close()
    return spent * 1000


def total(url: str) -> int:
    return tree_at(url, "/api/history")["total"]


def tree_at(url: str, path: str) -> dict[str, int]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", path)
    found: dict[str, int] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def say_times(what: str, measure: Callable[[], float]) -> None:
    times = sorted(measure() for _ in range(TIMES))
    say(f"{what}: median {statistics.median(times):.1f} ms, worst of {TIMES} {times[-1]:.1f} ms")


def seconds(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 — this is the place


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [400, 10_000])
