"""Where originals are found again."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.files.atomic import file_to_sha256
from pipeline.results.published import Originals

A, B = b"%PDF a", b"%PDF b"


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    for folder in ("outbox/sub", "inbox/sub"):
        (tmp_path / folder).mkdir(parents=True)
    return Originals(outbox=tmp_path / "outbox", inbox=tmp_path / "inbox")


def write(path: Path, data: bytes = A) -> str:
    path.write_bytes(data)
    return file_to_sha256(path)


def test_it_lies_beside_the_result_or_in_the_inbox(originals: Originals, tmp_path: Path) -> None:
    moved = write(tmp_path / "outbox/sub/r-2.pdf", A)
    kept = write(tmp_path / "inbox/sub/r.PDF", B)

    assert originals.find("sub/r-2", name="r.PDF", sha256=moved) == tmp_path / "outbox/sub/r-2.pdf"
    assert originals.find("sub/r-2", name="r.PDF", sha256=kept) == tmp_path / "inbox/sub/r.PDF"


def test_a_file_of_its_name_with_other_bytes_is_not_it(originals: Originals, tmp_path: Path) -> None:
    digest = write(tmp_path / "inbox/r.pdf")
    assert originals.find("r", name="r.pdf", sha256=digest) == tmp_path / "inbox/r.pdf"

    write(tmp_path / "inbox/r.pdf", B + b"longer")

    with pytest.raises(UsageError, match="not the file"):
        originals.find("r", name="r.pdf", sha256=digest)
    (tmp_path / "inbox/r.pdf").unlink()
    with pytest.raises(UsageError, match="is gone"):
        originals.find("r", name="r.pdf", sha256=digest)


@pytest.mark.parametrize("name", ["../secret.pdf", "/etc/passwd", "..", "", "sub/../../secret.pdf"])
def test_a_made_up_name_leads_nowhere(originals: Originals, tmp_path: Path, name: str) -> None:
    digest = write(tmp_path / "secret.pdf")

    with pytest.raises(UsageError):
        originals.find("r", name=name, sha256=digest)


def test_a_link_is_not_followed(originals: Originals, tmp_path: Path) -> None:
    digest = write(tmp_path / "secret.pdf")
    (tmp_path / "inbox/r.pdf").symlink_to(tmp_path / "secret.pdf")
    (tmp_path / "outbox/r.pdf").symlink_to(tmp_path / "secret.pdf")

    with pytest.raises(UsageError):
        originals.find("r", name="r.pdf", sha256=digest)
