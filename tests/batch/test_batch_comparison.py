"""Whom a batch compares with: the register's group or the nearest, and what of it its runs depend on."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import make_plan
from analysis.batch.comparison import comparison_group, comparison_groups, open_elsewhere
from analysis.batch.context import ReferenceRun
from analysis.batch.judged import judged_services
from analysis.core.errors import SettingsError
from analysis.core.settings import Reference, load_batch
from analysis.demo import make_country
from analysis.survey import open_store, write_table

CODES = [f"99{i:02d}" for i in range(1, 13)]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve municipalities of the demo."""
    root = tmp_path_factory.mktemp("nearest")
    make_country(root / "demo", municipalities=12)
    return root


def batch_of(root: Path, reference: str = "", **keys: str):
    path = root / "batch.yaml"
    said = {"batch": "b", "title": "B", "data": "demo", "date": "2025-06-16", "year": "2025"} | keys
    text = "".join(f"{key}: {value}\n" for key, value in said.items())
    path.write_text(text + (f"reference: {{{reference}}}\n" if reference else ""), encoding="utf-8")
    return load_batch(path)


def test_the_registers_groups_are_what_is_compared_with_unless_the_batch_says_otherwise(country) -> None:
    batch, store = batch_of(country), open_store(country / "demo")
    register = store.municipalities().set_index("code")["peer_group"]
    own = comparison_group(batch, store, "9903")
    assert own.name == register["9903"]
    assert set(own.members) == set(register.index[register == register["9903"]])
    assert comparison_groups(batch, store)[own.name] == frozenset(own.members)


def test_the_nearest_are_each_municipalitys_own_group_and_the_national_stage_has_their_mean(country) -> None:
    batch = batch_of(country, "peers: nearest, neighbours: 4, on: {inhabitants: 2, school.sick_leave: 1}")
    store = open_store(country / "demo")
    groups = comparison_groups(batch, store)
    assert sorted(groups) == [f"nearest.{code}" for code in CODES]
    own = comparison_group(batch, store, "9903")
    assert groups["nearest.9903"] == frozenset(own.members)
    assert (own.k, own.weights["inhabitants"]) == (4, pytest.approx(2 / 3))
    run = ReferenceRun(batch=batch, store=store, output=None, report=False, service="school")
    facts = run.measure()
    means = facts[facts["topic"].eq("overall") & facts["year"].eq(2025)].set_index(["statistic", "category"])
    scores = store.responses("school", years=[2025])
    assert means.loc[("peer_mean", "nearest.9903"), "N"] == len(own.members)
    assert scores["municipality"].nunique() == 12


def test_figures_may_be_listed_and_then_count_the_same() -> None:
    listed = Reference(peers="nearest", on=["inhabitants", "school.sick_leave"])
    assert listed.on == {"inhabitants": 1.0, "school.sick_leave": 1.0}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("neighbours: 4", "peers: nearest beside neighbours and on"),
        ("peers: nearest, neighbours: 2", "neighbours of at least minimum_municipalities"),
        ("peers: nearest, on: []", "reference.on"),
        ("peers: nearest, on: {inhabitants: 0}", "reference.on.inhabitants"),
        ("peers: nearest, on: inhabitants", "a list of figures"),
        ("peers: near", "reference.peers"),
    ],
)
def test_a_wrong_choice_is_named_with_its_key(country, reference, expected) -> None:
    with pytest.raises(SettingsError) as error:
        batch_of(country, reference)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("peers: nearest, on: [school.sick_leaf]", "did you mean 'school.sick_leave'?"),
        ("peers: nearest, neighbours: 12", "11 others with all figures"),
    ],
)
def test_figures_that_are_not_there_and_too_few_others_are_refused_before_anything_runs(
    country, reference, expected
) -> None:
    batch = batch_of(country, reference)
    with pytest.raises(SettingsError) as error:
        make_plan(batch, country / "build")
    assert expected in str(error.value)
    assert f"{batch.path}: reference" in str(error.value)


def test_a_batch_that_compares_with_nobody_has_no_group_and_nothing_elsewhere(country) -> None:
    batch, store = batch_of(country, "group: none"), open_store(country / "demo")
    assert comparison_group(batch, store, "9903") is None
    assert open_elsewhere(batch, store, "9903", None) is None


def test_a_municipality_without_a_group_has_none(tiny) -> None:
    assert comparison_group(tiny.batch, open_store(tiny.store), "9901") is None
    assert comparison_groups(tiny.batch, open_store(tiny.store)) == {}


def test_units_elsewhere_are_all_but_the_municipalitys_own_and_the_merged_ones(country) -> None:
    batch, store = batch_of(country, compare_years="[2021, 2023]"), open_store(country / "demo")
    elsewhere = open_elsewhere(batch, store, "9903", comparison_group(batch, store, "9903"))
    rows = elsewhere.scores_of("school", "overall")
    assert set(rows["municipality"]) == set(CODES) - {"9903"}
    assert "9903" not in elsewhere.peers
    assert rows.groupby(["unit", "year"]).size().min() >= batch.disclosure.mean


MEASURES = """
municipality: "9901"
measures:
  - {id: a, title: A, service: school, owner: Head, start: 2024, status: running}
  - {id: b, title: B, service: library, owner: Head, start: 2025, status: running}
  - {id: c, title: C, service: library, owner: Head, start: 2020}
  - {id: d, title: D, service: desk, owner: Head, start: 2020, status: finished, topic: indicator.visits}
"""


def test_only_measures_that_had_begun_and_are_judged_by_the_survey_need_others_answers(tmp_path) -> None:
    path = tmp_path / "9901.yaml"
    path.write_text(MEASURES, encoding="utf-8")
    assert judged_services(path, 2025) == {"school"}
    # Read as steering files are: `no` is a word, and a year may stand in quotes.
    written = 'measures: [{service: no, start: "2024", status: running}]'
    path.write_text(written, encoding="utf-8")
    assert judged_services(path, 2025) == {"no"}
    path.write_text("measures: [broken", encoding="utf-8")
    assert judged_services(path, 2025) == frozenset()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def keys(tiny) -> dict[str, str]:
    plan = make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks)
    return {run.id: run.key for run in plan.runs if run.kind != "report"}


def test_a_municipality_with_a_measure_to_judge_is_made_anew_when_others_answers_change(tiny) -> None:
    steering = tiny.root / "params" / "steering"
    steering.mkdir()
    (steering / "9901.yaml").write_text(MEASURES, encoding="utf-8")
    tiny.write_batch(steering="steering")
    before = keys(tiny)
    tiny.write_answers("school", {"9901": [4, 5, 6, 3, 4], "9902": [1, 2], "9903": [4, 5, 6, 3, 4]})
    assert changed(before, keys(tiny)) == {
        "reference/school", "9902/school", "9902/municipality", "9901/municipality",
    }  # fmt: skip


def test_where_the_nearest_are_compared_with_the_national_stage_depends_on_the_figures(tiny) -> None:
    register = pd.DataFrame(
        {"code": ["9901", "9902", "9903"], "name": ["A", "B", "C"], "inhabitants": [1000, 3000, 9000]}
    )
    write_table(tiny.store, "municipalities", register)
    tiny.write_batch(reference={"peers": "nearest", "neighbours": 2, "minimum_municipalities": 2})
    before = keys(tiny)
    figures = [("9901", "school", "visits", 2025, 7.0)]
    columns = ["municipality", "topic", "indicator", "year", "value"]
    write_table(tiny.store, "indicators", pd.DataFrame(figures, columns=columns))
    assert {"reference/library", "reference/school"} <= changed(before, keys(tiny))
