"""Frames come out as they went in, and nothing is read that is larger than agreed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pool.channel import Frame, FrameBuffer, Kind, OversizedError


@given(bodies=st.lists(st.binary(max_size=40), max_size=6), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_frames_come_out_whole_however_they_were_cut(bodies: list[bytes], cuts: list[int]) -> None:
    frames = [Frame(kind=Kind.PROGRESS, body=body) for body in bodies]
    data = b"".join(frame.to_bytes() for frame in frames)
    buffer = FrameBuffer(40)
    came: list[Frame] = []

    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start_at, end_at in itertools.pairwise(edges):
        buffer.feed(data[start_at:end_at])
        came += buffer.frames()

    assert came == frames


def test_a_frame_over_the_agreed_size_is_refused_before_it_has_come() -> None:
    buffer = FrameBuffer(100)

    buffer.feed(Frame(kind=Kind.DONE, body=bytes(101)).to_bytes()[:20])

    with pytest.raises(OversizedError):
        list(buffer.frames())
