"""Train and weigh the scorer that says whether a line goes on with the row above it.

    python tests/benchmarks/train_continuation.py --families FOLDER --pages FOLDER [--write] [--unweighed]

``--families`` is what ``table_families.py --keep`` left: NAME.pdf, with the truth in NAME.html.  ``--pages`` may be
given several times: folders with NAME.pdf and the texts of the true cells in NAME.cells, one to a line.  Each source
is held out once: the figures are the share of right decisions there, of the scorer and of the hand-set rule.
``--write`` trains on everything and writes the weights into the package.  Needs numpy and scipy.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from lxml import html as lxml_html
from scipy.optimize import minimize  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from perturbations import without_rulings  # noqa: E402 — found by the line above

from pipeline.extraction import content_to_extraction, open_reader  # noqa: E402 — found by the line above
from pipeline.extraction.tables import body, continuation, rows  # noqa: E402 — as above
from pipeline.extraction.tables.columns import Columns  # noqa: E402 — as above
from pipeline.extraction.tables.rules import Edge  # noqa: E402 — as above
from pipeline.extraction.tables.text_lines import TextLine  # noqa: E402 — as above

HIDDEN = 6
DECAY = 5e-4
WEIGHTS = ROOT / "pipeline" / "extraction" / "tables" / "continuation.json"

Array = npt.NDArray[np.float64]
Example = tuple[tuple[float, ...], bool, bool]


def plain(text: str) -> str:
    """The letters and digits of a text, and nothing else."""
    return "".join(letter for letter in normalize("NFKD", text).casefold() if letter.isalnum())


class Recorder:
    """Notes every two lines of a body that are to be decided on, with the truth and what the hand-set rule says."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = [plain(cell) for cell in cells]
        self.examples: list[Example] = []

    def record(
        self,
        lines: Sequence[TextLine],
        columns: Columns,
        rules: Sequence[Edge] = (),
        setting: continuation.Setting | None = None,
    ) -> list[list[TextLine]]:
        """Stands in for ``lines_to_rows``."""
        setting = setting or continuation.lines_to_setting([lines], columns)
        for index in range(1, len(lines)):
            above, line = lines[index - 1], lines[index]
            if any(above.middle < rule.at < line.middle for rule in rules):
                continue
            features = continuation.lines_to_features(lines, index, columns, setting)
            if features is None or continuation.cannot_go_on(lines[index - 1], lines[index], columns, setting):
                continue
            truth = self._truth(above, line, columns)
            if truth is not None:
                self.examples.append((features, truth, rows.continues(above, line, columns, setting)))
        return ORIGINAL(lines, columns, rules, setting)

    def _truth(self, above: TextLine, line: TextLine, columns: Columns) -> bool | None:
        """Whether the texts of both are of the same cells; None where that cannot be told."""
        upper = {columns.of(segment): plain(segment.text) for segment in above.segments}
        lower = {columns.of(segment): plain(segment.text) for segment in line.segments}
        votes = []
        for key in upper.keys() & lower.keys():
            both = upper[key] + lower[key]
            joined = any(both in cell for cell in self.cells)
            known = joined or (
                any(cell.endswith(upper[key]) for cell in self.cells)
                and any(cell.startswith(lower[key]) for cell in self.cells)
            )
            if known and upper[key] and lower[key]:
                votes.append(joined)
        return None if not votes else sum(votes) * 2 > len(votes)


ORIGINAL = rows.lines_to_rows


def file_to_examples(path: Path, cells: Sequence[str]) -> list[Example]:
    """Of all pages of a file, as they are and without their rules."""
    recorder = Recorder(cells)
    with patch.object(body, "lines_to_rows", recorder.record), open_reader(path, "pdfium") as reader:
        for number in range(1, reader.page_count + 1):
            content = reader.read(number)
            content_to_extraction(content)
            content_to_extraction(without_rulings(content))
    return recorder.examples


def unpack(vector: Array, width: int) -> tuple[Array, Array, Array, float]:
    """The weights of the hidden units, their biases, their weights in the sum, and its bias."""
    first = vector[: HIDDEN * width].reshape(HIDDEN, width)
    rest = vector[HIDDEN * width :]
    return first, rest[:HIDDEN], rest[HIDDEN : 2 * HIDDEN], float(rest[-1])


def scores(vector: Array, x: Array) -> Array:
    """The sum for each example."""
    first, bias, second, last = unpack(vector, x.shape[1])
    return np.tanh(x @ first.T + bias) @ second + last


def train(examples: Sequence[Example]) -> Array:
    """The weights of the least loss, from one start."""
    x = np.array([features for features, _, _ in examples])
    y = np.where([truth for _, truth, _ in examples], 1.0, -1.0)
    width = x.shape[1]

    def loss(vector: Array) -> tuple[float, Array]:
        first, bias, second, last = unpack(vector, width)
        hidden = np.tanh(x @ first.T + bias)
        margin = y * (hidden @ second + last)
        value = np.mean(np.logaddexp(0, -margin)) + DECAY * np.sum(vector**2)
        grad = -y / (1 + np.exp(np.clip(margin, -50, 50))) / len(y)
        back = np.outer(grad, second) * (1 - hidden**2)
        gradient = np.concatenate([(back.T @ x).ravel(), back.sum(axis=0), hidden.T @ grad, [grad.sum()]])
        return value, gradient + 2 * DECAY * vector

    start = np.random.default_rng(1).normal(0, 0.3, HIDDEN * width + 2 * HIDDEN + 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x, dtype=np.float64)


def main() -> None:
    """Print how often each is right on every held-out source; write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", type=Path, action="append", default=[])
    parser.add_argument("--pages", type=Path, action="append", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--unweighed", action="store_true", help="do not hold any source out")
    options = parser.parse_args()
    sources: dict[str, list[Example]] = defaultdict(list)
    for folder in options.families:
        for path in sorted(folder.glob("*.pdf")):
            tree = lxml_html.parse(str(path.with_suffix(".html")))
            sources[path.stem] += file_to_examples(path, [cell.text_content() for cell in tree.iter("td", "th")])
    for folder in options.pages:
        for path in sorted(folder.glob("*.pdf")):
            cells = path.with_suffix(".cells").read_text(encoding="utf-8").splitlines()
            sources[folder.name] += file_to_examples(path, cells)
    say = print
    say("held out | decisions | of them going on | scorer right | hand-set right")
    for name, held in ({} if options.unweighed else sources).items():
        rest = [example for other, examples in sources.items() if other != name for example in examples]
        x = np.array([features for features, _, _ in held])
        truth = np.array([truth for _, truth, _ in held])
        if not len(held):
            continue
        right = np.mean((scores(train(rest), x) > 0) == truth)
        hand = np.mean(np.array([rule for _, _, rule in held]) == truth)
        say(f"{name} | {len(held)} | {int(truth.sum())} | {right:.3f} | {hand:.3f}", flush=True)
    if options.write:
        vector = train([example for examples in sources.values() for example in examples])
        first, bias, second, last = unpack(vector, len(continuation.FEATURES))
        weights = {
            "hidden": [[round(float(w), 3) for w in row] for row in first],
            "bias": [round(float(w), 3) for w in bias],
            "out": [round(float(w), 3) for w in second],
            "out_bias": round(last, 3),
        }
        WEIGHTS.write_text(json.dumps(weights) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
