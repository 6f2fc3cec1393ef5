"""The least that the work can cost: draws every page, encodes it, posts it, reads the stream; nothing else.

``python bare_client.py URL MODEL PDF LONGEST_SIDE_PX THREADS`` in a process of its own, so that its CPU is counted by
itself.  It writes one line: CPU seconds, and seconds from the first page to the last answer.
"""

import json
import sys
import threading
import time
from itertools import count
from pathlib import Path

import requests

from pipeline.pictures.render import ImageSize, PdfFile
from pipeline.vision.client.request import VisionRequest, request_to_body


def main(url: str, model: str, path: str, longest_side_px: str, threads: str) -> None:
    """Send every page once."""
    size = ImageSize(longest_side_px=int(longest_side_px), max_pixels=26_000_000)
    numbers = count(1)
    with PdfFile(Path(path)) as pdf:

        def work() -> None:
            with requests.Session() as session:
                session.trust_env = False
                while (number := next(numbers)) <= pdf.page_count:
                    picture = pdf.render(number, size)
                    body = request_to_body(VisionRequest(prompt="Read.", image=picture.data), model)
                    headers = {"Content-Type": "application/json"}
                    with session.post(f"{url}/chat/completions", data=body, headers=headers, stream=True) as response:
                        for line in response.iter_lines(chunk_size=None):
                            if line.startswith(b"data: {"):
                                json.loads(line[6:])

        began, spent = time.monotonic(), time.process_time()
        workers = [threading.Thread(target=work) for _ in range(int(threads))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        sys.stdout.write(f"{time.process_time() - spent} {time.monotonic() - began}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
