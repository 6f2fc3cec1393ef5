"""Windows' side, run by Windows' own Python under Wine: ``make windows``; ``ARGS="--help"`` lists what to leave out.

First the set-up (setup.sh), then the same PDFs by both Pythons, tests file by file, hostile names, and the kill book.
"""

import argparse
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pdfs import numbered_pdf

ROOT = Path(__file__).parents[2]
TARGET = Path(os.environ.get("WINDOWS_TARGET", Path.home() / ".cache" / "dropleaf-windows"))
# Files that are small: one call of pytest, since starting one takes long.
_RULES = (
    "files/test_name_rules.py inbox/test_waiting_files.py inbox/test_completeness.py results/test_manifest.py "
    "results/test_page_record.py settings/test_settings.py markup"
)
_VALUES = (
    "settings inbox/test_file_names.py results/test_document_html.py results/test_doubts.py "
    "results/test_page_places.py results/test_reasons.py results/test_result_names.py results/test_settled_page.py "
    "results/test_shown_html.py results/test_table_ids.py"
)
#: Calls of pytest. What must be right on Windows' side comes first: the time may end before the rest.
QUICK = ("windows/sides/test_files.py", "windows/sides/test_pool.py", "windows/sides/test_program.py", _RULES)
FILES = (*QUICK, _VALUES, "extraction/text", "extraction/tables", "outputs")
SKIPPED = {
    "pool, host, sandbox": "signals, /proc, fork and limits of Unix: windows/sides has the same for Windows",
    "inbox/test_inbox.py, results/test_outbox.py, files/test_atomic.py": "they kill by fork, need links, pipes",
    "inbox/test_candidates.py, inbox/test_events.py": "links, names and closed events that only Linux has",
    "the rest of results": "not tried one by one yet",
    "extraction/readers, extraction/test_*.py": "not tried one by one yet; the same PDFs by both Pythons show it",
    "extraction/readers/ocr, scores of tables": "need numpy, which calls what Wine 8 lacks",
    "vision": "its servers shut a listening socket down, which does not wake who waits there on Windows",
    "web": "drives a browser; windows/sides/test_program.py uploads to the page",
    "system, commands, daemon": "signals and terminals of Unix; windows/sides/test_program.py runs the program",
}
# A file that hangs costs no more than this.
_LONGEST_S = 280.0
_SETUP_S = 600.0
# Of all together where only the most important is run, and of its kill book.
_QUICK_S, _QUICK_BOOK_S, _QUICK_KILLS = 300.0, 60.0, 8
_NOT_TO_BE_HAD = 3  # setup.sh's code for what the machine or its network lacks
_WORD = re.compile(r"\d+ (?:passed|failed|error|skipped).*")


def run(command: Sequence[str | Path], *, seconds: float, cwd: Path = ROOT) -> tuple[int, str]:
    """Exit code, and what it said; what it has started ends with it."""
    environment = os.environ | {"WIN_PROJECT": str(ROOT), "PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
    # A file, not a pipe: what outlives a terminated python.exe holds it open, and nobody waits for that here.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            code = process.wait(None if seconds == math.inf else max(1.0, seconds))
        except subprocess.TimeoutExpired:
            process.terminate()  # the wrapper ends its python.exe
            process.wait()
            code = -1
            if (TARGET / "prefix").exists():  # and this ends what that had started
                prefix = os.environ | {"WINEPREFIX": str(TARGET / "prefix")}
                subprocess.run(["wineserver", "-k"], env=prefix, check=False)
        said.seek(0)
        return code, said.read().decode(errors="replace")


def why_not(*, install: bool) -> str | None:
    """Why this machine cannot run it; None where it can.

    Args:
        install: Wine may be installed, if the machine allows it.
    """
    if sys.platform != "linux":
        return "Wine is used on Linux only; on Windows run pytest on tests/windows/sides"
    can_install = install and shutil.which("apt-get") is not None and os.getuid() == 0
    if shutil.which("wine") is None and not can_install:
        return "Wine is not installed: apt-get install wine64 wine gcc-mingw-w64-x86-64-win32, or make windows as root"
    return None


def tests(python: Path, names: Sequence[str], end: float) -> Iterator[str]:
    """Run each file; yields what went wrong."""
    for name in names:
        left = min(_LONGEST_S, end - time.monotonic())
        if left <= 0:
            say(f"{name}: left out, no time")
            continue
        began = time.monotonic()
        paths = "pythonpath=. tests tests/windows/sides"
        options = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "not slow and not linux", "-o", paths)
        code, said = run([python, "-m", "pytest", *options, *(f"tests/{each}" for each in name.split())], seconds=left)
        found = _WORD.findall(said)
        cut_off = code == -1 and left < _LONGEST_S
        say(
            f"{name}: {found[-1] if found else 'no time to end' if cut_off else 'did not end'} "
            f"({time.monotonic() - began:.0f} s)"
        )
        if code and not cut_off:
            sys.stdout.write(said[-4000:])
            yield name


