"""What daemon, gateway and hosts say to each other: whatever comes is a checked value, or an error."""

import pytest

from pipeline.cluster.messages import ORDERS, REPORTS, Limit, Presence, Wanted, bytes_to_orders, bytes_to_report

ORDER = ORDERS.encode(Limit(attempt=3, remaining_s=1.5))
REPORT = REPORTS.encode(Wanted(sha256="a" * 64, offset=5))


def test_an_order_and_a_report_come_as_they_were_sent() -> None:
    assert bytes_to_orders([ORDER]) == [Limit(attempt=3, remaining_s=1.5)]
    assert bytes_to_report(REPORT) == Wanted(sha256="a" * 64, offset=5)


@pytest.mark.parametrize(
    "nonsense", [b"", b"\xff", REPORT, ORDER[:-3], ORDER.replace(b"\x03", b"\xff"), b"\x93" * 5000]
)
def test_a_host_takes_nothing_that_is_no_order(nonsense: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        bytes_to_orders([ORDER, nonsense])


@pytest.mark.parametrize(
    "report",
    [
        Wanted(sha256="../../etc/passwd", offset=0),
        Wanted(sha256="a" * 64, offset=-1),
        Presence(slots=0, cores=1, pictures=0, clock=0.0, free_mib=1, release="1"),
        Presence(slots=1, cores=1, pictures=9, clock=0.0, free_mib=1, release="1"),
        Presence(slots=1, cores=1, pictures=0, clock=0.0, free_mib=1, release="x" * 300),
    ],
)
def test_the_daemon_takes_no_value_beyond_its_limits(report: Wanted | Presence) -> None:
    with pytest.raises(ValueError, match=r"Expected|matching"):
        bytes_to_report(REPORTS.encode(report))
