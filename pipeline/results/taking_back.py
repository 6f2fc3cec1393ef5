"""Published documents taken back into work: for the pages that fell back, or since they failed."""

from pathlib import Path

from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.files.atomic import file_to_sha256, write_whole
from pipeline.results.journal import Journal
from pipeline.results.page_record import write_record
from pipeline.results.published import PublishedDocument
from pipeline.results.state_folder import WorkFolder


def claim_fallen_pages(
    journal: Journal, published: PublishedDocument, original: Path, *, folder: str, fingerprint: str
) -> Document:
    """Claim a copy of a published document whose good pages are finished already, byte for byte.

    Args:
        journal: Of whoever will work on it.
        published: With pages that fell back.
        original: Its PDF.
        folder: Where the results lie below the outbox.
        fingerprint: Of the settings that it is going to be converted with.

    Raises:
        UsageError: The result is missing, or has been changed.
        VanishedError: The original is gone.
        PublishError: The working state cannot be written.
    """
    pages = list(published.pages())

    def keep_good_pages(home: WorkFolder) -> None:
        write_whole(home.settings, [fingerprint.encode()])
        for page, html in pages:
            if not page.fell_back:
                write_record(home.page(page.number), page, html)

    only = tuple(page.number for page, _ in pages)
    return journal.claim(original, folder, copy=True, name=published.name, only=only, prepare=keep_good_pages)


def claim_failed(journal: Journal, manifest: Path, root: Path, *, name: str, sha256: str) -> Document:
    """Claim a document out of ``failed/``: at every instant it lies there or is in work.

    Args:
        journal: Of whoever will work on it.
        manifest: That tells of the failure; removed.
        root: The folder of failed documents.
        name: As it was dropped.
        sha256: That the file must have.

    Raises:
        UsageError: The file is not there, or another one.
        PublishError: The working state cannot be written.
    """
    original = manifest.with_suffix(".pdf")
    try:
        same = file_to_sha256(original) == sha256
    except OSError as error:
        raise UsageError(f"{original.name}: the file is needed to try again: {error.strerror}") from None
    if not same:
        raise UsageError(f"{original.name} is not the file that {manifest.name} tells of")
    claimed = journal.claim(original, str(manifest.parent.relative_to(root)), copy=False, name=name)
    manifest.unlink(missing_ok=True)
    return claimed
