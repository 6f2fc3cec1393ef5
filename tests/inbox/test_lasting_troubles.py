"""What is said of troubles that last."""

from typing import TYPE_CHECKING

from pipeline.inbox.lasting_troubles import LastingTroubles

if TYPE_CHECKING:
    from pipeline.threads.mailbox import Trouble


def test_a_trouble_is_told_when_it_begins_changes_and_ends() -> None:
    told: list[Trouble] = []
    troubles = LastingTroubles(told.append)

    for words in ("disk full", "disk full", "disk gone"):
        troubles.report("claim_failed", words)
    troubles.clear("claim_failed")
    troubles.clear("claim_failed")

    assert [(each.what, each.detail) for each in told] == [
        ("claim_failed", "disk full"),
        ("claim_failed", "disk gone"),
        ("claim_failed", None),
    ]


def test_several_files_with_one_cause_are_told_of_once() -> None:
    told: list[Trouble] = []
    troubles = LastingTroubles(told.append)

    troubles.report("claim_failed", "a.pdf: disk full", cause="disk full")
    troubles.report("claim_failed", "b.pdf: disk full", cause="disk full")

    assert [each.detail for each in told] == ["a.pdf: disk full"]
