"""Draw the page whose picture is in pipeline/extraction/README.md, and make the picture.

python tests/benchmarks/draw_picture.py
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from pdfs import Canvas, write_pdf  # noqa: E402 — found by the line above

from pipeline.extraction.__main__ import main  # noqa: E402 — as above

_PROSE = (
    "The gauge stands two kilometres below the dam, on the left bank. Its record begins in 1929 and is good but for "
    "the winters of three years, in which ice moved the float. Water is taken out for two towns upstream of it. "
    "Flows below ten cubic metres a second are estimated from the level of the reservoir and marked as such."
)


def draw() -> Canvas:
    """A title over two columns, a table with rules, one without, and a page number."""
    page = Canvas(width=460, height=420)
    page.text(40, 48, "Flow of the river at the lower gauge", size=16, bold=True)
    page.paragraph(40, 78, _PROSE, columns=38)
    page.paragraph(245, 78, _PROSE.replace("gauge", "second gauge"), columns=38)
    page.text(40, 222, "Table 1. Monthly means, cubic metres a second", bold=True)
    page.table(
        40, 230, [("Month", "2023", "2024"), ("January", "41.2", "38.9"), ("February", "44.0", "40.3")], pitch=120
    )
    page.text(40, 306, "Table 2. Extremes of the record", bold=True)
    for row, cells in enumerate(
        [("Year", "Highest", "Lowest", "Mean"), ("1931", "412", "8.1", "61.5"), ("1958", "1,020", "12.4", "88.0"),
         ("2003", "95", "4.7", "22.9")]
    ):  # fmt: skip
        for column, words in enumerate(cells):
            page.text(40 + 95 * column, 322 + 14 * row, words)
    page.line(40, 326, 375, 326)
    page.text(225, 402, "17")
    return page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = write_pdf(Path(folder) / "picture.pdf", [draw()])
        main([str(path), "--debug-svg", folder])
        picture = Path(folder, "picture-1.svg").read_text(encoding="utf-8")
        (ROOT / "pipeline" / "extraction" / "picture.svg").write_text(picture, encoding="utf-8")
