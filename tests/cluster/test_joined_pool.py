"""One pool over this machine and its hosts: where a task goes."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from cluster_hands import PRESENCE, PlayedGateway, hosts_behind
from fake_pool import FakePool

from pipeline.cluster.joined_pool import JoinedPool, OwnCores
from pipeline.cluster.messages import ORDERS, ForHost, Presence, Work
from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.pool.interface import LOCAL
from pipeline.release import RELEASE
from pipeline.server_target import ServerTarget
from pipeline.worker.tasks import PageTask, RecogniseTask

URL = "http://10.0.0.2:1234/v1"


class Joined:
    """Workers of this machine, a host of two slots, and what was sent where."""

    def __init__(self, *, local: int | None = 2, places: Mapping[str, str] | None = None, hosts: int = 1) -> None:
        self.gateway = PlayedGateway()
        self.hosts = hosts_behind(self.gateway, clock=lambda: 1000.0)
        self.local = None if local is None else FakePool(local)
        self.cores = OwnCores(2)
        self.pool = JoinedPool(
            self.hosts, "pages", local=self.local, slots=local or 0, cores=self.cores, places=places or {}
        )
        for number in range(hosts):
            self.gateway.join(f"b{number}", f"host{number}")
        self.hosts.look(Deadline.after(0), ())
        self.keys = 0

    def submit(self, url: str | None = None, *, sha256: str = "a" * 64) -> str:
        """Where a page has gone."""
        self.keys += 1
        target = None if url is None else ServerTarget(url=url, model="m")
        task = PageTask(
            document="a.pdf",
            path=Path("/gone.pdf"),
            number=1,
            out=Path("/gone.json"),
            target=target,
            page_timeout_s=1.0,
            document_remaining_s=1.0,
            sha256=sha256,
        )
        self.gateway.told.clear()
        self.pool.submit(str(self.keys), task, Deadline.after(1.0))
        self.hosts.flush()
        for message in self.gateway.told:
            if isinstance(message, ForHost) and isinstance(ORDERS.decode(message.orders[0]), Work):
                return message.boot
        return LOCAL


def test_pages_go_to_where_the_larger_share_is_free() -> None:
    joined = Joined()

    assert joined.pool.idle == 4
    assert [joined.submit() for _ in range(4)] == [LOCAL, "b0", LOCAL, "b0"]
    assert joined.pool.idle == 0


def test_what_computes_goes_to_idle_cores_whatever_waits_there_for_a_server() -> None:
    joined = Joined(local=None, hosts=2)

    assert joined.submit(sha256="b" * 64) == "b0"
    assert joined.submit(URL, sha256="c" * 64) == "b1"
    # Now a slot of each is taken, and a core of the first one.
    assert joined.submit(sha256="d" * 64) == "b1"
    assert joined.submit(URL, sha256="e" * 64) == "b0"


def test_a_picture_is_read_where_cores_are_idle() -> None:
    joined = Joined()
    pictures = JoinedPool(joined.hosts, "pictures", local=FakePool(1), slots=1, cores=joined.cores, places={})

    def submit(key: str) -> bool:
        task = RecogniseTask(document="a.pdf", path=Path("/gone.pdf"), number=1, out=Path("/gone.txt"), sha256="a" * 64)
        pictures.submit(key, task, Deadline.after(1.0))
        return joined.hosts.has(key)

    assert [joined.submit() for _ in range(3)] == [LOCAL, "b0", LOCAL]
    assert submit("first"), "the host has a core left"
    assert not submit("second"), "only here an engine is free"
    assert pictures.idle == 0


def test_what_no_other_machine_can_be_sent_stays_here_even_where_pages_do_not() -> None:
    joined = Joined(local=1)
    joined.pool = JoinedPool(joined.hosts, "pages", local=joined.local, slots=0, cores=joined.cores, places={})

    assert (joined.pool.idle, joined.pool.idle_at(LOCAL)) == (2, 1)
    assert [joined.submit(), joined.submit(), joined.submit(sha256="")] == ["b0", "b0", LOCAL]
    assert (joined.pool.idle, joined.pool.idle_at(LOCAL)) == (0, 0)
    with pytest.raises(PoolError):
        joined.submit()


def test_what_nobody_can_take_is_refused() -> None:
    with pytest.raises(PoolError):
        Joined(local=None, hosts=0).submit()


def test_a_host_that_has_the_document_comes_before_one_that_has_not() -> None:
    joined = Joined(local=None, hosts=2)

    first = joined.submit(sha256="b" * 64)
    other = "b1" if first == "b0" else "b0"
    assert joined.submit(sha256="c" * 64) == other
    assert joined.submit(sha256="b" * 64) == first


def test_a_servers_pages_are_drawn_on_its_host_while_that_is_there() -> None:
    joined = Joined(places={URL: "host1", "http://127.0.0.1:1/v1": LOCAL}, hosts=2)

    assert joined.pool.idle_at("host1") == 2
    assert [joined.submit(URL), joined.submit(URL)] == ["b1", "b1"]
    assert joined.pool.idle_at("host1") == 0
    assert joined.submit("http://127.0.0.1:1/v1") == LOCAL


def test_a_host_that_is_away_does_not_hold_up_its_servers_pages() -> None:
    joined = Joined(places={URL: "elsewhere"})

    assert joined.pool.idle_at("elsewhere") == joined.pool.idle == 4
    assert joined.submit(URL) == LOCAL


def test_a_host_without_an_engine_gets_no_pictures() -> None:
    joined = Joined(local=None)
    pictures = JoinedPool(joined.hosts, "pictures", local=None, slots=1, cores=joined.cores, places={})
    assert pictures.idle == 1

    joined.gateway.say("b0", Presence(slots=2, cores=2, pictures=0, clock=0.0, free_mib=1, release=RELEASE))
    joined.hosts.look(Deadline.after(0), ())

    assert pictures.idle == 0
    assert PRESENCE.pictures == 1


def test_what_concerns_a_local_page_stays_here() -> None:
    joined = Joined()
    assert joined.submit() == LOCAL

    joined.pool.limit("1", Deadline.after(5.0))

    assert joined.local is not None
    assert joined.local.deadlines["1"].remaining > 3.0
    assert joined.gateway.told == []
