"""Which page comes next."""

from collections import Counter
from dataclasses import replace

from claims import DOCUMENT, FELL

from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.schedule import Schedule
from pipeline.page_result import Method


def document(name: str, pages: int) -> Conversion:
    conversion = Conversion(replace(DOCUMENT, name=name), began_at=0.0)
    conversion.begin(pages, {}, budget_s=1.0, now=0.0)
    return conversion


def give(schedule: Schedule, conversions: list[Conversion]) -> str:
    """Give one page out, and have it finished at once."""
    found = schedule.next_order(conversions, model=True)
    assert found is not None
    conversion, order = found
    schedule.given()
    conversion.start(order, target=None, now=0.0)
    conversion.finish(order.number, (Method.VISION, None), now=0.0)
    return conversion.document.name


def test_a_one_page_file_passes_a_book() -> None:
    conversions = [document("book", 500), document("letter", 1)]

    given = [give(Schedule(), conversions[:1]), give(Schedule(), conversions)]

    assert given == ["book", "letter"]


def test_the_oldest_gets_every_fourth_turn_however_many_small_ones_come() -> None:
    schedule = Schedule()
    conversions = [document("book", 100), *(document("letter", 1) for _ in range(75))]

    given = [give(schedule, conversions) for _ in range(100)]

    assert Counter(given) == {"book": 25, "letter": 75}
    assert all(name == "book" for name in given[3::4])


def test_looks_that_find_no_room_take_nobodys_turn() -> None:
    schedule = Schedule()
    conversions = [document("book", 100), *(document("letter", 1) for _ in range(75))]

    given = []
    for _ in range(100):
        given.append(give(schedule, conversions))
        schedule.next_order(conversions, model=True)

    assert Counter(given)["book"] == 25


def test_documents_dropped_together_are_finished_one_after_the_other() -> None:
    schedule = Schedule()
    conversions = [document(str(number), 5) for number in range(20)]

    given = [give(schedule, conversions) for _ in range(20)]

    assert len(set(given)) <= 5


def test_pages_for_readers_are_a_line_of_their_own() -> None:
    conversion = document("a", 2)
    assert Schedule().next_order([conversion], model=False) is None
    conversion.give_up_model(FELL)

    found = Schedule().next_order([conversion], model=False)

    assert found is not None
    assert found[1].number == 1
    assert Schedule().next_order([conversion], model=True) is None
    assert Schedule().next_order([], model=True) is None


def test_a_document_that_nobody_waits_for_comes_behind_all_others() -> None:
    late = Conversion(replace(DOCUMENT, name="late", late=True), began_at=0.0)
    late.begin(1, {}, budget_s=1.0, now=0.0)
    conversions = [late, document("book", 9)]
    schedule = Schedule()

    assert [give(schedule, conversions) for _ in range(10)] == ["book"] * 9 + ["late"]


def test_a_larger_priority_comes_first_also_before_the_turn_of_the_oldest() -> None:
    schedule = Schedule()
    conversions = [document("book", 100), document("letter", 1), document("urgent", 10)]
    conversions[2].priority = 5
    conversions[1].priority = -5

    given = [give(schedule, conversions) for _ in range(111)]

    assert given == ["urgent"] * 10 + ["book"] * 100 + ["letter"]
