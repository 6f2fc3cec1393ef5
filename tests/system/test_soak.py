"""What the soak takes for growth."""

import random
from dataclasses import fields, replace

import pytest
from soak import Sample, samples_to_trends

_MIB = 1 << 20
#: Of half an hour's second half.
_SAMPLES, _DOCUMENTS = 450, 6200


def _samples(
    daemon_bytes: float, *, worker_mib: float = 0.0, descriptors: float = 0.0, files: float = 0.0
) -> list[Sample]:
    """A soak's second half in which so many bytes a document are added, and so much in all of other things."""
    chance = random.Random(0)
    nothing = Sample(**{field.name: 0 for field in fields(Sample)})
    return [
        replace(
            nothing,
            at=2.0 * number,
            documents=number * _DOCUMENTS // _SAMPLES,
            daemon_rss=72.0 + number / _SAMPLES * _DOCUMENTS * daemon_bytes / _MIB + 0.05 * (number % 7),
            workers_rss=300.0 + number / _SAMPLES * worker_mib,
            state_files=chance.randrange(10, 60) + number / _SAMPLES * files,
            daemon_descriptors=40 + number % 3 + number / _SAMPLES * descriptors,
        )
        for number in range(_SAMPLES)
    ]


def _grown(samples: list[Sample]) -> set[str]:
    return {trend.name for trend in samples_to_trends(samples) if trend.grown}


@pytest.mark.parametrize("leak", [0.0, 40.0, -300.0])
def test_what_stays_as_it_is_or_shrinks_is_flat(leak: float) -> None:
    assert _grown(_samples(leak)) == set()


def test_a_leak_of_300_bytes_a_document_in_the_daemon_is_growth() -> None:
    assert _grown(_samples(300.0)) == {"daemon_rss"}


def test_other_things_may_grow_by_a_twentieth_or_by_one() -> None:
    assert _grown(_samples(0.0, worker_mib=14.0, descriptors=1.0)) == set()
    assert _grown(_samples(0.0, worker_mib=17.0, descriptors=3.0)) == {"workers_rss", "daemon_descriptors"}


def test_what_goes_up_and_down_has_grown_only_beyond_chance() -> None:
    assert _grown(_samples(0.0, files=3.0)) == set()
    assert _grown(_samples(0.0, files=30.0)) == {"state_files"}
