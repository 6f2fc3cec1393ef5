"""The same scans by img2table, the best rules for tables in pictures that were found, and beside it by ours.

    pip install img2table; python tests/benchmarks/scans_beside.py [--pages 40] [--variant clean] [--engine tesseract]

Both read with the same engine, as each sets it up, and are scored as ``scans.py`` scores. Seconds are of CPU, with
those of programs that were started. Without img2table, or without an engine that both can use, it says so.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.scans import choose_documents, count_pages  # noqa: E402 — found by the line above
from PIL import Image  # noqa: E402 — as above
from scans import DPI, VARIANTS, Grey, Variant, draw_page, write_scan  # noqa: E402 — as above
from scoring import folder_to_scores  # noqa: E402 — as above
from shared_files import TABLES  # noqa: E402 — as above

from pipeline.extraction import content_to_extraction  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.engine import EngineName, installed_engines, load_engine  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.tessdata import find_tessdata  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.upright import page_to_recognition  # noqa: E402 — as above
from pipeline.pictures.render import PdfFile  # noqa: E402 — as above
from pipeline.worker.page_pictures import page_to_drawer  # noqa: E402 — as above

#: Whole pages: so img2table finds better tables than with the sparse text that it asks for.
_LAYOUT = 3
#: Makes the HTML of a scanned page, None where it fails.
_Reader = Callable[[Grey], str | None]
_say = print


def main() -> None:
    """Print two lines for each engine: theirs and ours."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--variant", choices=[each.name for each in VARIANTS], default="clean")
    parser.add_argument("--engine", choices=["tesseract", "rapidocr"])
    options = parser.parse_args()
    if find_spec("img2table") is None:
        _say("not compared: needs img2table (pip)")
        return
    (variant,) = [each for each in VARIANTS if each.name == options.variant]
    sources = list(choose_documents(options.pages))
    _say("what | variant | pages | failed | adjacency micro/doc | TEDS true/false | detection | perfect | CPU s a page")
    for name in installed_engines():
        if options.engine not in {None, name}:
            continue
        if name == "tesseract" and shutil.which("tesseract") is None:
            _say("not compared with Tesseract: img2table needs the program")
            continue
        _say(
            f"{name} and img2table | {_measure(_img2table(name, level=variant.name != 'clean'), variant, sources)}",
            flush=True,
        )
        _say(f"{name} and ours | {_measure(_ours(name), variant, sources)}", flush=True)


def _measure(read: _Reader, variant: Variant, sources: Sequence[Path]) -> str:
    spent, pages, failed = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        truth = folder / "truth"
        truth.mkdir()
        for source in sources:
            for beside in TABLES.glob(f"{source.stem}*"):
                (truth / beside.name).symlink_to(beside)
            sections = []
            for number in range(1, count_pages(source) + 1):
                scan = variant.spoil(draw_page(source, number))
                began = _cpu_seconds()
                html = read(scan)
                spent += _cpu_seconds() - began
                pages += 1
                failed += html is None
                sections.append(f'<section data-page="{number}">{html or ""}</section>')
            (folder / f"{source.stem}.html").write_text(
                f'<!doctype html><meta charset="utf-8"><body>{"".join(sections)}</body>', encoding="utf-8"
            )
        scores = folder_to_scores(folder, truth)
    return f"{variant.name} | {pages} | {failed} | {scores} | {spent / max(1, pages):.2f}"


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _img2table(name: EngineName, *, level: bool) -> _Reader:
    engines = import_module("img2table.ocr")
    if name == "tesseract":
        data = find_tessdata()
        languages = "+".join(data.for_script("Latin")) if data else "eng"
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        engine = engines.TesseractOCR(n_threads=1, lang=languages, psm=_LAYOUT)
    else:
        engine = engines.RapidOCR(params={"Global.use_cls": False, "Global.log_level": "error"})

    def read(scan: Grey) -> str | None:
        picture = io.BytesIO()
        Image.fromarray(scan).save(picture, "PNG", dpi=(DPI, DPI))
        document = import_module("img2table.document").Image(picture.getvalue(), detect_rotation=level)
        try:
            found = document.extract_tables(ocr=engine, implicit_rows=True, borderless_tables=True)
        except (TypeError, KeyError, IndexError):  # its own faults: words without text, pages without words
            return None
        return "".join(table.html for table in found)

    return read


def _ours(name: EngineName) -> _Reader:
    engine = load_engine(name)

    def read(scan: Grey) -> str | None:
        with tempfile.TemporaryDirectory() as folder:
            with PdfFile(write_scan(Path(folder, "scan.pdf"), [scan])) as pdf:
                found, _ = page_to_recognition(page_to_drawer(pdf, 1), engine, number=1)
            return content_to_extraction(found.content).html

    return read


if __name__ == "__main__":
    main()
