"""Files that are cut or broken: what is delivered says so."""

import json
from pathlib import Path

import pytest
from daemons import Place
from pdfs import numbered_pdf


@pytest.mark.parametrize(("end", "word"), [(b"startxref\n7\n%%EOF\n", "repaired"), (b"", "cut off")])
def test_a_file_that_was_cut_or_repaired_says_so_in_manifest_and_page(tmp_path: Path, end: bytes, word: str) -> None:
    place = Place(tmp_path)

    def draw(path: Path) -> None:
        whole = numbered_pdf(path, 2).read_bytes()
        path.write_bytes(whole[: whole.rindex(b"startxref")] + end)

    place.drop(draw, "r.pdf")

    assert place.watch_once() == 0

    manifest = json.loads((place.outbox / "r.json").read_text())
    assert any(warning.startswith(word) for warning in manifest["warnings"])
    assert word in (place.outbox / "r.html").read_text()
