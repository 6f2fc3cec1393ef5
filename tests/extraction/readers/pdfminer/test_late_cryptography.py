"""cryptography is loaded when an encrypted file is read, and not before."""

import subprocess
import sys
from pathlib import Path

import pikepdf
from pdfs import numbered_pdf

READ = """
import sys
from pathlib import Path
from pipeline.extraction import open_reader
before = "cryptography" in sys.modules
with open_reader(Path(sys.argv[1]), "pdfminer") as reader:
    text = "".join(char.text for char in reader.read(1).chars)
print(before, "cryptography" in sys.modules, text)
"""


def test_an_encrypted_file_is_read_although_nothing_for_it_was_loaded(tmp_path: Path) -> None:
    numbered_pdf(tmp_path / "plain.pdf", 1)
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.save(tmp_path / "aes.pdf", encryption=pikepdf.Encryption(owner="owner", user="", R=6))

    command = [sys.executable, "-c", READ]
    plain, encrypted = (
        subprocess.run([*command, str(tmp_path / name)], capture_output=True, text=True, check=True).stdout.split()
        for name in ("plain.pdf", "aes.pdf")
    )

    assert plain[:2] == ["False", "False"]
    assert encrypted == ["False", "True", *plain[2:]]
    assert plain[2:] != []
