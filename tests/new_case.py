"""Makes a case of a saved answer, to be read through and then kept: ``make case ANSWER=FILE NAME=what-it-is``.

What is written is what is made of the answer now.  Put right what is wrong in it, replace what is private in the
answer, and ``tests/vision/dialects/test_cases.py`` holds the product to it from then on.
"""

import argparse
import json
import sys
from pathlib import Path

from answer_grids import table_to_grid

from pipeline.vision.answers.judge import judge

CASES = Path(__file__).parent / "vision" / "dialects" / "cases"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answer", type=Path, help="a file that --save-answers has written")
    parser.add_argument("name", help="of the case, in lower case with hyphens")
    parser.add_argument("--folder", type=Path, default=CASES, help="where cases are kept")
    given = parser.parse_args()
    text = given.answer.read_text(encoding="utf-8")
    verdict = judge(text)
    page = verdict.page if verdict.reason is None else None
    case = {
        "answer": text,
        "reason": verdict.reason.value if verdict.reason else None,
        "tables": [table_to_grid(table) for table in page.tables] if page else [],
        "text": page.text.split("\n") if page else [],
    }
    path = given.folder / f"{given.name}.json"
    with path.open("x", encoding="utf-8") as file:
        json.dump(case, file, ensure_ascii=False, indent=1)
        file.write("\n")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
