"""How many users of each kind a unit has in the synthetic country fits who was asked and who answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.demo import Truth, make_country
from analysis.demo.model import Model
from analysis.demo.profiles import PROFILES
from analysis.demo.users import Users, count_groups
from analysis.survey import Store, open_store

UNIT = ["unit", "year"]


def _with_answers(store: Store, service: str, variable: str) -> pd.DataFrame:
    """Users and answers (`n`) per unit, round and value of one background variable."""
    groups = store.frame_groups(service=service).query("variable == @variable")
    answers = store.responses(service).groupby([*UNIT, variable]).size().rename("n").reset_index()
    both = groups.merge(answers, how="outer", left_on=[*UNIT, "value"], right_on=[*UNIT, variable])
    assert both["population"].notna().all()
    return both.fillna({"n": 0})


def _variables(store: Store) -> list[tuple[str, str]]:
    return [(s, v.id) for s in store.services() for v in store.questionnaire(s).background]


def test_every_unit_of_the_frame_has_each_value_of_each_variable_once(store: Store):
    for service in store.services():
        groups = store.frame_groups(service=service)
        assert not groups.duplicated([*UNIT, "variable", "value"]).any()
        kinds = {(v.id, value) for v in store.questionnaire(service).background for value in v.values}
        for _, here in groups.groupby(UNIT):
            assert set(zip(here["variable"], here["value"], strict=True)) == kinds


def test_the_groups_of_a_variable_come_to_the_units_users(store: Store):
    keys = ["municipality", "service", "unit", "year"]
    sums = store.frame_groups().groupby([*keys, "variable"], as_index=False)["population"].sum()
    both = sums.merge(store.frame(), on=keys, how="outer", suffixes=("", "_all"))
    assert len(both) == 3 * len(store.frame())
    assert (both["population"] == both["population_all"]).all()


def test_no_group_has_more_answers_than_users(store: Store):
    for service, variable in _variables(store):
        both = _with_answers(store, service, variable)
        assert (both["n"] <= both["population"]).all(), (service, variable)


def test_groups_answer_as_readily_as_planted(store: Store):
    for profile in PROFILES:
        for variable, traits in profile.background.items():
            sums = _with_answers(store, profile.service, variable).groupby("value")[["n", "population"]].sum()
            rate = sums["n"] / sums["population"]
            error = np.sqrt(rate * (1 - rate) / sums["population"])
            least, most = (f(traits, key=lambda t: t.reply) for f in (min, max))
            if least.reply == most.reply:
                # Neither readiness nor satisfaction moves them apart by more than what units do.
                assert rate.max() - rate.min() < 0.02 + 3 * error.max()
            else:
                assert rate[most.value] - rate[least.value] > 3 * error.max(), (profile.service, variable)


def test_units_without_variance_have_the_same_kinds_of_users_but_for_chance(store: Store, truth: Truth):
    found, elsewhere = [], []
    same = {(p.municipality, p.service) for p in truth.planted("no_variance")}
    groups = store.frame_groups(years=[2021, 2025])
    keys = ["municipality", "service", "variable", "year"]
    for (place, service, *_), here in groups.groupby(keys):
        table = here.pivot(index="unit", columns="value", values="population")
        p_value = stats.chi2_contingency(table.loc[:, table.sum() > 0]).pvalue
        (found if (place, service) in same else elsewhere).append(p_value)
    assert len(found) == 2 * 3 * 2
    # One in twenty below 5 % is expected by chance; elsewhere units differ by `Profile.spread`.
    assert np.mean(np.array(found) < 0.05) < 0.3
    assert min(found) > 0.001
    assert np.mean(np.array(elsewhere) < 0.05) > 0.7


def test_a_unit_that_takes_over_others_users_has_them_in_its_groups(store: Store, truth: Truth):
    for p in truth.planted("merged_unit"):
        *closed, successor = p.units
        groups = store.frame_groups(service=p.service, municipality=p.municipality)
        assert groups[groups["unit"].isin(closed)]["year"].max() < p.year
        users = groups[groups["unit"] == successor].query("variable == 'visits'")
        by_year = users.groupby("year")["population"].sum()
        # One of them opened only then.
        assert by_year[2025] > by_year.get(2023, 0)


def test_the_groups_are_drawn_in_a_stream_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make_country(tmp_path / "counted", municipalities=12, services=2)

    def restless(model: Model, year: int, asked: Users, rng: np.random.Generator) -> pd.DataFrame:
        rng.random(1000)
        return count_groups(model, year, asked, rng)

    monkeypatch.setattr("analysis.demo.country.count_groups", restless)
    make_country(tmp_path / "restless", municipalities=12, services=2)
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("counted", "restless")
    )
    assert {path.name for path in one if one[path] != two[path]} == {"frame_groups.parquet"}


def test_another_seed_gives_other_groups_and_a_service_more_changes_none(tmp_path: Path, store: Store):
    make_country(tmp_path / "small", services=1)
    small = open_store(tmp_path / "small").frame_groups()
    pd.testing.assert_frame_equal(small, store.frame_groups(service="kindergarten"))
    make_country(tmp_path / "other", seed=1, services=1)
    assert not small["population"].equals(open_store(tmp_path / "other").frame_groups()["population"])


def test_the_truth_names_the_effect_of_every_group(store: Store, truth: Truth):
    for service in store.services():
        planted = truth.parameters[service]["case_mix"]
        asked = {v.id: set(v.values) for v in store.questionnaire(service).background}
        assert {variable: set(effects) for variable, effects in planted.items()} == asked


def test_everything_that_is_asked_of_users_background_is_outside_the_services_control(store: Store):
    assert all(v.casemix for s in store.services() for v in store.questionnaire(s).background)
