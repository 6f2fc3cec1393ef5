"""How much the tables' scores depend on what happens to be drawn: the same pages, perturbed, with the same truth.

    python tests/benchmarks/table_strength.py

Needs the sample PDFs beside the checkout.  Each line is the whole development half with one change to every page.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from perturbations import PERTURBATIONS  # noqa: E402 — found by the line above
from scoring import TABLES_DEV, predictions_to_scores, write_predictions  # noqa: E402 — as above


def main() -> None:
    """Print the table."""
    say = print
    say("change | adjacency F1 micro/document | TEDS true/with false tables | detection F1 | perfect")
    for name, change in PERTURBATIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            write_predictions(Path(folder), "pdfium", TABLES_DEV / "pdf", change)
            say(f"{name} | {predictions_to_scores(Path(folder))}", flush=True)


if __name__ == "__main__":
    main()
