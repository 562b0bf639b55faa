"""The log of a batch has every run's end, and no batch takes an earlier one's log away."""

import json
import os

import pytest

from analysis.batch.outcome import Outcome
from analysis.batch.plan import make_plan
from analysis.batch.progress import Silence
from analysis.batch.runlog import KEPT, LOG, RunLog, keep_earlier_log


def logged(folder, name: str = LOG) -> list[dict]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def plan(tiny):
    tiny.build.mkdir()
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks, reports=False)


def test_every_run_has_a_line_with_time_memory_kind_worker_and_outcome(plan) -> None:
    ends = {
        "reference/school": {"outcome": "done", "seconds": 1.234, "memory_mib": 171, "worker": "7 on here"},
        "9901/school": {"outcome": "failed", "seconds": 2.0, "error": "ValueError", "message": "answer 2"},
        "9901/municipality": {"outcome": "not_run", "because": "9901/school failed"},
    }
    with RunLog(plan, Silence()) as log:
        for name, end in ends.items():
            log.ended(Outcome(id=name, **end))
    lines = logged(plan.build)
    assert all(line.pop("at")[:2] == "20" for line in lines)
    assert lines == [
        {"id": "reference/school", "kind": "reference", "outcome": "done", "seconds": 1.23}
        | {"memory_mib": 171, "worker": "7 on here"},
        {"id": "9901/school", "kind": "service", "outcome": "failed", "seconds": 2.0, "error": "ValueError"},
        {"id": "9901/municipality", "kind": "municipality", "outcome": "not_run", "seconds": 0.0}
        | {"because": "9901/school failed"},
    ]


def test_an_interrupted_batchs_log_is_kept_beside_the_next_ones(plan) -> None:
    def interrupted() -> None:
        with RunLog(plan, Silence()) as log:
            log.ended(Outcome(id="reference/school", outcome="done"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    for ending in ("unchanged", "unchanged", "done"):
        with RunLog(plan, Silence()) as log:
            log.ended(Outcome(id="reference/school", outcome="unchanged"))
            log.ended(Outcome(id="9901/school", outcome=ending))
    # The batches that made nothing have left none.
    assert [line["id"] for line in logged(plan.build, "runs.1.jsonl")] == ["reference/school"]
    assert [line["outcome"] for line in logged(plan.build)] == ["unchanged", "done"]
    assert not (plan.build / "runs.2.jsonl").exists()


def test_so_many_earlier_logs_are_kept_and_a_gap_is_filled_first(tmp_path) -> None:
    for number in range(KEPT + 3):
        (tmp_path / LOG).write_text(f'{{"outcome": "done", "id": "{number}"}}\n')
        keep_earlier_log(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"runs.{n}.jsonl" for n in range(1, KEPT + 1)}
    assert logged(tmp_path, f"runs.{KEPT}.jsonl")[0]["id"] == "3"
    (tmp_path / "runs.2.jsonl").unlink()
    (tmp_path / LOG).write_text('{"outcome": "done", "id": "new"}\n')
    keep_earlier_log(tmp_path)
    assert logged(tmp_path, "runs.1.jsonl")[0]["id"] == "new"
    assert logged(tmp_path, f"runs.{KEPT}.jsonl")[0]["id"] == "3"


@pytest.mark.skipif(os.name != "posix" or not os.path.exists("/dev/full"), reason="needs Linux's full device")
def test_where_the_log_cannot_be_written_the_batch_goes_on(plan) -> None:
    seen = []

    class Seeing(Silence):
        def ended(self, outcome: Outcome) -> None:
            seen.append(outcome.id)

    (plan.build / LOG).symlink_to("/dev/full")
    with RunLog(plan, Seeing()) as log:
        for name in ("reference/school", "9901/school"):
            log.ended(Outcome(id=name, outcome="done"))
    assert seen == ["reference/school", "9901/school"]
