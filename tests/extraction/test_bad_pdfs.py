"""The nastiest files there are: each page comes back in its time, or the process dies of its memory limit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from shared_files import BAD_PDFS, needs_shared

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "bad_pages.py"
SECONDS = 4.0
#: Files that eat all memory while pdfium or pdfminer.six unpacks them, before any code of ours could stop it.
BOMBS = {"made-bomb-content-double.pdf"}


def _nasty() -> list[Path]:
    entries = json.loads((BAD_PDFS / "index.json").read_text())
    flags = {"hang_miner", "slow_miner", "slow_render", "slow_text", "memory_miner", "memory_text", "memory_render"}
    names = [entry["file"] for entry in entries if flags & set(entry["outcome"].get("flags", ()))]
    made = [entry["file"] for entry in entries if entry["file"].startswith("made-")]
    return [BAD_PDFS / name for name in sorted({*names, *made})]


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(240)
@pytest.mark.parametrize("reader", ["pdfium", "pdfminer"])
def test_no_bad_page_outlasts_its_time(reader: str) -> None:
    command = [sys.executable, str(SCRIPT), *map(str, _nasty()), "--reader", reader, "--seconds", str(SECONDS)]

    lines = subprocess.run([*command, "--pages", "2"], check=True, capture_output=True, text=True).stdout.splitlines()

    outcomes = [json.loads(line) for line in lines[:-1]]
    assert len(outcomes) > 30
    assert [outcome for outcome in outcomes if outcome["end"] == "killed"] == []
    assert {outcome["file"] for outcome in outcomes if outcome["end"] == "died"} <= BOMBS
    slow = {outcome["file"] for outcome in outcomes if outcome.get("slowest_cpu_s", 0.0) > SECONDS + 3}
    assert slow <= BOMBS
