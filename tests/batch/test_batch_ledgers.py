"""Ledgers from one round to the next: kept by a command, and asked after by the next round's run."""

import json
import sys

import pytest

from analysis import cli
from analysis.batch import keep_ledgers, run_batch
from analysis.batch.folder import write_record
from analysis.core.errors import BuildError

LINE = {
    "id": "measure/m1", "since": 2023, "service": "school", "topic": "overall", "finding_kind": "measure",
    "question": "follow_up", "measure": "m1", "status": "running", "paragraph": "decided", "document": "Plan",
}  # fmt: skip
PLAN = """
version: 1
municipality: "9901"
measures:
  - id: m1
    title: Talks with parents
    service: school
    owner: Head of schools
    start: 2023
    decided_in: {document: Budget 2023, year: 2022}
    status: stopped
"""
OUTCOME = "    outcome: {year: 2025, text: Stopped after a year.}\n"
#: What the project's own notebook of a municipality does, without anything shown.
MUNICIPALITY = """
from analysis.batch import open_municipality
run = open_municipality(batch_file, municipality, output=output)
run.finish(run.measure())
"""


def ledger(place: str, *lines: dict, year: int = 2023) -> str:
    return json.dumps({"version": 1, "municipality": place, "year": year, "lines": lines})


@pytest.fixture
def build(tiny):
    """A finished build of two municipalities, of which the second has failed."""
    tiny.write_batch(steering="steering")
    (tiny.root / "params" / "steering").mkdir()
    runs = []
    for place in ("9901", "9902"):
        folder = tiny.build / place / "runs" / "municipality"
        runs.append(
            {"id": f"{place}/municipality", "kind": "municipality", "folder": f"{place}/runs/municipality"}
        )
        if place == "9901":
            folder.mkdir(parents=True)
            (folder / "ledger.json").write_text(ledger(place, LINE), encoding="utf-8")
            write_record(folder, {"id": f"{place}/municipality", "outcome": "done", "files": {}})
    (tiny.build / "plan.json").write_text(json.dumps({"runs": runs}))
    text = (tiny.root / "params" / "tiny.yaml").read_text().replace("'steering'", "'../params/steering'")
    (tiny.build / "batch.yaml").write_text(text)
    return tiny.build


def test_ledgers_are_kept_beside_the_steering_files_and_what_is_not_kept_is_named(build) -> None:
    kept = keep_ledgers(build)
    assert kept.folder == (build.parent / "params" / "steering" / "ledger").resolve()
    assert [path.name for path in kept.folder.iterdir()] == ["9901-2023.json"]
    assert kept.left == {"9902": "its run has not ended well"}
    assert kept.exit_code == 1


def test_a_kept_ledger_is_not_written_again_and_another_goes_beside_it(build, tmp_path) -> None:
    into = tmp_path / "kept"
    first = keep_ledgers(build, into).kept[0]
    before = first.path.read_bytes()
    assert first.new
    assert not keep_ledgers(build, into).kept[0].new
    changed = build / "9901/runs/municipality/ledger.json"
    changed.write_text(ledger("9901", LINE | {"status": "stopped"}), encoding="utf-8")
    second = keep_ledgers(build, into).kept[0]
    assert (second.new, second.path.name) == (True, "9901-2023.2.json")
    assert first.path.read_bytes() == before


def test_the_command_says_what_it_kept(build, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(
        sys, "argv", ["tilstand", "keep-ledger", str(build), "--into", str(tmp_path / "kept")]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "9901: kept as 9901-2023.json",
        "9902: not kept, its run has not ended well",
        f"1 ledger in {tmp_path / 'kept'}",
    ]


def test_a_build_without_municipalities_or_a_place_to_keep_ledgers_is_refused(build) -> None:
    said = (build / "batch.yaml").read_text()
    (build / "batch.yaml").write_text("\n".join(line for line in said.splitlines() if "steering" not in line))
    with pytest.raises(BuildError, match="no steering folder"):
        keep_ledgers(build)
    (build / "plan.json").write_text('{"runs": []}')
    with pytest.raises(BuildError, match="no ledgers"):
        keep_ledgers(build)


def test_a_measure_of_the_last_round_without_an_outcome_fails_its_run_until_it_has_one(tiny) -> None:
    steering = tiny.root / "params" / "steering"
    (steering / "ledger").mkdir(parents=True)
    (steering / "ledger" / "9901-2023.json").write_text(ledger("9901", LINE), encoding="utf-8")
    (steering / "9901.yaml").write_text('version: 1\nmunicipality: "9901"\n', encoding="utf-8")
    tiny.write_batch(steering="steering", services=["school"], municipalities=["9901"])
    tiny.write_notebooks(municipality=MUNICIPALITY)
    options = {"notebooks": tiny.notebooks, "reports": False, "workers": 1}
    result = run_batch(tiny.batch, tiny.build, **options)
    failed = {outcome.id: outcome for outcome in result.outcomes if outcome.outcome == "failed"}
    assert list(failed) == ["9901/municipality"]
    for part in ("m1: it stood in the last ledger, and is not in the steering file", "write what came of it"):
        assert part in failed["9901/municipality"].message
    (steering / "9901.yaml").write_text(PLAN + OUTCOME, encoding="utf-8")
    mended = run_batch(tiny.batch, tiny.build, **options)
    assert [outcome.id for outcome in mended.outcomes if outcome.outcome == "done"] == ["9901/municipality"]
    drawn = json.loads((tiny.build / "9901/runs/municipality/ledger.json").read_text("utf-8"))
    (line,) = [line for line in drawn["lines"] if line["measure"] == "m1"]
    assert line["evaluation"]["words"] == "Stopped after a year."
