"""Names in the inbox."""

import pytest

from pipeline.inbox.file_names import is_candidate, is_visible_folder


@pytest.mark.parametrize(
    "name", ["a.pdf", "a.PDF", "-.pdf", "a b\n.Pdf", "a\udcff.pdf", "a.part.pdf", "~a.pdf", "x~$.pdf"]
)
def test_names_of_finished_pdfs(name: str) -> None:
    assert is_candidate(name)


@pytest.mark.parametrize(
    "name",
    ["a.txt", "pdf", ".a.pdf", ".pdf", "..pdf", "~$a.pdf", "a.pdf.part", "a.pdf.tmp", "a.pdf.crdownload", "a.pdf~"],
)
def test_names_that_wait_for_their_rename(name: str) -> None:
    assert not is_candidate(name)


def test_hidden_folders_and_those_of_network_storage_are_not_looked_into() -> None:
    assert [name for name in ("sub", ".sub", "@eaDir", "failed") if is_visible_folder(name)] == ["sub", "failed"]
