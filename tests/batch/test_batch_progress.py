"""Progress says what runs, what failed, how fast it goes and what is left, at any size of batch."""

import errno
import io
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from rich.console import Console

from analysis.batch.outcome import Outcome
from analysis.batch.pace import Pace
from analysis.batch.progress import Bar, Lines, say
from analysis.batch.summary import BatchResult


@dataclass(frozen=True)
class Listed:
    """What progress reads of a run."""

    id: str
    kind: str = "service"
    parameters: dict = field(default_factory=dict)


class Clock:
    """Stands still until it is moved on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def country(municipalities: int, services: int = 2) -> list[Listed]:
    runs = [Listed(f"reference/s{s}", "reference") for s in range(services)]
    for m in range(municipalities):
        runs += [Listed(f"{m}/s{s}") for s in range(services)]
        runs.append(Listed(f"{m}/municipality", "municipality"))
        runs += [Listed(f"{m}/{edition}", "report", {"edition": edition}) for edition in ("full", "council")]
    return runs


PLAN = SimpleNamespace(runs=[Listed(f"9901/s{i}") for i in range(3)])


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(pace: Pace, clock: Clock, run: Listed, seconds: float) -> None:
    pace.began(run)
    clock.now += seconds
    pace.end(Outcome(id=run.id, outcome="done", seconds=seconds))


def test_time_left_is_that_of_each_kind_and_edition_at_the_pace_until_now(clock) -> None:
    runs = country(10)
    pace = Pace(runs, clock)
    assert pace.seconds_left() is None
    assert pace.per_minute() is None
    of = {run.id: run for run in runs}
    for name, seconds in (
        *(("reference/s0", 8), ("reference/s1", 8), ("0/s0", 2), ("0/s1", 4)),
        *(("0/municipality", 1), ("0/full", 10), ("0/council", 5)),
    ):
        made(pace, clock, of[name], seconds)
    # One after the other until now: of the nine others two services of 3 s each, 1 s, and 10 and 5 s.
    assert pace.seconds_left() == pytest.approx(9 * (2 * 3 + 1 + 10 + 5))
    assert pace.per_minute() == pytest.approx(60 * 6 / (38 - 8))
    assert [(s.name, s.ended, s.total) for s in pace.stages] == [
        ("national stage", 2, 2),
        ("services", 2, 20),
        ("municipalities", 1, 10),
        ("reports", 2, 20),
    ]


def test_runs_side_by_side_halve_the_time_left_and_what_is_under_way_counts_as_begun(clock) -> None:
    runs = [Listed(f"9901/s{i}") for i in range(10)]
    pace = Pace(runs, clock)
    for first in (0, 2):
        for run in runs[first : first + 2]:
            pace.began(run)
        clock.now += 10
        for run in runs[first : first + 2]:
            pace.end(Outcome(id=run.id, outcome="done", seconds=10))
    assert pace.seconds_left() == pytest.approx(6 * 10 / 2)
    for run in runs[4:6]:
        pace.began(run)
    clock.now += 4
    assert pace.seconds_left() == pytest.approx((6 * 10 - 2 * 4) / 2)
    assert pace.running() == {"9901/s4": 4, "9901/s5": 4}


def test_what_was_not_made_says_nothing_of_the_pace(clock) -> None:
    runs = country(3)
    pace = Pace(runs, clock)
    for run in runs[:5]:
        pace.end(Outcome(id=run.id, outcome="unchanged"))
    pace.end(Outcome(id=runs[5].id, outcome="not_run", because="x"))
    assert (pace.ended, pace.not_run, pace.failed, pace.left) == (6, 1, 0, len(runs) - 6)
    assert pace.seconds_left() is None
    assert pace.per_minute() is None


def test_a_national_batch_is_counted_to_its_end(clock) -> None:
    runs = country(350, 20)
    pace = Pace(runs, clock)
    for run in runs:
        made(pace, clock, run, 1)
    assert (pace.total, pace.ended, pace.left) == (8070, 8070, 0)
    assert pace.seconds_left() == pytest.approx(0)
    assert pace.per_minute() == pytest.approx(60)
    assert not pace.running()


def test_without_a_terminal_every_run_is_a_line() -> None:
    console = Console(file=io.StringIO(), width=40)
    lines = Lines(PLAN, console)
    lines.began(PLAN.runs[0])
    lines.ended(Outcome(id="9901/s0", outcome="done", seconds=1.26))
    lines.ended(Outcome(id="9901/s1", outcome="failed", seconds=2, error="ValueError"))
    lines.ended(Outcome(id="9901/s2", outcome="not_run", because="9901/[red]s1 failed"))
    assert console.file.getvalue().splitlines() == [
        "[1/3] done      9901/s0  1.3 s",
        "[2/3] FAILED    9901/s1  2.0 s  (ValueError)",
        "[3/3] not run   9901/s2  (9901/[red]s1 failed)",
    ]


def test_progress_that_cannot_be_written_stops_no_batch() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    lines = Lines(PLAN, Console(file=Full(), width=40))
    lines.began(PLAN.runs[0])
    lines.ended(Outcome(id="9901/s0", outcome="done", seconds=1.26, ordinary="it needs Linux"))
    assert lines.pace.ended == 1
    say(lines.console, "the end")


def test_why_kernels_are_ordinary_is_said_once_for_each_reason() -> None:
    console = Console(file=io.StringIO(), width=40)
    lines = Lines(PLAN, console)
    for number, why in enumerate(("it needs Linux", "it needs Linux", "no answer within 30 s")):
        lines.ended(Outcome(id=f"9901/s{number}", outcome="done", seconds=1, ordinary=why))
    said = [line for line in console.file.getvalue().splitlines() if line.startswith("Ordinary")]
    begin = "Ordinary kernels instead of warm ones: "
    assert said == [f"{begin}it needs Linux", f"{begin}no answer within 30 s"]


def test_without_a_terminal_a_line_says_twice_a_minute_how_far_the_batch_has_come(clock) -> None:
    console, runs = Console(file=io.StringIO(), width=40), country(2)
    with Lines(SimpleNamespace(runs=runs), console, clock) as lines:
        for run in runs:
            lines.began(run)
            clock.now += 8
            lines.ended(Outcome(id=run.id, outcome="done", seconds=8))
    told = [line for line in console.file.getvalue().splitlines() if line.startswith("…")]
    so_far = "7.5 runs a minute; about"
    assert told == [
        f"… national stage 2/2, services 2/4, municipalities 0/2, reports 0/4; 0 failed; {so_far} 1 min left",
        f"… national stage 2/2, services 3/4, municipalities 1/2, reports 2/4; 0 failed; {so_far} 40 s left",
    ]


def test_in_a_terminal_bars_show_all_runs_each_stage_what_runs_and_what_failed(clock) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=160)
    with Bar(PLAN, console, clock) as bar:
        bar.began(PLAN.runs[0])
        bar.began(PLAN.runs[1])
        clock.now = 3
        bar.ended(Outcome(id="9901/s0", outcome="failed", seconds=3, error="ValueError"))
        drawn = Console(file=io.StringIO(), width=160)
        drawn.print(bar.drawn())
    assert "FAILED 9901/s0 (ValueError)" in console.file.getvalue()
    all_runs, services, now = (line.rstrip() for line in drawn.file.getvalue().splitlines())
    assert all_runs.startswith("all runs")
    # Of 9 s of work 3 are done, and 3 of the run under way; two at a time.
    assert all_runs.endswith("1/3  3.0 s, about 10 s left")
    assert services.startswith("services")
    assert services.endswith("1/3")
    assert now == "1 failed, 2 left · now 9901/s1 3 s"


@pytest.mark.parametrize("kind", [Lines, Bar])
def test_an_interruption_says_where_the_batch_was(kind) -> None:
    console = Console(file=io.StringIO(), width=40)

    def interrupted() -> None:
        with kind(PLAN, console) as watch:
            watch.ended(Outcome(id="9901/s0", outcome="failed", error="ValueError"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "Interrupted: 1 of 3 runs had come to their end, 1 failed. " in console.file.getvalue()
    assert "the same command goes on from here" in console.file.getvalue()


def test_the_summary_counts_and_names_the_failures(tmp_path) -> None:
    service = SimpleNamespace(id="9901/s0", kind="service")
    report = SimpleNamespace(id="9901/full", kind="report", folder="9901/full")
    plan = SimpleNamespace(runs=[service, report], build=tmp_path, notes=("school: no round in 2025",))
    kept = {"message": "a.csv: wrong", "recorded": "_protected/x"}
    outcomes = (
        Outcome(id="9901/s0", outcome="failed", error="DataError", **kept),
        Outcome(id="9901/full", outcome="not_run", because="9901/s0 failed"),
    )
    result = BatchResult(plan, outcomes, 61.0)
    assert result.exit_code == 1
    text = str(result)
    for part in (
        "2 runs: 1 failed, 1 not run, in 1 min 1 s",
        "school: no round in 2025",
        "failed: 9901/s0: DataError: a.csv: wrong",
        str(tmp_path / "_protected/x"),
        "not run: 9901/full, because 9901/s0 failed",
        "no report: 9901/full",
    ):
        assert part in text
    assert "slowest" not in text
    assert "memory" not in text


def test_the_summary_names_the_slowest_runs_and_the_most_memory(tmp_path) -> None:
    runs = country(40)
    plan = SimpleNamespace(runs=runs, build=tmp_path, notes=())
    outcomes = [
        Outcome(id=run.id, outcome="done", seconds=number + 0.5, memory_mib=100 + number % 7)
        for number, run in enumerate(runs, start=1)
    ]
    text = str(BatchResult(plan, tuple(outcomes), 4000.0))
    assert text.splitlines() == [
        "202 runs: 202 made, in 1 h 6 min",
        "  slowest: 39/council 3 min 22 s, 39/full 3 min 21 s, 39/municipality 3 min 20 s, 39/s1 3 min 19 s, "
        "39/s0 3 min 18 s",
        "  most memory of a run: 106 MiB, 0/full",
    ]


def test_what_was_not_run_for_one_reason_is_one_line_of_the_summary(tmp_path) -> None:
    runs = [SimpleNamespace(id=f"99{n:02}/school", kind="service") for n in range(1, 31)]
    plan = SimpleNamespace(runs=runs, build=tmp_path, notes=())
    lost = [Outcome(id=run.id, outcome="not_run", because="reference/school failed") for run in runs]
    _, line = str(BatchResult(plan, tuple(lost), 1)).splitlines()
    assert line.startswith("  not run: 9901/school, 9902/school, ")
    assert line.endswith("9920/school and 10 more, because reference/school failed")
