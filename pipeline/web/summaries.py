"""The head of a manifest: what a list of documents shows, without reading thousands of pages' entries."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import Outcome
from pipeline.results.manifest import ManifestHead, read_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A document that has left the working state.

    Attributes:
        ident: By which the page addresses it.
        manifest: Its path in the outbox.
        name: Of the file, as it was dropped.
        finished_at: As the manifest says it; sorts by time.
        fallbacks: How many pages fell back.
        code: Of the error, None where there is none.
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
    seconds: float
    code: str | None
    message: str
    advice: str
    key: str = field(repr=False)

    @property
    def failed(self) -> bool:
        """Whether there is no result of it."""
        return self.outcome is Outcome.FAILED

    @property
    def stem(self) -> str:
        """The path in the outbox without its ending."""
        return self.manifest.removesuffix(".json")


def read_summary(root: Path, manifest: str, ident: str) -> Summary | None:
    """What a manifest tells of, None where it is none of ours.

    Args:
        root: The outbox.
        manifest: Path in it.
        ident: That it is going to have.

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
        seconds=head.timings.total_s,
        code=error.code if error else None,
        message=error.message if error else "",
        advice=error.advice if error else "",
        key=f"{document.name}\n{manifest}".casefold(),
    )
