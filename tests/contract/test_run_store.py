"""What every RunStore promises: the fake in memory and the one on SQLite alike."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.run_store import MemoryRunStore
from fakes.runs import DAY_NS, a_run
from sluice.adapters.storage.registry import SqlRunStore, sqlite_url


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryRunStore()
        return
    url = sqlite_url(tmp_path / "registry.db")
    with SqlRunStore.open(url, busy_timeout_ns=10**9) as opened:
        yield opened


def test_a_recorded_run_is_read_back_as_it_was(store):
    run = a_run(kind="gate2", passed=False, report="/reports/ä.html", lineage=("a", "b"), seed=7)
    run_id = store.record(run)
    assert store.get(run_id) == replace(run, run_id=run_id)


def test_ids_grow_from_one(store):
    assert [store.record(a_run()) for _ in range(3)] == [1, 2, 3]


def test_a_batch_is_stored_at_once_and_counts_each_run(store):
    store.record_many([])
    store.record_many([a_run(kind="sweep", seed=i) for i in range(3)])
    assert [run.seed for run in store.runs()] == [2, 1, 0]
    run = a_run()
    assert store.trials(run.lineage, run.dataset, run.start_ns, run.end_ns) == 3


def test_a_run_that_is_not_there_is_none(store):
    assert store.get(1) is None
    assert store.hide(1) is False


def test_runs_are_listed_newest_first_up_to_the_limit(store):
    for _ in range(3):
        store.record(a_run())
    assert [run.run_id for run in store.runs(limit=2)] == [3, 2]


def test_a_hidden_run_leaves_the_list_but_still_counts_and_is_still_evidence(store):
    store.record(a_run(kind="gate1"))
    assert store.hide(1) is True
    assert store.hide(1) is True
    assert store.runs() == ()
    assert [run.hidden for run in store.runs(hidden=True)] == [True]
    assert store.trials(("name:ema_cross",), "sim", 0, DAY_NS) == 1
    found = store.latest_pass("identity-1", "gate1", 0)
    assert found is not None
    assert found.hidden


def test_the_latest_pass_is_of_this_identity_and_gate_and_recent_enough(store):
    store.record(a_run(kind="gate1", created_ns=100))
    store.record(a_run(kind="gate1", created_ns=200))
    store.record(a_run(kind="gate1", created_ns=300, passed=False))
    store.record(a_run(kind="gate2", created_ns=400))
    store.record(a_run(kind="gate1", created_ns=500, identity="identity-2"))
    store.record(a_run(kind="backtest", created_ns=600))
    found = store.latest_pass("identity-1", "gate1", 200)
    assert found is not None
    assert found.run_id == 2
    assert store.latest_pass("identity-1", "gate1", 201) is None


def test_every_kind_of_run_is_a_trial_exploratory_ones_too(store):
    store.record(a_run())
    store.record(a_run(kind="gate1", passed=False))
    store.record(a_run(kind="gate2", passed=False, exploratory=True))
    assert store.trials(("name:ema_cross",), "sim", 0, DAY_NS) == 3


def test_trials_are_counted_per_data_set_and_overlapping_window(store):
    store.record(a_run(start_ns=0, end_ns=100))
    store.record(a_run(start_ns=100, end_ns=200))
    store.record(a_run(start_ns=201, end_ns=300))
    store.record(a_run(start_ns=0, end_ns=300, dataset="other"))
    assert store.trials(("name:ema_cross",), "sim", 0, 100) == 2
    assert store.trials(("name:ema_cross",), "sim", 150, 201) == 2
    assert store.trials(("name:ema_cross",), "sim", 301, 400) == 0
    assert store.trials(("name:ema_cross",), "other", 0, 1) == 1


def test_editing_a_word_does_not_reset_the_count(store):
    store.record(a_run(lineage=("name:x", "hypothesis:1", "source:1")))
    store.record(a_run(lineage=("name:x", "hypothesis:1", "source:2")))
    store.record(a_run(lineage=("name:x", "hypothesis:2", "source:2")))
    assert store.trials(("name:y", "hypothesis:2", "source:3"), "sim", 0, 1) == 3


def test_a_strategy_that_shares_nothing_starts_at_zero(store):
    store.record(a_run(lineage=("name:x", "hypothesis:1")))
    assert store.trials(("name:y", "hypothesis:2"), "sim", 0, 1) == 0


def test_two_lineages_become_one_when_a_run_joins_them_and_earlier_runs_count(store):
    store.record(a_run(lineage=("name:x",)))
    store.record(a_run(lineage=("name:y",)))
    assert store.trials(("name:x",), "sim", 0, 1) == 1
    store.record(a_run(lineage=("name:x", "name:y")))
    assert store.trials(("name:x",), "sim", 0, 1) == 3
    assert store.trials(("name:y",), "sim", 0, 1) == 3


def test_keys_of_two_lineages_count_both_before_any_run_has_joined_them(store):
    store.record(a_run(lineage=("name:x",)))
    store.record(a_run(lineage=("name:y",)))
    assert store.trials(("name:x", "name:y"), "sim", 0, 1) == 2


def test_a_second_close_does_nothing(store):
    store.close()
    store.close()


KEYS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True).map(tuple)


@given(runs=st.lists(KEYS, max_size=12), asked=KEYS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lineages_on_sqlite_are_those_of_the_plain_model(runs, asked, tmp_path_factory):
    model = MemoryRunStore()
    url = sqlite_url(tmp_path_factory.mktemp("registry") / "registry.db")
    with SqlRunStore.open(url, busy_timeout_ns=10**9) as stored:
        for keys in runs:
            model.record(a_run(lineage=keys))
            stored.record(a_run(lineage=keys))
        assert stored.trials(asked, "sim", 0, 1) == model.trials(asked, "sim", 0, 1)
