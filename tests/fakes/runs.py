"""Run records for tests: a complete one, of which a test names only what it is about."""

from sluice.domain.run import RunRecord

DAY_NS = 86_400_000_000_000


def a_run(**said):
    """A plain backtest of EmaCross over ten days; a gate's run gets a verdict with it."""
    judged = said.get("kind", "backtest") not in ("backtest", "sweep")
    fields = {
        "kind": "backtest",
        "strategy": "ema_cross",
        "created_ns": 1_700_000_000_000_000_000,
        "identity": "identity-1",
        "lineage": ("name:ema_cross",),
        "dataset": "sim",
        "start_ns": 0,
        "end_ns": 10 * DAY_NS,
        "data_digest": "d1",
        "params": '{"fast":12}',
        "seed": 0,
        "manifest": "{}",
        "metrics": '{"sharpe":1.0}',
        "checks": "[]" if judged else None,
        "passed": True if judged else None,
        "exploratory": False,
        "provenance": "simulated",
        "result_digest": "r1",
        "report": None,
        "wall_seconds": 0.5,
    }
    return RunRecord(**(fields | said))
