"""What a request costs the client in CPU, beside a bare ``requests.post`` of the same picture.

Run it by hand: ``PYTHONPATH=.:tests python tests/benchmarks/client_cost.py``.  The server is a process of its own, so
that only the client's time is counted; the figures are medians of rounds of process time, each as a ratio to the bare
post of the same round.
"""

import base64
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import requests
from vision.scripted import DONE, STREAM_HEAD, USAGE, Line, chunk, delta, http, serving

from pipeline.deadline import Deadline
from pipeline.server_target import ServerTarget
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.request import VisionRequest, request_to_body

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ROUNDS = 9
REQUESTS = 30
PICTURE = os.urandom(88_000)  # a grey page at 1288 px
EVENTS = 800

WORDS = [f"<td>{number * 7919 % 10007}</td>" for number in range(EVENTS)]
CHOICE = {"message": {"content": "".join(WORDS)}, "finish_reason": "stop"}
WHOLE = http(json.dumps({"model": "m", "choices": [CHOICE]}).encode())
ROWS = [delta(word, model="m") for word in WORDS]
PIECES = [chunk(piece) for piece in (*ROWS, delta(finish="stop", model="m"), USAGE, DONE)]


def serve(pipe: "Connection[str, None]") -> None:
    """Answer in one piece, in one write, or in one write per token, by the model's name."""

    def script(line: Line) -> None:
        while request := line.request():
            if b'"whole"' in request:
                line.send(WHOLE)
            elif b'"burst"' in request:
                line.send(STREAM_HEAD + b"".join(PIECES) + b"0\r\n\r\n")
            else:
                line.send(STREAM_HEAD, *PIECES, b"0\r\n\r\n")
            line.server.requests.clear()

    with serving(script) as server:
        pipe.send(server.url)
        pipe.recv()


def cpu_ms(work: Callable[[], None]) -> float:
    """Milliseconds of this process's CPU for each of the requests."""
    start = time.process_time()
    for _ in range(REQUESTS):
        work()
    return (time.process_time() - start) / REQUESTS * 1000


def cases(url: str, client: VisionClient, session: requests.Session) -> dict[str, Callable[[], None]]:
    """What is compared, the bare post first."""
    address = f"{url}/chat/completions"

    def bare() -> None:
        picture = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
        content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": "Read."}]
        body = {"model": "whole", "messages": [{"role": "user", "content": content}]}
        requests.post(address, json=body, timeout=10).json()

    def kept() -> None:
        body = request_to_body(VisionRequest(prompt="Read.", image=PICTURE), "whole")
        session.post(address, data=body, timeout=10).json()

    def bare_stream() -> None:
        body = request_to_body(VisionRequest(prompt="Read.", image=PICTURE), "tokens")
        with requests.post(address, data=body, timeout=10, stream=True) as response:
            for line in response.iter_lines(chunk_size=None):
                if line.startswith(b"data: {"):
                    json.loads(line[6:])

    def ask(model: str) -> Callable[[], None]:
        def work() -> None:
            client.ask(
                VisionRequest(prompt="Read.", image=PICTURE),
                target=ServerTarget(url=url, model=model),
                deadline=Deadline.after(10),
                attempts=[],
            )

        return work

    return {
        "requests.post, one piece": bare,
        "Session.post, one piece, picture in a template": kept,
        "ask, one piece": ask("whole"),
        f"ask, {EVENTS} tokens in one write": ask("burst"),
        f"ask, {EVENTS} tokens in {EVENTS} writes": ask("tokens"),
        f"requests.post and iter_lines, {EVENTS} writes": bare_stream,
    }


def main() -> None:
    """Print the table."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = ours.recv()
    client, session = VisionClient(connect_timeout_s=5), requests.Session()
    try:
        compare(cases(url, client, session))
    finally:
        client.close()
        session.close()
        ours.send(None)
        server.join()


def compare(work: dict[str, Callable[[], None]]) -> None:
    """Measure the cases in turn, several times over."""
    rounds = [{name: cpu_ms(each) for name, each in work.items()} for _ in range(ROUNDS)]
    bare = next(iter(work))
    for name in work:
        cost = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each[bare] for each in rounds)
        print(f"{name:50} {cost:7.2f} ms   {ratio:5.2f} x bare")  # noqa: T201 — a benchmark talks


if __name__ == "__main__":
    main()
