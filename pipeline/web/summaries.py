"""The head of a manifest: what a list of documents shows, without reading thousands of pages' entries."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import Outcome
from pipeline.results.published import read_head

Tree = Mapping[str, object]


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
    outcome: str
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
        return self.outcome == Outcome.FAILED

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
    tree = read_head(root, manifest)
    if tree is not None:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            return _tree_to_summary(tree, manifest, ident)
    return None


def _tree_to_summary(tree: Tree, manifest: str, ident: str) -> Summary:
    document, timings, fallbacks = _group(tree, "document"), _group(tree, "timings"), tree["fallbacks"]
    error = _group(tree, "error") if tree["error"] is not None else {}
    name = str(document["name"])
    return Summary(
        ident=ident,
        manifest=manifest,
        name=name,
        sha256=str(document["sha256"]),
        outcome=str(tree["outcome"]),
        finished_at=str(tree["finished_at"]),
        pages=int(str(document["pages"])),
        bytes=int(str(document["bytes"])),
        fallbacks=len(fallbacks) if isinstance(fallbacks, list) else 0,
        seconds=float(str(timings["total_s"])),
        code=str(error["code"]) if error else None,
        message=str(error.get("message", "")),
        advice=str(error.get("advice", "")),
        key=f"{name}\n{manifest}".casefold(),
    )


def _group(tree: Tree, name: str) -> Tree:
    value = tree[name]
    if not isinstance(value, dict):
        raise TypeError(name)
    return value
