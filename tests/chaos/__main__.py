"""`make chaos`: everything is killed, and the figures are printed."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from chaos.books import Figures
from chaos.points import enumerate_points, is_possible
from chaos.storms import storm_of_daemons, storm_of_workers

#: Kills of one round, which ends with an audit.
_ROUND = 50


def main() -> None:
    """Run what was asked for; an audit that fails ends the run with its AssertionError."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--points", action=argparse.BooleanOptionalAction, default=True, help="every system call")
    parser.add_argument("--daemon-kills", type=int, default=1000)
    parser.add_argument("--worker-kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    say(f"seed {arguments.seed}; the model server is simulated")
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        root = Path(folder)
        if arguments.worker_kills:
            (root / "workers").mkdir()
            say(f"workers: {storm_of_workers(root / 'workers', arguments.worker_kills, chance)}")
        if arguments.points:
            run_points(root / "points")
        run_daemons(root, arguments.daemon_kills, chance)


def run_points(root: Path) -> None:
    """Every system call of every scene."""
    if not is_possible():
        say("points: skipped, strace is not there or may not trace")
        return
    figures, points = Figures(), Counter[str]()
    for scene, point, found in enumerate_points(root):
        if found is not None:
            figures.add(found)
            points[scene] += 1
        else:
            say(f"points {scene}: {point.call} has {point.nth - 1} at most; {points.total()} so far")
    say(f"points: {dict(points)}; {figures}")


def run_daemons(root: Path, kills: int, chance: random.Random) -> None:
    """Random instants of daemons, in rounds."""
    figures = Figures()
    while (done := figures.kills["daemon"]) < kills:
        (root / f"daemons{done}").mkdir()
        figures.add(storm_of_daemons(root / f"daemons{done}", min(_ROUND, kills - done), chance))
        say(f"daemons: {figures}")


def say(line: str) -> None:
    """Print with the time."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
