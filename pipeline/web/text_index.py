"""The words of all results, page by page, in SQLite's full-text index: a cache that may be thrown away at any time.

Only its owner may read it, and it is made anew where it is missing or damaged.  What is forgotten leaves the file.
"""

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

# Of the tables; an index of another version is made anew.
_VERSION = 1
_TABLES = """
CREATE TABLE documents (id INTEGER PRIMARY KEY, ident TEXT UNIQUE NOT NULL, stamp TEXT NOT NULL);
CREATE VIRTUAL TABLE pages USING fts5(text, tokenize = "unicode61 remove_diacritics 2", prefix = "2 3");
"""
# A page's row is its document's number, then so many bits for its own.
_PAGE_BITS = 20
_MOST_WORDS = 16
# How often a search is asked whether its time is over: after so many of SQLite's steps.
_STEPS = 10_000
# So many pages are ranked, those that came in last: of a word that is on every page the best are not worth a second.
_MOST_RANKED = 2_000
_BEST = (
    "SELECT rowid FROM (SELECT rowid, rank AS score FROM pages WHERE pages MATCH ? ORDER BY rowid DESC LIMIT ?) "
    "ORDER BY score LIMIT ?"
)
_FIRST = "SELECT rowid FROM pages WHERE pages MATCH ? ORDER BY rowid DESC LIMIT ?"
# Letters around a hit that no text has, since the index has no control characters.
_BEGIN, _END = "\x02", "\x03"
_SNIPPET_WORDS = 20
_BUSY_S = 5.0
_PARTS = re.compile(r'"([^"]*)"|(\S+)')
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetPiece:
    """A piece of a page's text; ``hit`` where it is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFound:
    """A page that has what was looked for."""

    ident: str
    page: int
    snippet: tuple[SnippetPiece, ...]


class TextIndex:
    """Written by one thread; any thread may search."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it anew.

        Args:
            path: Of the file; SQLite keeps others beside it.

        Raises:
            OSError: It cannot be made.
            sqlite3.Error: The same.
        """
        self._path = path
        try:
            self._connection = self._opened()
        except sqlite3.Error:
            throw_away(path)
            self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
        self._path.chmod(0o600)
        connection = sqlite3.connect(self._path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
        try:
            [version] = connection.execute("PRAGMA user_version").fetchone()
            # Nothing is synced: after a power cut it may be damaged, and is made anew.
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;")
            if version == 0:
                connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
            else:
                _check(version)
            connection.execute("SELECT count(*) FROM documents").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def interrupt(self) -> None:
        """End what is being done; may be called in any thread."""
        with suppress(sqlite3.ProgrammingError):  # it is closed already
            self._connection.interrupt()

    def stamps(self) -> Mapping[str, str]:
        """The stamp of each document that is in it."""
        return dict(self._connection.execute("SELECT ident, stamp FROM documents"))

    def put(self, ident: str, stamp: str, pages: Iterable[tuple[int, str]]) -> None:
        """Put a document in, in place of an older one.

        Args:
            ident: Of the document.
            stamp: Is another one when its results have changed.
            pages: Their numbers and texts.
        """
        connection = self._connection
        connection.execute("BEGIN")
        try:
            self._delete(ident)
            [number] = connection.execute(
                "INSERT INTO documents (ident, stamp) VALUES (?, ?) RETURNING id", (ident, stamp)
            ).fetchone()
            rows = ((number << _PAGE_BITS | page, _to_plain(text)) for page, text in pages)
            connection.executemany("INSERT INTO pages (rowid, text) VALUES (?, ?)", rows)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def forget(self, idents: Iterable[str]) -> None:
        """Take documents out; afterwards none of their words is in the file."""
        connection = self._connection
        connection.execute("BEGIN")
        for ident in idents:
            self._delete(ident)
        connection.execute("COMMIT")
        # An index only notes what was deleted, until its parts are merged.
        connection.execute("INSERT INTO pages (pages) VALUES ('optimize')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _delete(self, ident: str) -> None:
        row = self._connection.execute("SELECT id FROM documents WHERE ident = ?", (ident,)).fetchone()
        if row is not None:
            first = row[0] << _PAGE_BITS
            last = first + (1 << _PAGE_BITS) - 1
            self._connection.execute("DELETE FROM pages WHERE rowid BETWEEN ? AND ?", (first, last))
            self._connection.execute("DELETE FROM documents WHERE id = ?", (row[0],))


def search_index(path: Path, query: str, *, limit: int, seconds: float) -> list[PageFound]:
    """The pages that have all words of a query, the best of the latest first; the last word may be a beginning.

    Args:
        path: Of an index; while there is none, nothing is found.
        query: As a user typed it: nothing in it has a meaning, but ``"words in quotes"`` stand together.
        limit: How many at most.
        seconds: Where the best of all are not found within this time, the first that come are taken.

    Raises:
        sqlite3.Error: The index cannot be read.
    """
    match = query_to_match(query)
    if not match or not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=seconds)) as connection:
        until = time.monotonic() + seconds
        connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
        try:
            return list(_rows(connection, match, _best(connection, match, limit)))
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
        connection.set_progress_handler(None, 0)
        return list(_rows(connection, match, _numbers(connection.execute(_FIRST, (match, limit)))))


def _best(connection: sqlite3.Connection, match: str, limit: int) -> list[int]:
    """The numbers of the best pages, the best first, among so many that their ranking takes a short time."""
    return _numbers(connection.execute(_BEST, (match, _MOST_RANKED, limit)))


def _numbers(rows: Iterable[tuple[int]]) -> list[int]:
    return [number for (number,) in rows]


def _rows(connection: sqlite3.Connection, match: str, numbers: Sequence[int]) -> Iterator[PageFound]:
    places = ", ".join("?" * len(numbers))
    sql = (
        "SELECT documents.ident, found.number, found.snippet FROM (SELECT rowid AS number, "  # noqa: S608 — no part of it comes from outside
        f"snippet(pages, 0, ?, ?, '…', ?) AS snippet FROM pages WHERE pages MATCH ? AND rowid IN ({places})) AS found "
        "JOIN documents ON documents.id = found.number >> ?"
    )
    values = (_BEGIN, _END, _SNIPPET_WORDS, match, *numbers, _PAGE_BITS)
    found = {number: (ident, snippet) for ident, number, snippet in connection.execute(sql, values)}
    for number in numbers:
        if number in found:
            ident, snippet = found[number]
            page = number & (1 << _PAGE_BITS) - 1
            yield PageFound(ident=ident, page=page, snippet=tuple(_snippet_to_pieces(snippet)))


def query_to_match(query: str) -> str:
    """An expression of FTS5 in which every word is a string: no letter of a query has a meaning in it.

    Source: SQLite, FTS5 Extension, section 3, Full-text Query Syntax.
    """
    parts = [(quoted or plain, bool(plain)) for quoted, plain in _PARTS.findall(_to_plain(query))]
    words = [(word.replace('"', " "), plain) for word, plain in parts if any(map(str.isalnum, word))][:_MOST_WORDS]
    return " ".join(
        f'"{word}"{"*" if plain and index == len(words) - 1 else ""}' for index, (word, plain) in enumerate(words)
    )


def throw_away(path: Path) -> None:
    """Remove an index with what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _check(version: int) -> None:
    if version != _VERSION:
        raise sqlite3.DatabaseError("it is of another version")


def _to_plain(text: str) -> str:
    """Text that SQLite takes: without control characters and halves of surrogate pairs."""
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())


def _snippet_to_pieces(snippet: str) -> Iterator[SnippetPiece]:
    for index, part in enumerate(snippet.split(_BEGIN)):
        hit, end, rest = part.partition(_END)
        if index and end:
            yield SnippetPiece(text=hit, hit=True)
            if rest:
                yield SnippetPiece(text=rest, hit=False)
        elif part:
            yield SnippetPiece(text=part, hit=False)
