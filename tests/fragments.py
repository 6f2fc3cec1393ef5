"""What must hold of every fragment of HTML that we publish, whatever it was made from."""

import re
from html.parser import HTMLParser

from pipeline.markup.tags import ALLOWED, CLASSES, DIRECTED, DIRECTIONS, VOID

_ATTRIBUTES = {
    "a": {"href"},
    "li": {"value"},
    "ol": {"start"},
    "span": {"data-unseen", "data-was"},
    "td": {"colspan", "rowspan", "data-unseen"},
    "th": {"colspan", "rowspan", "data-unseen", "scope"},
}
_ADDRESS = re.compile(r"(?:https?://|mailto:|#page-)[^\s<>\"]+", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#39);)")

Cell = tuple[int, int]


class Strict(HTMLParser):
    """Reads a fragment and refuses what a browser would have to mend."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tables: list[list[list[Cell]]] = []
        self.finished: list[list[list[Cell]]] = []
        self.groups: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> is not allowed"
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of <{tag}> twice"
        values = {name: value or "" for name, value in attrs}
        for name in set(names) - _ATTRIBUTES.get(tag, set()):
            allowed = {"class": CLASSES.get(tag, ()), "dir": DIRECTIONS if tag in DIRECTED else ()}.get(name, ())
            assert values[name] in allowed, f"<{tag} {name}={values[name]!r}>"
        if "href" in values:
            assert _ADDRESS.fullmatch(values["href"]), values["href"]
        self._table(tag, values)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag, f"</{tag}> closes another element"
        if tag == "table":
            self.finished.append(self.tables.pop())

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def _table(self, tag: str, values: dict[str, str]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            assert self.stack[-1] in {"thead", "tbody"}
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            assert self.stack[-1] == "tr"
            self.tables[-1][-1].append((int(values.get("rowspan", "1")), int(values.get("colspan", "1"))))


def check_fragment(html: str) -> None:
    """Well formed, allow-listed, every table rectangular, no forbidden character.

    Raises:
        AssertionError: It is not so; the message says what.
    """
    assert not _FORBIDDEN.search(html)
    assert not _BARE.search(html), "an ampersand that is not escaped"
    reader = Strict()
    reader.feed(html)
    reader.close()
    assert reader.stack == [], f"left open: {reader.stack}"
    for table in reader.finished:
        _check_rectangular(table)


def _check_rectangular(rows: list[list[Cell]]) -> None:
    """Every place of the grid belongs to exactly one cell."""
    assert rows, "a table without rows"
    taken: dict[tuple[int, int], bool] = {}
    widths = set()
    for index, row in enumerate(rows):
        column = 0
        for rowspan, colspan in row:
            while (index, column) in taken:
                column += 1
            for down in range(rowspan):
                for across in range(colspan):
                    place = (index + down, column + across)
                    assert place not in taken, f"two cells at {place}"
                    assert place[0] < len(rows), f"a row span beyond the table at {place}"
                    taken[place] = True
        widths.add(sum(1 for place in taken if place[0] == index))
    assert len(widths) == 1, f"rows of {sorted(widths)} columns"
