"""Answers that somebody has reported, each with what is right; ``make case`` makes one of a saved answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from answer_grids import table_to_grid

from pipeline.vision.answers.judge import judge

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
SCRIPT = Path(__file__).parents[2] / "new_case.py"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_reported_answer_is_read_as_it_should_be(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    verdict = judge(case["answer"])

    assert (verdict.reason.value if verdict.reason else None) == case["reason"]
    page = verdict.page if verdict.reason is None else None
    assert ([table_to_grid(table) for table in page.tables] if page else []) == case["tables"]
    assert (page.text.split("\n") if page else []) == case["text"]


def test_a_case_is_made_of_a_saved_answer_by_one_command(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("# Inn\n\n| Room | Night |\n|---|---|\n| 7 | 48.00 |", encoding="utf-8")

    subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "answer.txt", "an-inn", "--folder", tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (SCRIPT.parent, SCRIPT.parents[1])))},
        check=True,
    )

    case = json.loads((tmp_path / "an-inn.json").read_text(encoding="utf-8"))
    assert (case["reason"], case["tables"]) == (None, ["Room|Night;7|48.00"])
    assert case["text"][0] == "Inn"