def comparison(python: Path, folder: Path, pdfs: Path | None, seconds: float) -> Iterator[str]:
    """Convert the same PDFs by both Pythons; yields what went wrong."""
    given = folder / "given"
    given.mkdir()
    for number in range(1, 4):
        numbered_pdf(given / f"drawn-{number}.pdf", number, document=number)
    for path in sorted(pdfs.glob("*.pdf")) if pdfs else ():
        shutil.copy(path, given)
    rates = {}
    for side, program in (("Linux", Path(sys.executable)), ("Windows", python)):
        began = time.monotonic()
        command: list[str | Path] = [program, "-m", "pipeline", "convert", "given", "--engine", "basic", "-o", side]
        code, said = run(command, seconds=seconds, cwd=folder)
        if code not in {0, 1}:  # 1: some of the given files cannot be converted
            yield f"convert on {side} ended with {code}: {said[-1000:]}"
        rates[side] = time.monotonic() - began
    html = {side: {path.name: path.read_bytes() for path in (folder / side).glob("*.html")} for side in rates}
    differing = sorted(name for name in html["Linux"] if html["Windows"].get(name) != html["Linux"][name])
    pages = sum(each.count(b'<section class="page"') for each in html["Linux"].values())
    speeds = ", ".join(f"{pages / seconds:.1f} pages/s on {side}" for side, seconds in rates.items())
    say(f"{len(html['Linux'])} documents, {pages} pages by both Pythons: {len(differing)} differ; {speeds}, with the "
        "start of the program, Windows' under Wine")  # fmt: skip
    yield from (f"the HTML differs: {name}" for name in differing)


def kill_book(python: Path, kills: int, seconds: float, end: float) -> Iterator[str]:
    """Yields what went wrong.

    Args:
        python: Windows' own.
        kills: How many processes are terminated.
        seconds: After which no further daemon is started to be terminated.
        end: When all must be over.
    """
    seconds = min(seconds, end - time.monotonic())
    if not kills or seconds <= 0:
        return
    with tempfile.TemporaryDirectory(dir=TARGET) as folder:
        command: list[str | Path] = [python, "-m", "windows.kill_book", to_windows(Path(folder, "book"))]
        numbers = ("--kills", str(kills), "--seconds", str(seconds))
        code, said = run([*command, *numbers], seconds=end - time.monotonic(), cwd=ROOT / "tests")
    cut_off = code == -1 and end < math.inf
    say(said.strip() or "kill book: no time to end")
    if code and not cut_off:
        yield "the kill book"


def hostile_drops(python: Path, bad: Path | None) -> Iterator[str]:
    """Give hostile names and bad PDFs to daemons of both Pythons; yields what went wrong."""
    for side, program, to_path in (("Linux", Path(sys.executable), str), ("Windows", python, to_windows)):
        with tempfile.TemporaryDirectory(dir=TARGET) as folder:
            more = ("--bad", to_path(bad)) if bad else ()
            command: list[str | Path] = [program, "-m", "windows.hostile_drops", to_path(Path(folder, "book")), *more]
            code, said = run(command, seconds=math.inf, cwd=ROOT / "tests")
            say(f"hostile drops on {side}: {said.strip()}")
            if code:
                yield f"hostile drops on {side}"


def to_windows(path: Path) -> str:
    """The path as Wine's programs know it."""
    return "Z:" + str(path).replace("/", "\\")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="windows", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"the most important, in {_QUICK_S:.0f} s with the set-up")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--pdfs", type=Path, help="a folder of more PDFs to be read by both Pythons")
    parser.add_argument("--bad", type=Path, help="a folder of bad PDFs to be dropped beside the hostile names")
    wanted = parser.parse_args()
    if (reason := why_not(install=not wanted.quick)) is not None:
        say(f"make windows: skipped: {reason}")
        return 0
    began = time.monotonic()
    end = began + _QUICK_S if wanted.quick else math.inf
    code, said = run([ROOT / "tests/windows/setup.sh", TARGET, ROOT], seconds=min(_SETUP_S, end - began))
    say(said.strip())
    if code in {_NOT_TO_BE_HAD, -1}:
        say("make windows: skipped: the set-up cannot be had on this machine, or not in its time (see above)")
        return 0
    if code:
        return 1
    python = TARGET / "winpython"
    if wanted.quick:
        wrong = [*tests(python, QUICK[:3], end)]
        wrong += kill_book(python, _QUICK_KILLS, _QUICK_BOOK_S, end)
        wrong += tests(python, QUICK[3:], end)
        say("The rest, the same PDFs by both Pythons, hostile names and 500 kills: make windows")
    else:
        with tempfile.TemporaryDirectory() as folder:
            wrong = [*comparison(python, Path(folder), wanted.pdfs, math.inf)]
        wrong += tests(python, FILES, end)
        wrong += hostile_drops(python, wanted.bad)
        wrong += kill_book(python, wanted.kills, math.inf, end)
    for what, why in SKIPPED.items():
        say(f"not run on Windows: {what}: {why}")
    say(f"{time.monotonic() - began:.0f} s; wrong: {', '.join(wrong) or 'nothing'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
