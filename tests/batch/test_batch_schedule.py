"""Runs go as soon as what they need is there; failures and dead workers stop no other."""

import errno
import os
import threading
from collections import Counter
from concurrent.futures import Future
from functools import partial
from types import SimpleNamespace

import pytest
from pretended import InProcess, pretend

from analysis.batch import RunLimits, make_plan, read_record, run_batch, schedule
from analysis.batch.folder import FACTS, INDEX
from analysis.batch.pool import Pool


@pytest.fixture
def pretending(tiny, monkeypatch):
    monkeypatch.setattr(schedule, "Pool", InProcess)
    monkeypatch.setattr(schedule, "execute", pretend)
    monkeypatch.setattr(schedule, "make_report", pretend)
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: None, raising=False)
    return tiny


def ends(tiny, **options) -> dict[str, str]:
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, workers=2, **options)
    return {o.id: o.outcome for o in result.outcomes}


def want(tiny, word: str, *ids: str) -> None:
    folder = tiny.root / "wanted"
    folder.mkdir(exist_ok=True)
    for name in ids:
        (folder / name.replace("/", "-")).write_text(word)


class OneByOne(InProcess):
    """A pool whose tasks end one by one, the oldest first, when somebody waits for one."""

    def __init__(self, workers: int, environment: dict[str, str], **options: object) -> None:
        super().__init__(workers, environment, **options)
        self.under_way = under_way
        under_way.clear()

    def submit(self, task, run, **options) -> Future:
        future = Future()
        self.under_way[future] = run.kind, partial(super().submit, task, run, **options)
        return future


