"""The material beside the checkout that benchmarks and some tests use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
TABLES = SHARED / "tables-dev" / "pdf"
BAD_PDFS = SHARED / "badpdf-dev"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"needs the folder of sample PDFs beside the checkout ({SHARED.name}/), which is absent"
)
