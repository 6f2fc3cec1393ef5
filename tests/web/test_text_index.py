"""The index of all words: whatever a user types, whatever has become of the file."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web import text_index
from pipeline.web.text_index import TextIndex, query_to_match, search_index, throw_away


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "search.sqlite"
    index = TextIndex(path)
    index.put("a", "1", [(1, "Net revenue was 1,234.50 in total"), (2, 'Près de "Zürich" <b>no markup</b>')])
    index.put("b", "1", [(7, "revenue recognition, revenue growth\x02\x03\x00\ud800 revenue")])
    index.close()
    return path


def found(path: Path, query: str) -> list[tuple[str, int]]:
    return sorted((each.ident, each.page) for each in search_index(path, query, limit=9, seconds=9.0))


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("revenue", [("a", 1), ("b", 7)]),
        ("REV", [("a", 1), ("b", 7)]),
        ("rev total", []),
        ("revenue tot", [("a", 1)]),
        ("1,234.50", [("a", 1)]),
        ("zurich pres", [("a", 2)]),
        ('"revenue growth"', [("b", 7)]),
        ('"growth revenue rec"', []),
        ("", []),
        ('" * ^ : ( ) - +', []),
        ("NOT revenue", []),
        ("revenue OR zurich", []),
        ("text:revenue", []),
        ('revenue"', [("a", 1), ("b", 7)]),
        ("NEAR(revenue total)", []),
    ],
)
def test_words_are_found_and_no_letter_of_a_query_has_a_meaning(
    path: Path, query: str, pages: list[tuple[str, int]]
) -> None:
    assert found(path, query) == pages


@given(st.text(alphabet=st.characters(), max_size=60) | st.text(alphabet='"*^:(){}+-ANDORT \x00\ud800é1', max_size=40))
def test_no_query_is_an_error(path: Path, query: str) -> None:
    search_index(path, query, limit=3, seconds=9.0)


def test_of_a_word_that_is_everywhere_the_latest_pages_are_ranked_and_the_best_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_index, "_MOST_RANKED", 3)
    index = TextIndex(tmp_path / "index")
    index.put("a", "1", [(1, "common common common"), (2, "common and much more of other words")])
    index.put("b", "1", [(1, "common and other words"), (2, "common common")])
    index.close()

    found = search_index(tmp_path / "index", "common", limit=9, seconds=9.0)

    assert [(each.ident, each.page) for each in found] == [("b", 2), ("b", 1), ("a", 2)]


def test_a_query_of_very_many_words_is_cut() -> None:
    assert query_to_match("a " * 1000).count('"') == 32


def test_a_snippet_is_text_in_pieces_that_say_what_was_found(path: Path) -> None:
    [hit] = search_index(path, "markup", limit=9, seconds=9.0)

    assert [(piece.text, piece.hit) for piece in hit.snippet] == [
        ('Près de "Zürich" <b>no ', False),
        ("markup", True),
        ("</b>", False),
    ]
    [other] = search_index(path, "growth", limit=9, seconds=9.0)
    assert "".join(piece.text for piece in other.snippet) == "revenue recognition, revenue growth ? revenue"


def test_only_its_owner_may_read_it_and_what_is_forgotten_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    index = TextIndex(path)
    index.put("a", "1", [(1, "the unspeakable secret")])
    index.put("b", "1", [(1, "something else")])
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    assert b"unspeakable" in b"".join(each.read_bytes() for each in tmp_path.iterdir())

    index.forget(["a"])

    assert b"unspeakable" not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert (found(path, "unspeakable"), found(path, "else")) == ([], [("b", 1)])
    index.close()


def test_a_document_that_is_put_in_again_has_only_its_new_words(tmp_path: Path) -> None:
    index = TextIndex(tmp_path / "search.sqlite")
    index.put("a", "1", [(1, "old"), (2, "old")])

    index.put("a", "2", [(1, "new")])

    assert index.stamps() == {"a": "2"}
    assert found(tmp_path / "search.sqlite", "old") == []
    index.close()


@pytest.mark.parametrize("content", [b"rubbish " * 999, b"SQLite format 3\x00" + b"\xff" * 5000, b""])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(content)
    path.chmod(0o644)

    index = TextIndex(path)
    index.put("a", "1", [(1, "words")])

    assert found(path, "words") == [("a", 1)]
    assert path.stat().st_mode & 0o777 == 0o600
    index.close()


def test_an_index_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    index = TextIndex(path)

    assert index.stamps() == {}
    index.close()
    throw_away(path)
    assert list(tmp_path.iterdir()) == []
    assert search_index(path, "words", limit=1, seconds=1.0) == []
