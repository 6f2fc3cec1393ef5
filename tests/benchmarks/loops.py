"""How soon a loop is cut: seconds from the end of its third turn, at 50 tokens a second, after 2 s of sense.

Run it by hand: ``python tests/benchmarks/loops.py``.  The simulated server streams a token (up to six
characters, and every sign and blank by itself) per event; the client, its watch and the closing of the connection are
the real ones.  The page is a letter: a picture with two rules, and a line of text.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from typing import TYPE_CHECKING

from loops import FORMS, LETTER_PICTURE, LETTER_TEXT, LOOPS, Turns, turns
from page_texts import text_to_page_text
from simulator import Simulator
from simulator.chat import Ask
from simulator.drafts import text_to_tokens
from simulator.latency import Latency
from simulator.models import Model
from simulator.setups import Setup

from pipeline.deadline import Deadline
from pipeline.errors import RepetitiveAnswer
from pipeline.server_target import ServerTarget
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.request import Sampling, VisionRequest

if TYPE_CHECKING:
    from pipeline.page_result import Attempt

TOKENS_PER_SECOND = 50
BEGINNING = "".join(text_to_tokens("<p>" + " ".join(f"Word {number * 37 % 101}" for number in range(60)))[:100])


def seconds_to_cut(loop: Turns) -> float | None:
    """Seconds from the end of the third turn to the end of the request; None where the loop is not cut."""
    units = turns(loop, 900)
    latency = Latency(seconds=0, tokens_per_second=TOKENS_PER_SECOND)
    third = len(text_to_tokens(BEGINNING + "".join(units[:3]))) / TOKENS_PER_SECOND

    def answer(_: Ask) -> str:
        return BEGINNING + "".join(units)

    request = VisionRequest(
        prompt="Read.",
        image=LETTER_PICTURE,
        sampling=Sampling(max_tokens=16384),
        read_text=lambda: text_to_page_text(LETTER_TEXT),
    )
    attempts: list[Attempt] = []
    client = VisionClient(connect_timeout_s=5)
    with Simulator(Setup(latency=latency, events=100_000, answer=answer)) as sim:
        try:
            target = ServerTarget(url=sim.url, model=Model().id)
            client.ask(request, target=target, deadline=Deadline.after(60), attempts=attempts)
        except RepetitiveAnswer:
            return attempts[0].request_s - third
        finally:
            client.close()
    return None


if __name__ == "__main__":
    kinds = {**LOOPS, **FORMS}
    with ThreadPoolExecutor(8) as pool:
        for name, seconds in zip(kinds, pool.map(seconds_to_cut, kinds.values()), strict=True):
            sys.stdout.write(f"{'never' if seconds is None else f'{seconds:.2f} s':>8}  {name}\n")
