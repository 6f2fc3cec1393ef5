"""``python -m simulator``: the server by hand, until Ctrl-C."""

import os
import signal
import sys
from collections.abc import Sequence

from simulator.arguments import arguments_to_setup
from simulator.host import Simulator
from simulator.journal import Record
from simulator.lines import Style, record_to_line

#: Seconds for which llama.cpp leaves its streams silent after SIGTERM before it cuts them.
_GRACE = 30.0


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGINT, or as llama.cpp does after SIGTERM until no plain request is left.

    The base address is the one line on stdout; the rest is for people and goes to stderr.
    """
    setup, quiet = arguments_to_setup(arguments)
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    sim = Simulator(setup)
    sim.service.on_death = _kill_self
    style = Style(coloured=sys.stderr.isatty() and not os.environ.get("NO_COLOR"))

    def tell(record: Record) -> None:
        sys.stderr.write(record_to_line(record, sim.service.journal.zero, style) + "\n")

    try:
        sim.start()
    except OSError as error:
        sys.stderr.write(f"Port {setup.port} cannot be used: {error}\n")
        sim.stop()
        return 1
    if not quiet:
        sim.service.journal.on_end = tell
    sys.stderr.write(_banner(sim))
    sys.stdout.write(f"{sim.url}\n")
    sys.stdout.flush()
    if signal.sigwait(signals) == signal.SIGTERM:
        sim.retire(_GRACE)
    sim.stop()
    return 0


def _banner(sim: Simulator) -> str:
    setup = sim.setup
    slots = sim.service.slots.count
    return (
        "This is a SIMULATION of a model server; no model runs, and its answers are made up.\n"
        f"{sim.url}  as {setup.dialect}, {'unlimited' if slots is None else slots} slots, "
        f"{setup.latency.seconds:g} s a page, models {', '.join(model.id for model in setup.models)}\n"
        f"{len(setup.rules)} rules; what happened: {sim.root}/simulator/log; Ctrl-C ends it.\n"
    )


def _kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
