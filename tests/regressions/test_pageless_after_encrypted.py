"""pdfium reports a file without pages with the error of whatever it failed on before."""

from pathlib import Path

import pytest
from odd_pdfs import encrypted_pdf, pageless_pdf

from pipeline.errors import EmptyError, EncryptedError
from pipeline.pictures.render import PdfFile


def test_a_pdf_without_pages_is_empty_also_after_an_encrypted_one(tmp_path: Path) -> None:
    locked, pageless = tmp_path / "locked.pdf", tmp_path / "pageless.pdf"
    encrypted_pdf(locked)
    pageless_pdf(pageless)

    with pytest.raises(EncryptedError):
        PdfFile(locked)
    with pytest.raises(EmptyError):
        PdfFile(pageless)
