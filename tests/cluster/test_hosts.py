"""Hosts as the daemon sees them, with the gateway's part played by the test."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cluster_hands import PRESENCE, PlayedGateway, hosts_behind

from pipeline.cluster.host import Host
from pipeline.cluster.messages import (
    PIECE_BYTES,
    Ended,
    Finished,
    FromHost,
    GatewayBeat,
    Gone,
    Hint,
    Limit,
    Piece,
    Told,
    Wanted,
    Withdraw,
    Work,
)
from pipeline.deadline import Deadline
from pipeline.page_result import Content, Method, PageTimings, Step, content_to_result
from pipeline.pool.interface import Done, Expired, Failed, Lost, PoolEvent, Progress
from pipeline.worker.tasks import ANSWERS, TASKS, PageProgress, PageTask, PictureText, Unwritten

if TYPE_CHECKING:
    from pipeline.cluster.hosts import Hosts

BODY = b"%PDF-" + bytes(range(256)) * (PIECE_BYTES // 200)
SHA = hashlib.sha256(BODY).hexdigest()
RESULT = content_to_result(
    Content(method=Method.TEXT_LAYER), 1, fallback=None, attempts=(), timings=PageTimings(queue_s=0.0, total_s=0.1)
)


class Stage:
    """One host of two slots, and a page for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pdf = folder / "original.pdf"
        self.pdf.write_bytes(BODY)
        self.gateway = PlayedGateway()
        self.now = 1000.0
        self.hosts: Hosts = hosts_behind(self.gateway, clock=lambda: self.now)
        self.gateway.join("b1")
        self.look()

    def look(self) -> list[PoolEvent]:
        self.hosts.look(Deadline.after(0), ())
        return self.hosts.events("pages")

    def pass_time(self, seconds: float) -> list[PoolEvent]:
        """With a daemon that looks at its clock all the time."""
        events = []
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            events += self.look()
        return events

    @property
    def usable(self) -> list[Host]:
        return list(self.hosts.usable("pages"))

    def task(self, number: int = 1, **more: object) -> PageTask:
        facts: dict[str, object] = {"document": "a.pdf", "path": self.pdf, "target": None, "page_timeout_s": 60.0}
        facts |= {"number": number, "out": self.folder / f"{number}.json", "document_remaining_s": 100.0, "sha256": SHA}
        return PageTask(**(facts | more))  # type: ignore[arg-type]  # a test's short way

    def submit(self, key: str = "k1", task: PageTask | None = None) -> Work:
        self.hosts.submit(self.usable[0], "pages", key, task or self.task(), Deadline.after(30.0))
        (work,) = (each for each in self.orders() if isinstance(each, Work))
        return work

    def orders(self, boot: str = "b1") -> list[object]:
        """What the daemon has said to a host since the last call."""
        self.hosts.flush()
        return self.gateway.orders(boot)

    def say(self, *reports: Told | Finished | Ended | Wanted) -> list[PoolEvent]:
        self.gateway.say("b1", *reports)
        return self.look()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def finished(work: Work, file: bytes | None = b"record") -> Finished:
    return Finished(attempt=work.attempt, value=ANSWERS.encode(RESULT), file=file)


def test_a_result_comes_with_its_record_which_the_daemon_writes(stage: Stage) -> None:
    work = stage.submit()
    assert TASKS.decode(work.task) == stage.task()
    assert 29.0 < work.remaining_s <= 30.0

    told = stage.say(Told(attempt=work.attempt, value=ANSWERS.encode(PageProgress(step=Step.CHECK))))
    done = stage.say(finished(work))

    assert told == [Progress(key="k1", value=PageProgress(step=Step.CHECK))]
    assert done == [Done(key="k1", value=RESULT)]
    assert (stage.folder / "1.json").read_bytes() == b"record"
    assert stage.usable[0].free("pages") == 2


def test_a_record_that_cannot_be_written_is_said_to_be_unwritten(stage: Stage) -> None:
    work = stage.submit(task=stage.task(out=stage.folder / "gone" / "1.json"))

    (event,) = stage.say(finished(work))

    assert isinstance(event, Done)
    assert isinstance(event.value, Unwritten)


