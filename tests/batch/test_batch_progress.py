"""Progress says what runs, what failed and what is left."""

import io
from types import SimpleNamespace

from rich.console import Console

from analysis.batch.outcome import Outcome
from analysis.batch.progress import Bar, Lines
from analysis.batch.summary import BatchResult

PLAN = SimpleNamespace(runs=[SimpleNamespace(id=f"9901/s{i}") for i in range(3)])


def test_without_a_terminal_every_run_is_a_line() -> None:
    console = Console(file=io.StringIO(), width=40)
    lines = Lines(PLAN, console)
    lines.began(PLAN.runs[0])
    lines.ended(Outcome(id="9901/s0", outcome="done", seconds=1.26))
    lines.ended(Outcome(id="9901/s1", outcome="failed", seconds=2, error="ValueError"))
    lines.ended(Outcome(id="9901/[red]s2", outcome="not_run", because="9901/s1 failed"))
    assert console.file.getvalue().splitlines() == [
        "[1/3] done      9901/s0  1.3 s",
        "[2/3] FAILED    9901/s1  2.0 s  (ValueError)",
        "[3/3] not run   9901/[red]s2  (9901/s1 failed)",
    ]


def test_in_a_terminal_the_bar_names_what_runs_what_failed_and_what_is_left() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=160)
    with Bar(PLAN, console) as bar:
        bar.began(PLAN.runs[0])
        bar.began(PLAN.runs[1])
        bar.ended(Outcome(id="9901/s0", outcome="failed", error="ValueError"))
        bar.progress.refresh()
    seen = console.file.getvalue()
    assert "FAILED 9901/s0 (ValueError)" in seen
    assert "1 failed, 2 left" in seen
    assert seen.rstrip().rpartition("2 left")[2].startswith(" · 9901/s1")


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
