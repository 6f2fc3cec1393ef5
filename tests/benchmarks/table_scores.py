"""The scores of the tables, beside what others were measured to reach on the same files.

    python tests/benchmarks/table_scores.py

Needs the sample PDFs beside the checkout.  Ours are measured now, the others' figures were measured once.
"""

import sys
import tempfile
from pathlib import Path
from typing import get_args

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from scoring import TABLES_DEV, predictions_to_checks, predictions_to_scores, write_predictions  # noqa: E402 — found by the line above

from pipeline.extraction import ReaderKind  # noqa: E402 — as above

#: Adjacency F1 micro/document, TEDS over true tables/with false ones, detection F1.
MEASURED_ONCE = {
    "pymupdf4llm 2.0, neural layout": ".882/.897 | .894/.894 | 1.000",
    "img2table 2.0 borderless": ".869/.799 | .832/.790 | .927",
    "camelot 2.0 auto": ".774/.690 | .757/.670 | .832",
    "camelot hybrid": ".819/.754 | .831/.610 | .707",
    "tabula stream": ".563/.584 | .557/.531 | .886",
    "opendataloader 2.5 cluster": ".500/.607 | .637/.723 | .865",
    "pdfplumber lines": ".481/.555 | .466/.469 | .731",
    "pymupdf find_tables": ".488/.588 | .499/.548 | .824",
    "tablers 0.9": ".499/.588 | .627/.698 | .834",
}


def main() -> None:
    """Print the table."""
    say = print
    say("system | adjacency F1 micro/document | TEDS true/with false tables | detection F1 | perfect")
    for kind in get_args(ReaderKind):
        with tempfile.TemporaryDirectory() as folder:
            write_predictions(Path(folder), kind, TABLES_DEV / "pdf")
            say(f"dropleaf, {kind} (measured now) | {predictions_to_scores(Path(folder))}")
        with tempfile.TemporaryDirectory() as folder:
            write_predictions(Path(folder), kind, TABLES_DEV / "olmocr-sample")
            passed, total = predictions_to_checks(Path(folder))
            say(f"dropleaf, {kind}: neighbour checks {passed}/{total}")
    for name, scores in MEASURED_ONCE.items():
        say(f"{name} (measured once) | {scores} |")


if __name__ == "__main__":
    main()
