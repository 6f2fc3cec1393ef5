"""From a one-page file in the inbox of an idle daemon to its request at a simulated server, and to its manifest."""

import shutil
import statistics
import sys
import time

from bench import beside_bar, console, idle_daemon, new_table, temporary_place, wait_until
from pdfs import numbered_pdf
from simulator import Setup, Simulator

DROPS = 20

# Until the daemon is idle again: watchdog holds the events that follow a rename out of the folder, which is how a file
# is claimed, for half a second, in case the second half of a rename within the folder comes.
_IDLE_S = 0.7


def main(drops: int) -> None:
    """Drop one file after the other and print the times."""
    requests, manifests = [], []
    with (
        Simulator(Setup(slots=5)) as sim,
        temporary_place(server=sim.url) as place,
        idle_daemon(place, workers=5),
    ):
        for number in range(drops):
            source = numbered_pdf(place.root / f"{number}.pdf", 1, document=number)
            target = place.inbox / source.name
            dropped_at = time.monotonic()
            if number % 2:
                source.rename(target)
            else:
                shutil.copy(source, target)
            published_at = wait_until((place.outbox / f"{number}.json").exists, step=0.001)
            requests.append(sim.chats[-1].arrived - dropped_at)
            manifests.append(published_at - dropped_at)
            time.sleep(_IDLE_S)
    table = new_table("From the drop of a one-page file", "to", "median ms", "shortest", "longest")
    for name, times in (("first request", requests), ("manifest", manifests)):
        median = 1000 * statistics.median(times)
        shown = beside_bar(median, 150, at_most=True) if times is requests else f"{median:.0f}"
        table.add_row(name, shown, f"{1000 * min(times):.0f}", f"{1000 * max(times):.0f}")
    console.print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DROPS)
