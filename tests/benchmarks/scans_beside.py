"""The same scans by Tesseract followed by img2table, the best rules for tables in pictures that were found.

    pip install img2table; python tests/benchmarks/scans_beside.py [--pages 40] [--variant clean]

Scored as ``scans.py`` scores ours, on the same pages. Without img2table and the program ``tesseract`` it says so.
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.scans import choose_documents, count_pages  # noqa: E402 — found by the line above
from PIL import Image  # noqa: E402 — as above
from scans import DPI, VARIANTS, Variant, draw_page  # noqa: E402 — as above
from scoring import folder_to_scores  # noqa: E402 — as above
from shared_files import TABLES  # noqa: E402 — as above


def main() -> None:
    """Print a line for each variant."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--variant", choices=[each.name for each in VARIANTS], default="clean")
    options = parser.parse_args()
    say = print
    if find_spec("img2table") is None or shutil.which("tesseract") is None:
        say("not compared: needs img2table (pip) and the program tesseract")
        return
    say("what | variant | pages | adjacency micro/doc | TEDS true/false | detection | perfect | seconds a page")
    (variant,) = [each for each in VARIANTS if each.name == options.variant]
    with tempfile.TemporaryDirectory() as folder:
        say(_measure(variant, options.pages, Path(folder)))


def _measure(variant: Variant, pages: int, folder: Path) -> str:
    truth = folder / "truth"
    truth.mkdir()
    done, began = 0, time.monotonic()
    for source in choose_documents(pages):
        for beside in TABLES.glob(f"{source.stem}*"):
            (truth / beside.name).symlink_to(beside)
        sections = list(_document_to_sections(source, variant))
        done += len(sections)
        (folder / f"{source.stem}.html").write_text(
            f'<!doctype html><meta charset="utf-8"><body>{"".join(sections)}</body>', encoding="utf-8"
        )
    seconds = (time.monotonic() - began) / max(1, done)
    scores = folder_to_scores(folder, truth)
    return f"Tesseract and img2table | {variant.name} | {done} | {scores} | {seconds:.2f}"


def _document_to_sections(source: Path, variant: Variant) -> Iterator[str]:
    reader = import_module("img2table.ocr").TesseractOCR(n_threads=1, lang="eng")
    for number in range(1, count_pages(source) + 1):
        picture = io.BytesIO()
        Image.fromarray(variant.spoil(draw_page(source, number))).save(picture, "PNG", dpi=(DPI, DPI))
        document = import_module("img2table.document").Image(picture.getvalue())
        try:
            found = document.extract_tables(ocr=reader, implicit_rows=True, borderless_tables=True)
        except TypeError:  # its own fault on some pages: a word without text
            found = []
        yield f'<section data-page="{number}">{"".join(table.html for table in found)}</section>'


if __name__ == "__main__":
    main()
