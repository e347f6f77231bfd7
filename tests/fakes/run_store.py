"""A registry in memory: the plain model of what every RunStore promises, and the fake for tests."""

from dataclasses import replace


class MemoryRunStore:
    """Keeps runs in a list and counts lineages by walking the graph of shared keys, slowly."""

    def __init__(self):
        self._runs = []

    def record(self, run):
        self._runs.append(replace(run, run_id=len(self._runs) + 1))
        return len(self._runs)

    def record_many(self, records):
        for run in records:
            self.record(run)

    def get(self, run_id):
        return self._runs[run_id - 1] if 1 <= run_id <= len(self._runs) else None

    def runs(self, limit=20, *, hidden=False):
        newest = [run for run in reversed(self._runs) if hidden or not run.hidden]
        return tuple(newest[:limit])

    def latest_pass(self, identity, gate, not_before_ns):
        passed = [
            run
            for run in self._runs
            if run.identity == identity
            and run.kind == gate
            and run.passed
            and run.created_ns >= not_before_ns
        ]
        return max(passed, key=lambda run: (run.created_ns, run.run_id), default=None)

    def trials(self, lineage, dataset, start_ns, end_ns):
        reached = set(lineage)
        grown = True
        while grown:
            grown = False
            for run in self._runs:
                if reached & set(run.lineage) and not reached >= set(run.lineage):
                    reached |= set(run.lineage)
                    grown = True
        return sum(
            bool(reached & set(run.lineage))
            and run.dataset == dataset
            and run.start_ns <= end_ns
            and run.end_ns >= start_ns
            for run in self._runs
        )

    def hide(self, run_id):
        if self.get(run_id) is None:
            return False
        self._runs[run_id - 1] = replace(self._runs[run_id - 1], hidden=True)
        return True

    def close(self):
        """Nothing is held."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
