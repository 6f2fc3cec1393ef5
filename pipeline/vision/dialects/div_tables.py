"""Tables made of ``div`` elements: by class, by role, or by the CSS that lays them out as one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.vision.dialects.dialect import Dialect, Reading

_TAG: Final = re.compile(r"<(/?)(div|span)((?=[\s/>])[^<>]*+)>", re.IGNORECASE)


def _part_named(names: str, display: str = "") -> re.Pattern[str]:
    """The attributes that make a tag this part of a table: a class, a role, or how CSS displays it."""
    named = rf"(?:class|role)\s{{0,3}}=\s{{0,3}}[\"']?(?:[^\"'>]{{0,200}}[\s_-])?(?:{names})(?![\w-])"
    shown = rf"|display\s{{0,3}}:\s{{0,3}}(?:{display})(?![\w-])" if display else ""
    return re.compile(named + shown, re.IGNORECASE)


_PARTS: Final = (
    ("table", _part_named("table|grid|tbl", "(?:inline-)?table|grid")),
    ("tr", _part_named("row|tr|line", "table-row")),
    ("th", _part_named("th|columnheader|rowheader|head-?cell|header-?cell")),
    ("td", _part_named(r"cell|td|col(?:-\w{1,4}){0,2}|column|gridcell", "table-cell")),
)
_FEWEST_ROWS: Final = 2


class _Part(NamedTuple):
    """A tag, the part of a table that it is, and for a closing tag which tag it closes."""

    match: re.Match[str]
    kind: str
    opened: int


def divs_to_markup(text: str, reading: Reading) -> str:
    """The text in which the tags of such tables became table tags; their content is read like any other HTML."""
    del reading
    parts = _tags_to_parts(list(_TAG.finditer(text)))
    names: Mapping[int, str] = dict(_parts_to_names(parts))
    names = _without_loose_rows(parts, names)
    if list(names.values()).count("tr") < 2 * _FEWEST_ROWS:
        return text
    pieces: list[str] = []
    position = 0
    for index, part in enumerate(parts):
        if index in names:
            pieces += [text[position : part.match.start()], f"<{part.match[1]}{names[index]}>"]
            position = part.match.end()
    return "".join([*pieces, text[position:]])


def _without_loose_rows(parts: Sequence[_Part], names: Mapping[int, str]) -> Mapping[int, str]:
    """The names without rows outside of any table, unless all such rows have the same number of cells, at least two."""
    inside: dict[int, str] = {}
    loose: list[int] = []  # cells of each row
    depth = 0
    for index, name in names.items():
        closing = bool(parts[index].match[1])
        depth += name == "table" and not closing
        if depth:
            inside[index] = name
        elif not closing and name == "tr":
            loose.append(0)
        elif not closing:
            loose[-1] += 1
        depth -= name == "table" and closing
    alike = len(loose) >= _FEWEST_ROWS and len(set(loose)) == 1 and loose[0] > 1
    return names if alike else inside


def _tags_to_parts(tags: Sequence[re.Match[str]]) -> list[_Part]:
    parts: list[_Part] = []
    open_tags: list[int] = []
    for index, tag in enumerate(tags):
        if not tag[1]:
            parts.append(_Part(tag, _kind(tag[3]), index))
            open_tags.append(index)
            continue
        opened = next((each for each in reversed(open_tags[-3:]) if tags[each][2].lower() == tag[2].lower()), -1)
        if opened >= 0:
            del open_tags[open_tags.index(opened) :]
        parts.append(_Part(tag, parts[opened].kind if opened >= 0 else "", opened))
    return parts


def _kind(attributes: str) -> str:
    return next((kind for kind, pattern in _PARTS if pattern.search(attributes)), "") if "=" in attributes else ""


def _parts_to_names(parts: Sequence[_Part]) -> Iterator[tuple[int, str]]:
    """The number and the new name of each tag that becomes a table tag: cells in rows; rows in tables, or alone."""
    chain: list[tuple[int, str]] = []
    for index, part in enumerate(parts):
        if part.match[1]:
            if chain and chain[-1][0] == part.opened:
                yield index, chain.pop()[1]
            continue
        above = chain[-1][1] if chain else ""
        kind = part.kind
        if (
            (kind == "table" and not above)
            or (kind == "tr" and above in {"", "table"})
            or (kind in {"td", "th"} and above == "tr")
        ):
            chain.append((index, kind))
            yield index, kind


DIALECT: Final = Dialect(
    name="div_tables",
    order=70,
    shows=lambda text: "<div" in text and any(_kind(tag[3]) in {"td", "th"} for tag in _TAG.finditer(text)),
    to_markup=divs_to_markup,
)