under_way: dict[Future, tuple] = {}


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_at_most_half_of_the_workers_make_reports_and_none_is_idle_meanwhile(
    pretending, monkeypatch, workers
) -> None:
    seen = []

    def wait_for_one(futures, return_when):
        seen.append(Counter(kind == "report" for kind, _ in under_way.values()))
        future, (_, call) = next(iter(under_way.items()))
        del under_way[future]
        future.set_result(call().result())
        return {future}, set()

    monkeypatch.setattr(schedule, "Pool", OneByOne)
    monkeypatch.setattr(schedule, "wait", wait_for_one)
    result = run_batch(pretending.batch, pretending.build, notebooks=pretending.notebooks, workers=workers)
    assert {o.outcome for o in result.outcomes} == {"done"}
    assert max(reports[True] for reports in seen) == max(1, workers // 2)
    assert max(sum(kinds.values()) for kinds in seen) == workers


@pytest.mark.parametrize(("kernels", "forked"), [("warm", True), ("ordinary", False)])
def test_workers_are_forked_as_kernels_are_and_renewed_after_reports(
    kernels, forked, pretending, monkeypatch
) -> None:
    pools = []

    def pool(*arguments, **options):
        pools.append(InProcess(*arguments, **options))
        return pools[0]

    monkeypatch.setattr(schedule, "Pool", pool)
    options = {"notebooks": pretending.notebooks, "only": ("9901/school",)}
    run_batch(pretending.batch, pretending.build, **options, limits=RunLimits(kernels=kernels))
    assert pools[0].options == {"fork": forked, "renew_after": schedule.make_report}


def test_a_second_batch_makes_nothing_again(pretending) -> None:
    assert set(ends(pretending).values()) == {"done"}
    assert set(ends(pretending).values()) == {"unchanged"}


def test_force_makes_the_named_runs_again_and_what_is_made_of_them(pretending) -> None:
    ends(pretending)
    again = ends(pretending, only=("9901/school",), force=True)
    assert {name for name, end in again.items() if end == "done"} == {
        *("9901/school", "9901/municipality", "9901/full")
    }
    assert again["9901/library"] == "unchanged"


def test_a_changed_answer_redoes_what_read_it_and_no_other(pretending) -> None:
    ends(pretending)
    pretending.write_answers("school", {"9901": [4, 5], "9902": [1, 1], "9903": [4, 5, 6, 3, 4]})
    pretending.write_answers("school", {"9901": [4, 5, 6, 3, 4], "9902": [1, 1], "9903": [4, 5, 6, 3, 4]})
    again = ends(pretending)
    # The pretended facts are always the same: so the others do not see that the national picture was remade.
    assert {name for name, end in again.items() if end == "done"} == {
        *("reference/school", "9902/school", "9902/municipality", "9902/full")
    }


def test_changed_national_facts_redo_the_services_that_read_them(pretending) -> None:
    ends(pretending)
    want(pretending, "other facts", "reference/library")
    again = ends(pretending, only=("reference/library",), force=True)
    assert again == {"reference/library": "done"}
    after = ends(pretending)
    # The service's own facts come out as before, so that the municipality's run stands; its report holds
    # the service's notebook, and is made anew.
    assert {name for name, end in after.items() if end == "done"} == {"9901/library", "9901/full"}


def test_a_municipality_with_a_failure_gets_no_report_and_its_old_one_is_set_aside(pretending) -> None:
    ends(pretending)
    assert (pretending.build / "9901/full" / FACTS).exists()
    want(pretending, "fail", "9901/school")
    options = {"notebooks": pretending.notebooks, "only": ("9901",), "force": True, "workers": 2}
    result = run_batch(pretending.batch, pretending.build, **options)
    by_id = {o.id: o for o in result.outcomes}
    assert by_id["9901/school"].outcome == "failed"
    assert by_id["9901/library"].outcome == "done"
    assert by_id["9901/full"].outcome == "not_run"
    assert by_id["9901/full"].because == "9901/school failed"
    assert not (pretending.build / "9901/full").exists()
    assert (pretending.build / "_protected/stale/9901/full" / FACTS).exists()
    assert (pretending.build / "9902/full").exists()
    assert "no report: 9901/full" in str(result)
    assert "moved to" in str(result)
    assert "answered 2" not in str(result)

    want(pretending, "done", "9901/school")
    assert set(ends(pretending).values()) == {"done", "unchanged"}
    assert not (pretending.build / "_protected/stale/9901/full").exists()


def test_a_run_that_kills_its_worker_fails_alone(pretending, monkeypatch) -> None:
    monkeypatch.setattr(schedule, "Pool", Pool)
    want(pretending, "die", "9901/library")
    found = ends(pretending)
    assert {name for name, end in found.items() if end == "failed"} == {"9901/library"}
    assert {name for name, end in found.items() if end == "not_run"} == {"9901/municipality", "9901/full"}
    assert (pretending.build / "_protected/9901/library/error.txt").is_file()
    assert not list(pretending.build.rglob(".*.part*"))


def goes_on_while_one_waits(tiny, held: str, *, until: set[str]) -> list[str]:
    """Return what begins and ends before the run `held` does, which waits until those others have ended."""
    noted = []

    def ended(outcome) -> None:
        noted.append(f"{outcome.id} ended")
        if until <= {note.removesuffix(" ended") for note in noted}:
            want(tiny, "done", held)

    want(tiny, "wait", held)
    # Where they never do, it goes on all the same: a batch that waits for ever would be no failing test.
    at_last = threading.Timer(60, want, (tiny, "done", held))
    at_last.start()
    watch = SimpleNamespace(began=lambda run: noted.append(f"{run.id} began"), ended=ended)
    plan = make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks)
    try:
        outcomes = schedule.carry_out(plan, workers=2, watch=watch)
    finally:
        at_last.cancel()
    assert {outcome.outcome for outcome in outcomes} == {"done"}
    return noted[: noted.index(f"{held} ended")]


def test_a_report_is_made_while_a_run_of_another_municipality_goes_on(pretending, monkeypatch) -> None:
    monkeypatch.setattr(schedule, "Pool", Pool)
    meanwhile = goes_on_while_one_waits(pretending, "9902/school", until={"9901/full"})
    assert "9901/full ended" in meanwhile[meanwhile.index("9902/school began") :]


