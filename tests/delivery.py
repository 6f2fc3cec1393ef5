"""What a conversion has delivered, held against everything that the manifest and the HTML promise."""

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator

_SCHEMA = Draft202012Validator(
    json.loads((files("pipeline") / "manifest.schema.json").read_text()),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)
_TABLES = Draft202012Validator(json.loads((files("pipeline") / "tables.schema.json").read_text()))
_SECTION = re.compile(r"<section [^>]*>")
_NOTICE = re.compile(r'<aside class="notice">(.*?)</aside>', re.DOTALL)
_FORBIDDEN = re.compile(r"<(script|iframe|object|embed|form|link|base)\b|\son\w+=|javascript:|https?://", re.IGNORECASE)
_ROUNDING_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredPage:
    """A page of the manifest, with its section of the HTML; times in seconds.

    Attributes:
        reason: Why it fell back, None where it did not.
        outcomes: Of its requests, in order.
        html: Inside of its section.
        notice: What a reader is told of it, None for nothing.
    """

    number: int
    method: str
    reader: str | None
    reason: str | None
    detail: str
    tables: int
    outcomes: tuple[str, ...]
    servers: tuple[str, ...]
    warnings: tuple[str, ...]
    queue_s: float
    request_s: float
    total_s: float
    html: str
    notice: str | None

    @property
    def text(self) -> str:
        """The words of its section."""
        return html_to_text(self.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A manifest and its HTML.

    Attributes:
        code: Of the error, None where there is none.
        page_count: Of the PDF.
    """

    name: str
    outcome: str
    code: str | None
    page_count: int
    pages: tuple[DeliveredPage, ...]
    convert_s: float
    total_s: float

    @property
    def reasons(self) -> dict[int, str]:
        """Why pages fell back, by number."""
        return {page.number: page.reason for page in self.pages if page.reason not in {None, "engine_basic"}}

    @property
    def methods(self) -> dict[str, int]:
        """How many pages were had by each method."""
        return dict(Counter(page.method for page in self.pages))


def delivery_of(manifest: Path, *, only: tuple[int, ...] = ()) -> Delivery:
    """Read a manifest and its HTML, and check them: schema, hashes, sections, order, completeness, sums.

    Args:
        manifest: Its path.
        only: Numbers of the pages that were wanted, empty for all.

    Raises:
        AssertionError: A promise is broken.
    """
    tree = json.loads(manifest.read_bytes())
    _SCHEMA.validate(tree)
    page_file = manifest.with_suffix(".html")
    if tree["outcome"] == "failed":
        assert not page_file.exists()
        assert tree["pages"] == []
        sections = []
    else:
        html = page_file.read_bytes()
        assert hashlib.sha256(html).hexdigest() == tree["html_sha256"]
        sections = html_to_sections(html.decode())
        numbers = list(only) or list(range(1, tree["document"]["pages"] + 1))
        assert [entry["number"] for entry in tree["pages"]] == numbers
        assert [_head_of(entry) for entry in tree["pages"]] == [head for head, _ in sections]
        _check_files(manifest, tree, html.decode())
    pages = tuple(_page_of(entry, html) for entry, (_, html) in zip(tree["pages"], sections, strict=True))
    _check_sums(tree)
    return Delivery(
        name=tree["document"]["name"],
        outcome=tree["outcome"],
        code=tree["error"] and tree["error"]["code"],
        page_count=tree["document"]["pages"],
        pages=pages,
        convert_s=tree["timings"]["convert_s"],
        total_s=tree["timings"]["total_s"],
    )


def deliveries_in(outbox: Path) -> dict[str, Delivery]:
    """Everything that an outbox holds, checked, by the manifest's path in it without ``.json``."""
    return {str(path.relative_to(outbox).with_suffix("")): delivery_of(path) for path in manifests_in(outbox)}


def result_files(*stems: str, original: bool = True) -> set[str]:
    """The names of the files that documents have in the outbox, with what is written for every one."""
    ends = (".html", ".tables.json", ".json", *([".pdf"] if original else []))
    return {stem + end for stem in stems for end in ends}


def manifests_in(outbox: Path) -> list[Path]:
    """The paths of all manifests that an outbox holds."""
    found: list[Path] = []
    for folder, below, names in os.walk(outbox):  # daemons may be at work in the state folder
        below[:] = [name for name in below if name != ".dropleaf"]
        found += [Path(folder, name) for name in names if name.endswith(".json")]
    return [path for path in sorted(found) if b'"schema": "dropleaf/manifest/1"' in path.read_bytes()[:64]]


def manifest_names(folder: Path) -> list[str]:
    """Names of the manifests in one folder, told by their names alone; the folder may be missing."""
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 — a folder may have very many
    return [name for name in names if name.endswith(".json") and not name.startswith(".") and ".tables." not in name]


def _check_files(manifest: Path, tree: dict, html: str) -> None:  # type: ignore[type-arg]  # a manifest, checked
    """The results are those that the manifest tells of, and the tables those of the HTML."""
    told = tree.get("files") or []
    for file in told:
        data = (manifest.parent / file["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"])
    if not told:  # of release 0.1.0
        return
    stem = manifest.name.removesuffix(".json")
    assert {file["name"] for file in told} >= {f"{stem}.html", f"{stem}.tables.json"}
    tables = json.loads(manifest.with_name(f"{stem}.tables.json").read_bytes())
    _TABLES.validate(tables)
    assert tables["document"] == tree["document"]
    assert [page["number"] for page in tables["pages"]] == [page["number"] for page in tree["pages"]]
    found = re.findall(r'<table id="([^"]+)"(?: data-continues="([^"]+)")?', html)
    assert [(table["id"], table["continues"] or "") for table in tables["tables"]] == found
    for table in tables["tables"]:
        _check_grid(table["cells"])


def _check_grid(cells: list[dict]) -> None:  # type: ignore[type-arg]  # as above
    """Every place of a table belongs to one cell."""
    places = Counter(
        (cell["row"] + down, cell["column"] + across)
        for cell in cells
        for down in range(cell["rowspan"])
        for across in range(cell["colspan"])
    )
    rows, columns = (max((place[side] for place in places), default=-1) + 1 for side in (0, 1))
    assert set(places.values()) <= {1}
    assert len(places) == rows * columns


def html_to_sections(html: str) -> list[tuple[str, str]]:
    """Opening tag and inside of every section, in order; the rest of the file is checked on the way."""
    assert html.startswith("<!DOCTYPE html>")
    assert '<meta http-equiv="Content-Security-Policy"' in html
    head, *rest = _SECTION.split(html)
    assert not _FORBIDDEN.search(head.replace(_style_of(head), ""))
    tags = _SECTION.findall(html)
    insides = [piece.rpartition("</section>")[0] for piece in rest]
    assert html.count("</section>") == len(tags)
    for inside in insides:
        _check_well_formed(inside)
    return list(zip(tags, insides, strict=True))


def html_to_text(html: str) -> str:
    """The words, with single blanks."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.pieces).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs
        self.pieces.append(" ")


class _Nesting(HTMLParser):
    """Finds tags that are closed in another order than they were opened, scripts and handlers."""

    _VOID = frozenset({"br", "hr", "img", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe", "object", "embed", "form", "link", "base", "meta", "style"}
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _check_well_formed(html: str) -> None:
    nesting = _Nesting()
    nesting.feed(html)
    nesting.close()
    assert nesting.open == []


def _style_of(head: str) -> str:
    return head[head.index("<style>") : head.index("</style>")]


def _head_of(entry: dict[str, object]) -> str:
    """The opening tag that a manifest's entry asks for."""
    number, fallback = entry["number"], entry["fallback"]
    head = f'<section class="page" id="page-{number}" data-page="{number}" data-method="{entry["method"]}"'
    if isinstance(fallback, dict) and fallback["reason"] != "engine_basic":
        head += f' data-fallback="{fallback["reason"]}"'
    return head + ">"


def _page_of(entry: dict, html: str) -> DeliveredPage:  # type: ignore[type-arg]  # a manifest's page, checked by its schema
    fallback = entry["fallback"]
    notice = _NOTICE.search(html)
    fell_back = fallback is not None and fallback["reason"] != "engine_basic"
    assert (notice is not None) == (fell_back or entry["method"] == "none")
    assert len(re.findall(r"<table\b", html)) == entry["tables"]
    return DeliveredPage(
        number=entry["number"],
        method=entry["method"],
        reader=entry["reader"],
        reason=fallback and fallback["reason"],
        detail=fallback["detail"] if fallback else "",
        tables=entry["tables"],
        outcomes=tuple(attempt["outcome"] for attempt in entry["attempts"]),
        servers=tuple(attempt["server"] for attempt in entry["attempts"]),
        warnings=tuple(entry["warnings"]),
        queue_s=entry["timings"]["queue_s"],
        request_s=entry["timings"]["request_s"],
        total_s=entry["timings"]["total_s"],
        html=html,
        notice=html_to_text(notice[1]) if notice else None,
    )


def _check_sums(tree: dict) -> None:  # type: ignore[type-arg]  # as above
    methods = Counter(entry["method"] for entry in tree["pages"])
    assert tree["counts"] == {name: methods[name] for name in tree["counts"]}
    fallen = [
        {"page": entry["number"], "reason": entry["fallback"]["reason"], "method": entry["method"]}
        for entry in tree["pages"]
        if entry["fallback"] and entry["fallback"]["reason"] != "engine_basic"
    ]
    assert tree["fallbacks"] == fallen
    if tree["outcome"] != "failed":
        assert tree["outcome"] == ("partial" if fallen else "complete")
    assert tree["started_at"] <= tree["finished_at"]
    times = tree["timings"]
    assert abs(times["total_s"] - times["queue_s"] - times["convert_s"] - times["publish_s"]) < _ROUNDING_S
    for entry in tree["pages"]:
        spent = entry["timings"]
        parts = sum(value for name, value in spent.items() if name != "total_s")
        assert parts <= spent["total_s"] + _ROUNDING_S
