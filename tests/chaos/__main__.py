"""`make chaos`: everything is killed, and the figures are printed."""

import argparse
import os
import random
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from chaos.books import Figures
from chaos.drops import storm_of_replacements, storm_without_reader
from chaos.hosts import storm_of_hosts
from chaos.points import STRIKES, inbox_elsewhere, points_of, strike_all
from chaos.storms import storm_of_daemons, storm_of_workers
from chaos.traces import is_possible

#: Kills of one round, which ends with an audit.
_ROUND = 50


def main() -> None:
    """Run what was asked for; an audit that fails ends the run with its AssertionError."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--points", nargs="*", choices=STRIKES, default=list(STRIKES), help="whose system calls")
    parser.add_argument("--daemon-kills", type=int, default=1000)
    parser.add_argument("--worker-kills", type=int, default=2000)
    parser.add_argument("--replacements", type=int, default=200, help="kills while files are replaced and exchanged")
    parser.add_argument("--blocked-log", type=int, default=50, help="kills of daemons whose log nobody reads")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--host-hits", type=int, default=0, help="what happens to a cluster; then nothing else is done")
    arguments = parser.parse_args()
    # Where no bytecode may be written beside the code, each of the thousand daemons would compile it anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    say(f"seed {arguments.seed}; the model server is simulated")
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        root = Path(folder)
        os.environ["PYTHONPYCACHEPREFIX"] = str(root / "bytecode")
        if arguments.host_hits:
            say(f"hosts: {storm_of_hosts(root, arguments.host_hits, chance, say)}")
            return
        if arguments.worker_kills:
            (root / "workers").mkdir()
            say(f"workers: {storm_of_workers(root / 'workers', arguments.worker_kills, chance)}")
        if arguments.points:
            run_points(root / "points", arguments.points)
        run_daemons(root, arguments.daemon_kills, chance)
        run_drops(root, arguments.replacements, chance)
        if arguments.blocked_log:
            (root / "log").mkdir()
            say(f"a log that nobody reads: {storm_without_reader(root / 'log', arguments.blocked_log, chance)}")


def run_points(root: Path, names: list[str]) -> None:
    """Every system call of everything that is named."""
    if not is_possible():
        say("points: skipped, strace is not there or may not trace")
        return
    total, figures = 0, Figures()
    for name in names:
        (root / name / "watched").mkdir(parents=True)
        points = points_of(name, root / name / "watched")
        reached = 0
        for came_to, found in strike_all(name, points, root / name):
            reached += len(came_to)
            figures.add(found)
            say(f"points, {name}: {reached} of {len(points)} reached")
        total += reached
    say(f"points: {total} in all; {figures}")


def run_daemons(root: Path, kills: int, chance: random.Random) -> None:
    """Random instants of daemons, in rounds."""
    figures = Figures()
    while (done := figures.kills["daemon"]) < kills:
        (root / f"daemons{done}").mkdir()
        figures.add(storm_of_daemons(root / f"daemons{done}", min(_ROUND, kills - done), chance))
        say(f"daemons: {figures}")


def run_drops(root: Path, kills: int, chance: random.Random) -> None:
    """Files that are replaced and exchanged, in rounds; each other round in an inbox on another file system."""
    for number, done in enumerate(range(0, kills, _ROUND)):
        (root / f"drops{done}").mkdir()
        with inbox_elsewhere() if number % 2 else nullcontext() as inbox:
            figures = storm_of_replacements(root / f"drops{done}", min(_ROUND, kills - done), chance, inbox=inbox)
        say(f"replaced drops{', inbox on another file system' if inbox else ''}: {figures}")


def say(line: str) -> None:
    """Print with the time."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