def test_a_service_s_national_picture_is_waited_for_by_what_needs_it_and_nothing_else(
    pretending, monkeypatch
) -> None:
    monkeypatch.setattr(schedule, "Pool", Pool)
    meanwhile = goes_on_while_one_waits(
        pretending, "reference/library", until={"9901/school", "9902/full", "9903/full"}
    )
    assert {note.removesuffix(" began") for note in meanwhile if note.endswith(" began")} == {
        *("reference/library", "reference/school", "9901/school"),
        *(f"{place}/{run}" for place in ("9902", "9903") for run in ("school", "municipality", "full")),
    }
    assert {"9902/full ended", "9903/full ended"} <= set(meanwhile)


def test_runs_that_the_batch_no_longer_names_are_set_aside(pretending) -> None:
    ends(pretending)
    pretending.write_batch(municipalities=["9901"], services=["school"])
    assert set(ends(pretending)) == {"reference/school", "9901/school", "9901/municipality", "9901/full"}
    assert not (pretending.build / "9902").exists()
    assert not (pretending.build / "9901/runs/library").exists()
    assert not (pretending.build / "reference/library").exists()
    assert (pretending.build / "_protected/stale/9902/full").is_dir()


def test_the_index_is_gone_before_what_it_links_to_is_moved_away(pretending, monkeypatch) -> None:
    ends(pretending)
    (pretending.build / INDEX).touch()
    pretending.write_batch(municipalities=["9901"], services=["school"])

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.batch.run.set_aside", killed)
    with pytest.raises(KeyboardInterrupt):
        ends(pretending)
    assert (pretending.build / "9902/full").is_dir()
    assert not (pretending.build / INDEX).exists()


def test_a_report_that_cannot_be_moved_away_stops_no_batch(pretending, monkeypatch) -> None:
    ends(pretending)
    want(pretending, "fail", "9901/school")

    def no_room(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(schedule, "set_aside", no_room)
    found = ends(pretending, force=True)
    assert (found["9901/school"], found["9901/full"], found["9902/full"]) == ("failed", "not_run", "done")


def test_half_written_folders_are_cleared_and_never_taken_for_whole_ones(pretending) -> None:
    ends(pretending)
    runs = pretending.build / "9901/runs"
    # As a kill leaves them: the new folder beside, finished or not, and the old one moved away.
    (runs / "school").rename(runs / ".school.part-1-abc")
    (runs / "library").rename(runs / ".library.old-1-abc")
    (pretending.build / ".plan.1-abc.part.json").write_text("{")
    again = ends(pretending)
    assert again["9901/school"] == again["9901/library"] == "done"
    assert again["9902/school"] == "unchanged"
    left = [p.name for p in pretending.build.rglob(".*")]
    assert left == []


def test_a_folder_is_whole_only_with_its_record_and_its_own_facts(pretending) -> None:
    ends(pretending, only=("reference/school",))
    folder = pretending.build / "reference/school"
    assert read_record(folder)["outcome"] == "done"
    (folder / FACTS).write_text("other facts")
    assert read_record(folder) is None
    (folder / "run.json").write_text('{"outcome": "do')
    assert read_record(folder) is None
    (folder / "run.json").unlink()
    assert read_record(folder) is None
    assert ends(pretending, only=("reference/school",)) == {"reference/school": "done"}


def test_a_single_service_gets_no_report_before_the_others_are_there(pretending) -> None:
    assert set(ends(pretending, only=("9901/school",))) == {"reference/school", "9901/school"}
    plan = make_plan(
        pretending.batch, pretending.build, notebooks=pretending.notebooks, only=("9902/school",)
    )
    # The only service of its municipality: nothing else is needed.
    assert [run.id for run in plan.runs] == [
        "reference/school",
        "9902/school",
        "9902/municipality",
        "9902/full",
    ]