def test_no_more_is_sent_than_a_host_has_slots(stage: Stage) -> None:
    stage.submit("k1")
    stage.submit("k2", stage.task(2))

    assert stage.usable == []
    assert [host.boot for host in stage.hosts.at("one")] == ["b1"]


def test_a_document_is_sent_piece_by_piece_as_it_is_asked_for(stage: Stage) -> None:
    stage.submit()
    received = b""
    while len(received) < len(BODY):
        stage.say(Wanted(sha256=SHA, offset=len(received)))
        (piece,) = stage.orders()
        assert isinstance(piece, Piece)
        assert (piece.offset, piece.size) == (len(received), len(BODY))
        received += piece.data

    assert received == BODY


def test_no_host_gets_a_document_of_which_it_has_no_page(stage: Stage) -> None:
    stage.say(Wanted(sha256=SHA, offset=0))

    assert stage.orders() == []


def test_a_document_that_cannot_be_read_fails_its_tasks(stage: Stage) -> None:
    work = stage.submit()
    stage.pdf.unlink()

    (event,) = stage.say(Wanted(sha256=SHA, offset=0))

    assert isinstance(event, Failed)
    assert stage.orders() == [Withdraw(attempt=work.attempt)]


def test_limits_and_hints_go_to_the_host_that_has_the_page(stage: Stage) -> None:
    work = stage.submit()

    stage.hosts.prepare("k1", stage.task(2), next_key="k2")
    stage.hosts.limit("k1", Deadline.after(5.0))

    hint, limit = stage.orders()
    assert isinstance(hint, Hint)
    assert isinstance(limit, Limit)
    assert (hint.attempt, limit.attempt) == (work.attempt, work.attempt)
    assert stage.submit("k2", stage.task(2)).attempt == hint.following.attempt


def test_a_cancelled_page_is_over_at_once_but_its_slot_is_not_free_before_the_host_says_so(stage: Stage) -> None:
    work = stage.submit()

    stage.hosts.cancel("k1")

    assert stage.orders() == [Withdraw(attempt=work.attempt)]
    assert stage.look() == [Lost(key="k1", exit_code=None, cancelled=True)]
    assert stage.usable[0].free("pages") == 1
    assert stage.say(Ended(attempt=work.attempt, how="withdrawn")) == []
    assert stage.usable[0].free("pages") == 2


def test_the_ends_of_workers_are_told_as_those_of_this_machine(stage: Stage) -> None:
    ends = [("failed", Failed(key="k1", detail="no")), ("expired", Expired(key="k1"))]
    for how, expected in ends:
        work = stage.submit()
        assert stage.say(Ended(attempt=work.attempt, how=how, detail="no")) == [expected]  # type: ignore[arg-type]
    work = stage.submit()
    assert stage.say(Ended(attempt=work.attempt, how="lost", exit_code=-11)) == [Lost(key="k1", exit_code=-11)]


def test_a_host_that_cannot_do_a_page_rests_and_the_page_goes_elsewhere(stage: Stage) -> None:
    work = stage.submit()

    (event,) = stage.say(Ended(attempt=work.attempt, how="refused", detail="no space left"))

    assert isinstance(event, Lost)
    assert "no space left" in event.host
    assert stage.usable == []
    assert "no space left" in stage.hosts.facts[0].state


def test_a_silent_host_gets_no_page_and_is_given_up_later(stage: Stage) -> None:
    work = stage.submit()

    assert stage.pass_time(3.5) == []
    assert stage.usable == []

    (event,) = stage.pass_time(5.0)
    assert isinstance(event, Lost)
    assert event.host == "the host one was lost: no word of it for 8 s"
    assert stage.gateway.given_up == ["b1"]
    # What it says now is for nobody.
    assert stage.say(finished(work)) == []
    assert not (stage.folder / "1.json").exists()


def test_a_host_that_was_found_idle_takes_a_page_however_late_the_order_comes(stage: Stage) -> None:
    found = stage.usable
    stage.now += 3.5  # a slow disk, between the daemon's question and its order

    assert stage.usable == found == stage.hosts.at("one")


