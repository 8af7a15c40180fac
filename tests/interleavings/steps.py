"""Steps drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.interleavings.world import KINDS, OWNER, SERVER, Step

_NUMBER = st.integers(0, 5)

STEP: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("go"), _NUMBER),
    st.tuples(st.just("begin"), st.sampled_from(OWNER), _NUMBER),
    st.tuples(st.just("go"), _NUMBER),
    st.tuples(st.just("begin"), st.sampled_from(SERVER), _NUMBER),
    st.tuples(st.just("end"), _NUMBER),
    st.tuples(st.just("begin"), st.just("slot"), _NUMBER),
    st.tuples(st.just("go"), _NUMBER),
    st.tuples(st.sampled_from(("kill", "hurt", "beat")), _NUMBER),
    st.just(("time",)),
    st.tuples(st.just("submit"), st.sampled_from(KINDS)),
)


_MOST = 40

PLAY: st.SearchStrategy[list[Step]] = st.builds(
    lambda kind, steps: [("submit", kind), *steps],
    st.sampled_from(KINDS),
    # Lists of hypothesis' own choice are short.
    st.integers(0, _MOST).flatmap(lambda count: st.lists(STEP, min_size=count, max_size=count)),
)
"""Steps that begin with a job."""
