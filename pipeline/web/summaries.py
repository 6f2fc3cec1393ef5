"""What a list of documents shows, from the heads of manifests, without reading thousands of pages' entries."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import Outcome
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import ManifestHead, read_head
from pipeline.results.result_names import FAILED_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A finished document.

    Attributes:
        ident: Its name in addresses of the page.
        manifest: Path of its manifest, relative to the outbox.
        name: Of the file, as it was dropped.
        finished_at: As in the manifest; sorts by time.
        fallbacks: How many pages fell back.
        review: What is to be looked at; None where an earlier release wrote the results.
        code: Of the error; None where there is none.
    """

    ident: str
    manifest: str
    name: str
    sha256: str
    outcome: Outcome
    finished_at: str
    pages: int
    bytes: int
    fallbacks: int
    review: ReviewCounts | None
    seconds: float
    code: str | None
    message: str
    advice: str
    key: str = field(repr=False)

    @property
    def failed(self) -> bool:
        """Whether it has no result."""
        return self.outcome is Outcome.FAILED

    @property
    def doubts(self) -> int:
        """How many cells and places in it are to be looked at."""
        return self.review.doubts if self.review else 0

    @property
    def stem(self) -> str:
        """The path in the outbox without the ending."""
        return self.manifest.removesuffix(".json")

    @property
    def folder(self) -> str:
        """The folder that the document came from, by the path of its results; ``.`` for the inbox itself."""
        folder = self.manifest.rpartition("/")[0]
        if folder == FAILED_FOLDER:
            return "."
        return folder.removeprefix(f"{FAILED_FOLDER}/") or "."


def read_summary(root: Path, manifest: str, ident: str) -> Summary | None:
    """The summary of a manifest; None where it is not one of ours.

    Args:
        root: The outbox.
        manifest: Its path, relative to the outbox.
        ident: The ident for it.

    Raises:
        OSError: It cannot be read.
    """
    head = read_head(root, manifest)
    return _head_to_summary(head, manifest, ident) if head is not None else None


def _head_to_summary(head: ManifestHead, manifest: str, ident: str) -> Summary:
    document, error = head.document, head.error
    return Summary(
        ident=ident,
        manifest=manifest,
        name=document.name,
        sha256=document.sha256,
        outcome=head.outcome,
        finished_at=head.finished_at,
        pages=document.pages,
        bytes=document.bytes,
        fallbacks=len(head.fallbacks),
        review=head.review,
        seconds=head.timings.total_s,
        code=error.code if error else None,
        message=error.message if error else "",
        advice=error.advice if error else "",
        key=f"{document.name}\n{manifest}".casefold(),
    )
