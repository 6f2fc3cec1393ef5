"""40 real pages through two simulated servers, of which one is killed in the middle: how fast before, how fast after.

3 slots each, 1 s a page: 6 pages a second together, 3 alone.
"""

from bench import beside_bar, console, idle_daemon, new_table, temporary_place, wait_until
from delivery import delivery_of
from real_pages import DISTINCT, MODEL, answers_of, real_pdf
from simulator import Latency, Model, Setup, Simulator

SLOTS = 3
PAGE_S = 1.0
SENT_BEFORE = 12


def main() -> None:
    """Print pages a second before and after the death, and what fell back."""
    table = new_table("two servers, one killed", "pages a second by both", "by the one left", "ratio", "fell back")
    with temporary_place() as here:
        source = real_pdf(here.root / "distinct.pdf", DISTINCT)
        answers, data = answers_of(source), source.read_bytes()
    setup = Setup(slots=SLOTS, latency=Latency(seconds=PAGE_S), answer=answers, models=(Model(id=MODEL),))
    with (
        Simulator(setup) as mortal,
        Simulator(setup) as sound,
        temporary_place(
            servers=[{"url": mortal.url}, {"url": sound.url}], engine="lmstudio", workers=2 * SLOTS
        ) as place,
        idle_daemon(place, workers=2 * SLOTS),
    ):
        place.drop(lambda path: path.write_bytes(data), "r.pdf")
        mortal.wait_until(lambda sim: len(sim.chats) >= SENT_BEFORE, timeout=60)
        mortal.die()
        manifest = place.outbox / "r.json"
        wait_until(manifest.exists)
        found = delivery_of(manifest)
    arrived = sorted(chat.arrived for sim in (mortal, sound) for chat in sim.chats)
    death = max(chat.arrived for chat in mortal.chats)
    # Just after the death the pages of the dead server are sent again, which is no throughput.
    alone = [moment for moment in arrived if moment > death + PAGE_S]
    together = [moment for moment in arrived if moment <= death]
    both, left = rate(together, 2 * SLOTS), rate(alone, SLOTS)
    table.add_row(f"{both:.2f}", f"{left:.2f}", beside_bar(left / both, 0.45, at_most=False), str(len(found.reasons)))
    console.print(table)


def rate(moments: list[float], slots: int) -> float:
    """Pages a second, from the moments at which they were sent: each slot takes its next page a round later."""
    rounds = moments[::slots]
    return slots * (len(rounds) - 1) / (rounds[-1] - rounds[0])


if __name__ == "__main__":
    main()
