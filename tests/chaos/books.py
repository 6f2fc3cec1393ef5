"""What was dropped, what was finished when something was killed, and what has come of all of it."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daemons import Place, names_below
from delivery import Delivery, deliveries_in, manifest_names
from pdfs import numbered_pdf
from rapidfuzz import fuzz
from simulator import Mark, Simulator, mark_to_sheet

#: At least so much of a page's beginning, in percent, is read right in its picture; of another page's half is.
_READ = 85
#: Reasons for which a page may fall back while workers and servers die.
EXCUSED = frozenset({"worker_lost", "unreachable", "truncated", "render", "refused", "timeout"})


@dataclass(kw_only=True)
class Figures:
    """Of one audit; they add up."""

    documents: int = 0
    pages: int = 0
    requests: int = 0
    repeated: int = 0
    fallbacks: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Figures") -> None:
        """Add another audit's."""
        self.documents += other.documents
        self.pages += other.pages
        self.requests += other.requests
        self.repeated += other.repeated
        self.fallbacks += other.fallbacks
        self.kills += other.kills

    def __str__(self) -> str:
        """In one line."""
        kills = ", ".join(f"{count} of {what}" for what, count in sorted(self.kills.items()))
        fallbacks = ", ".join(f"{count} {reason}" for reason, count in sorted(self.fallbacks.items())) or "none"
        return (
            f"kills: {kills or 'none'}; {self.documents} documents, {self.pages} pages; {self.requests} requests, "
            f"{self.repeated} of them repeated; fallbacks: {fallbacks}; "
            "0 lost, 0 doubled, 0 set aside"
        )


class Books:
    """The accounts of one place and one server.

    Args:
        place: Where documents are dropped; its outbox is empty.
        sim: Its server, which has not been asked yet.
        workers: Of the daemon.
    """

    def __init__(self, place: Place, sim: Simulator, *, workers: int = 5) -> None:
        self.place = place
        self._sim = sim
        self._workers = workers
        self._dropped: dict[str, tuple[int, int, bytes]] = {}
        self._finished: dict[Mark, int] = {}
        self._kills: Counter[str] = Counter()
        self._refusals = 0

    @property
    def dropped(self) -> int:
        """Documents so far; at most 1,024 can be told apart."""
        return len(self._dropped)

    def drop(self, *pages: int) -> list[str]:
        """Drop a document for each number of pages; their names."""
        names = []
        for count in pages:
            number = len(self._dropped)
            name = f"doc-{number:04}.pdf"
            aside = self.place.inbox / f".{name}"
            data = numbered_pdf(aside, count, document=number).read_bytes()
            self._dropped[name] = (number, count, data)
            aside.rename(self.place.inbox / name)
            names.append(name)
        return names

    def delivered(self) -> int:
        """Manifests that are there."""
        folders = (self.place.outbox, self.place.outbox / "failed")
        return sum(len(manifest_names(folder)) for folder in folders)

    def note_kill(self, what: str, count: int = 1) -> None:
        """Something was killed; where it was the daemon, it and its workers are gone by now."""
        self._kills[what] += count
        if what == "daemon":
            self._note_finished()

    def note_hit(self, what: str) -> None:
        """Something has happened to the daemon's surroundings, and it goes on."""
        self._kills[what] += 1
        self._note_finished()

    def _note_finished(self) -> None:
        finished = self._pages_on_disk()  # first, since a page that is there has been asked for
        asked = self._asked()
        for mark in finished:
            self._finished.setdefault(mark, asked[mark])

    def note_refusal(self) -> None:
        """A call of the daemon's was refused: a page whose record cannot be put in its place is asked for again."""
        self._refusals += 1

    def audit(self, *, excused: frozenset[str] = frozenset()) -> Figures:
        """Hold what there is against what was dropped.

        Args:
            excused: Reasons for which pages may have fallen back.

        Raises:
            AssertionError: Something is lost, doubled, half, changed, asked for again or left over.
        """
        found = deliveries_in(self.place.outbox)
        assert not [name for name in found if name.startswith("failed/")], "a sound document was set aside"
        assert Counter(Path(name).name + ".pdf" for name in found) == Counter(list(self._dropped))
        assert names_below(self.place.inbox) == []
        left = self.place.left_behind()
        assert left == [], left
        for name, (number, count, data) in self._dropped.items():
            self._check_one(Path(name).stem, number, count, data, found, excused=excused)
        asked = self._asked()
        again = {mark: asked[mark] - before for mark, before in self._finished.items() if asked[mark] != before}
        assert not again, f"finished pages were asked for again: {again}"
        repeated = sum(count - 1 for count in asked.values())
        excusable = self._workers * self._kills.total() + self._refusals
        assert repeated <= excusable, f"{repeated} repeated, {self._kills}, {self._refusals} refused"
        return Figures(
            documents=len(found),
            pages=sum(delivery.page_count for delivery in found.values()),
            requests=asked.total(),
            repeated=repeated,
            fallbacks=Counter(reason for delivery in found.values() for reason in delivery.reasons.values()),
            kills=self._kills,
        )

    def _check_one(
        self, stem: str, number: int, count: int, data: bytes, found: dict[str, Delivery], *, excused: frozenset[str]
    ) -> None:
        delivery = found[stem]
        assert (self.place.outbox / f"{stem}.pdf").read_bytes() == data
        assert delivery.page_count == count
        assert set(delivery.reasons.values()) <= excused, delivery.reasons
        for page in delivery.pages:
            sheet = mark_to_sheet(Mark(document=number, page=page.number))
            if page.method == "ocr":  # the last resort, after workers were killed: a letter in it may be wrong
                assert fuzz.partial_ratio(sheet.opening, page.text) > _READ, (stem, page)
            else:
                assert page.method == "none" or sheet.title in page.text, (stem, page)

    def _asked(self) -> Counter[Mark]:
        return Counter(record.mark for record in self._sim.chats if record.mark is not None)

    def _pages_on_disk(self) -> Sequence[Mark]:
        marks = []
        for home in (self.place.outbox / ".dropleaf" / "work").glob("*"):
            with_name = home / "claim.json"
            with suppress(FileNotFoundError):  # the daemon, where it lives, may have published it just now
                number, _, _ = self._dropped[json.loads(with_name.read_bytes())["name"]]
                pages = (int(path.stem) for path in home.glob("pages/*.json"))
                marks += [Mark(document=number, page=page) for page in pages]
        for name in manifest_names(self.place.outbox):
            number, count, _ = self._dropped[f"{name[:-5]}.pdf"]
            marks += [Mark(document=number, page=page) for page in range(1, count + 1)]
        return marks
