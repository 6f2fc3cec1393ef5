"""Names of sheets within what spreadsheets allow."""

import pytest
from generated_tables import document_table

from pipeline.outputs.sheet_names import LONGEST, SheetNames
from pipeline.table import Table


def named(*captions: str) -> list[str]:
    names = SheetNames("Overview")
    return [
        names.name_for(document_table(Table(caption=caption, cells=()), page=3, number=number))
        for number, caption in enumerate(captions, 1)
    ]


def test_a_sheet_has_the_page_and_the_caption_or_the_number() -> None:
    assert named("Trees", "") == ["p3 Trees", "p3 table 2"]


@pytest.mark.parametrize("caption", ["a[b]:c*d?e/f\\g", "x" * 100, "'", "\x00\ud800", "History", "\n a \n"])
def test_any_caption_gives_a_name_that_is_allowed(caption: str) -> None:
    [name] = named(caption)

    assert 0 < len(name) <= LONGEST
    assert not set(name) & set("[]:*?/\\\n\x00")
    assert not name.startswith("'")
    assert not name.endswith("'")
    name.encode()


def test_names_that_differ_by_case_or_beyond_the_longest_are_numbered() -> None:
    names = named("Trees", "TREES", "y" * 40, "y" * 41)

    assert names[:2] == ["p3 Trees", "p3 TREES (2)"]
    assert names[3].endswith("y (2)")
    assert len({name.casefold() for name in names}) == 4
    assert all(len(name) <= LONGEST for name in names)
