"""``dropleaf export`` and ``convert --to``."""

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from daemons import names_below
from delivery import delivery_of, result_files
from pdfs import numbered_pdf

from pipeline.choices import Output
from pipeline.commands.export import text_to_outputs
from pipeline.errors import UsageError

pytestmark = pytest.mark.timeout(180)  # each of them runs several commands to their end


def dropleaf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_outputs_are_named_by_commas_in_any_case() -> None:
    assert text_to_outputs("XLSX, csv,xlsx") == (Output.XLSX, Output.CSV)
    for text in ("", "html", "docx", ","):
        with pytest.raises(UsageError, match="xlsx, csv, markdown"):
            text_to_outputs(text)


def test_convert_makes_what_is_asked_for_and_export_what_is_missing(tmp_path: Path) -> None:
    numbered_pdf(tmp_path / "r.pdf", 2)

    done = dropleaf(tmp_path, "convert", "r.pdf", "-o", "outbox", "--engine", "basic", "--to", "csv")

    assert done.returncode == 0, done.stderr
    tables = {"r-tables/page-1-table-1.csv", "r-tables/page-2-table-1.csv"}
    assert set(names_below(tmp_path / "outbox")) == result_files("r", original=False) | tables

    done = dropleaf(tmp_path, "export", "r", "--to", "xlsx,markdown")

    assert done.returncode == 0, done.stderr
    assert "r.xlsx" in done.stderr
    delivery_of(tmp_path / "outbox" / "r.json")
    assert set(names_below(tmp_path / "outbox")) == result_files("r", original=False) | tables | {"r.xlsx", "r.md"}


def test_several_documents_become_one_workbook(tmp_path: Path) -> None:
    for name in ("a", "b"):
        numbered_pdf(tmp_path / f"{name}.pdf", 1, document=ord(name))
    (tmp_path / "b.pdf").chmod(0o600)
    dropleaf(tmp_path, "convert", "a.pdf", "b.pdf", "-o", "outbox", "--engine", "basic")

    done = dropleaf(tmp_path, "export", "a", "b.pdf", "--to", "xlsx", "--merge", "all.xlsx")

    assert done.returncode == 0, done.stderr
    names = openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames
    assert [name[:4] for name in names] == ["Over", "a p1", "b p1"]
    assert (tmp_path / "all.xlsx").stat().st_mode & 0o777 == 0o600
    assert set(names_below(tmp_path / "outbox")) == result_files("a", "b", original=False)


def test_what_cannot_be_exported_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()

    assert "no such document" in dropleaf(tmp_path, "export", "gone").stderr
    wrong = dropleaf(tmp_path, "convert", "r.pdf", "--to", "docx")
    assert (wrong.returncode, "write xlsx, csv, markdown" in wrong.stderr) == (64, True)
    merged = dropleaf(tmp_path, "export", "gone", "--to", "csv", "--merge", "x.xlsx")
    assert (merged.returncode, "--merge makes one workbook" in merged.stderr) == (64, True)
