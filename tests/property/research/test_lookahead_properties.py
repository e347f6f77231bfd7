"""Random expressions of the past are never accused; the same with a look ahead always are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.market.features import close, ema, high, low, sma, std, volume
from sluice.research.lookahead import lookahead_report
from unit.research.honest import rising
from unit.research.panels import panel

BARS = panel(("A", "B"), 300)

columns = st.sampled_from([close, high, low, volume])
windows = st.integers(2, 20)


def _grown(inner):
    return st.one_of(
        st.builds(sma, inner, windows),
        st.builds(ema, inner, st.integers(2, 6)),
        st.builds(std, inner, windows),
        st.builds(lambda x, n: x.shift(n), inner, st.integers(0, 10)),
        st.builds(lambda x, n: x.rolling_max(n) - x.rolling_min(n), inner, windows),
        st.builds(lambda x, y: x + y, inner, inner),
    )


expressions = st.recursive(columns, _grown, max_leaves=4)


def judged(expr):
    return lookahead_report(rising(expr), BARS)


@settings(max_examples=15, deadline=None)
@given(expressions)
def test_what_reads_the_past_alone_is_not_accused(expr):
    assert [f.message for f in judged(expr).findings] == []


@settings(max_examples=15, deadline=None)
@given(expressions, st.integers(1, 30))
def test_what_reads_ahead_is_caught_statically_and_dynamically(expr, rows):
    rules = {finding.rule for finding in judged(expr.shift(-rows)).findings}
    assert "negative_shift" in rules
    assert "truncation" in rules
