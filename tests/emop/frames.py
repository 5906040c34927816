"""Frames for tests: any that can be sent."""

from hypothesis import strategies as st

from flows_meter_sync.emop import Frame

ADDRESSES = st.integers(0, 0xFFFFFF)

frames = st.builds(Frame, ADDRESSES, ADDRESSES, st.integers(0, 255), st.binary(min_size=1, max_size=243))
without_delimiter = st.binary(max_size=40).map(lambda stray: stray.replace(b"\x7e", b""))