def test_a_stall_of_the_daemon_itself_costs_no_host(stage: Stage) -> None:
    stage.submit()
    stage.now += 20.0

    assert stage.look() == []
    assert [each.name for each in stage.hosts.facts] == ["one"]


def test_a_host_that_comes_back_is_another_one(stage: Stage) -> None:
    work = stage.submit()
    stage.gateway.incoming.append(Gone(boot="b1", name="one", detail="connection closed"))
    (event,) = stage.look()
    assert event == Lost(key="k1", exit_code=None, host="the host one was lost: connection closed")

    stage.gateway.join("b2")
    assert stage.look() == []
    stage.hosts.submit(stage.usable[0], "pages", "k1", stage.task(), Deadline.after(30.0))
    (again,) = stage.orders("b2")
    assert isinstance(again, Work)
    assert again.attempt != work.attempt
    # The old attempt's number means nothing to the new engagement.
    stage.gateway.say("b2", finished(work))
    assert stage.look() == []


def test_the_death_of_the_gateway_loses_all_hosts_and_it_is_begun_again(stage: Stage) -> None:
    stage.submit()
    begun = stage.gateway.begun
    stage.gateway.has_died = True

    (event,) = stage.look()

    assert isinstance(event, Lost)
    assert stage.hosts.facts == ()
    assert stage.gateway.begun > begun
    assert stage.hosts.trouble


@pytest.mark.parametrize("nonsense", [b"", b"\xff", b"\x92\xa4Told\x80", ANSWERS.encode(RESULT), b"\x93" * 5000])
def test_a_host_that_makes_no_sense_is_given_up(stage: Stage, nonsense: bytes) -> None:
    stage.submit()
    stage.gateway.incoming.append(FromHost(boot="b1", reports=(nonsense,)))

    (event,) = stage.look()

    assert isinstance(event, Lost)
    assert stage.gateway.given_up == ["b1"]


def test_a_page_whose_result_makes_no_sense_has_failed(stage: Stage) -> None:
    work = stage.submit()

    (event,) = stage.say(Finished(attempt=work.attempt, value=b"rubbish", file=None))

    assert isinstance(event, Failed)
    assert [each.name for each in stage.hosts.facts] == ["one"]


def test_a_host_that_lives_but_never_says_how_a_page_ended_loses_it(stage: Stage) -> None:
    work = stage.submit()
    stage.usable[0].attempts[work.attempt].late = Deadline.after(0)
    stage.now += 0.2

    assert stage.look() == [Expired(key="k1")]
    assert stage.orders() == [Withdraw(attempt=work.attempt)]


def test_the_text_of_a_picture_and_a_password_travel_with_the_page(stage: Stage) -> None:
    picture = stage.folder / "1.picture"
    picture.write_bytes(b"words")
    (stage.folder / "password").write_text("secret")

    work = stage.submit(task=stage.task(picture_text=PictureText(path=picture)))

    task = TASKS.decode(work.task)
    assert isinstance(task, PageTask)
    assert work.picture == b"words"
    assert task.settings.passwords == ("secret",)


def test_pictures_have_a_slot_of_their_own(stage: Stage) -> None:
    stage.submit("k1")
    stage.submit("k2", stage.task(2))

    assert len(list(stage.hosts.usable("pictures"))) == 1


def test_trouble_with_the_scheduler_is_said_until_it_is_over(stage: Stage) -> None:
    stage.gateway.incoming.append(GatewayBeat(trouble="it is gone"))
    stage.look()
    assert stage.hosts.trouble == "Cluster: it is gone."

    stage.gateway.incoming.append(GatewayBeat())
    stage.look()
    assert stage.hosts.trouble == ""


def test_people_see_the_state_of_each_host(stage: Stage) -> None:
    stage.gateway.incoming.append(Gone(boot="x", name="two", detail="has Dropleaf 9"))
    stage.look()

    one, two = stage.hosts.facts
    assert (one.name, one.slots, one.state, one.release) == ("one", 2, "ready", PRESENCE.release)
    assert (two.name, two.slots, two.state) == ("two", 0, "has Dropleaf 9")
