"""The drawn tables that TeX sets: the same for the same seed, and what their source says."""

from pathlib import Path

import pytest
from table_families import rows_to_places
from tex_families import PDFLATEX, TEX_FAMILIES, family_to_tables, tables_to_pdf, tables_to_tex

from pipeline.extraction import extract_page, open_reader


@pytest.mark.parametrize("name", TEX_FAMILIES)
def test_a_table_of_tex_has_every_text_in_as_many_columns_as_its_head(name: str) -> None:
    tables = family_to_tables(name, 2, 3)

    source = tables_to_tex(tables)

    assert tables == family_to_tables(name, 2, 3)
    assert source.count(r"\toprule") == source.count(r"\midrule") == source.count(r"\bottomrule") == 2
    for rows, _ in tables:
        assert all(cell.text.replace("%", r"\%") in source for _, _, cell in rows_to_places(rows))
    widths = [line.count("&") for line in source.splitlines() if line.endswith(r"\\")]
    assert len(set(widths[-3:])) == 1


@pytest.mark.slow
@pytest.mark.skipif(PDFLATEX is None, reason="needs TeX (pdflatex, booktabs), which is not installed")
def test_a_page_that_tex_has_set_holds_the_table_that_is_its_truth(tmp_path: Path) -> None:
    [(rows, columns)] = family_to_tables("booktabs by TeX, figures", 1, 1)
    tables_to_pdf([(rows, columns)], tmp_path / "a.pdf", str(PDFLATEX))

    with open_reader(tmp_path / "a.pdf", "pdfium") as reader:
        [table] = extract_page(reader, 1).tables

    assert (table.rows, table.columns, table.header_rows) == (len(rows), len(rows[0]), 1)
