"""What the methods assume, measured: the shape of residuals, and what hangs on a single unit."""

import numpy as np
import pandas as pd
import pytest
from by_hand import only, scored, topics_of
from made_up import answers, nation, survey
from scipy import stats

from analysis.core.settings import Disclosure
from analysis.facts import describe_service

USUAL = [3, 4, 5, 6]


def described_alone(one) -> pd.DataFrame:
    return describe_service(one, nation(), thresholds=Disclosure())


@pytest.mark.parametrize("service", ["school", "kindergarten"])
def test_residuals_are_what_is_left_within_unit_and_round(described, service) -> None:
    table = described.facts("9903", service)
    rows = scored(described.store, service, municipality="9903")
    for topic in topics_of(rows):
        part = rows[["unit", "year", topic]].dropna()
        if topic == "dimension.participation" and service == "kindergarten":
            part = part[part["year"] > 2021]  # asked in other words before
        cells = part.groupby(["unit", "year"])[topic]
        left = (part[topic] - cells.transform("mean"))[cells.transform("size") > 1]
        facts = {
            name: only(table, statistic=name, topic=topic)
            for name in ("residual_skewness", "residual_kurtosis", "residual_outside", "ceiling")
        }
        assert facts["residual_skewness"].value == pytest.approx(stats.skew(left), rel=1e-9)
        assert facts["residual_kurtosis"].value == pytest.approx(stats.kurtosis(left), rel=1e-9)
        outside = (left.abs() > 1.96 * left.std(ddof=0)).mean()
        assert facts["residual_outside"].value == pytest.approx(outside)
        assert facts["residual_skewness"].n == len(left)
        now = part.loc[part["year"] == 2025, topic]
        assert facts["ceiling"].value == pytest.approx((now == 6).mean())
        assert facts["ceiling"].n == len(now)
        assert [facts[name].scale for name in facts] == ["number", "number", "share", "share"]


@pytest.mark.parametrize(("municipality", "service"), [("9903", "school"), ("9912", "nursing-home")])
def test_the_influential_unit_is_the_one_without_which_the_mean_moves_most(
    described, municipality, service
) -> None:
    table = described.facts(municipality, service)
    rows = scored(described.store, service, municipality=municipality, years=[2025])
    for topic in topics_of(rows):
        part = rows[["unit", topic]].dropna()
        moved = {
            unit: part.loc[part["unit"] != unit, topic].mean() - part[topic].mean()
            for unit, own in part.groupby("unit")
            if len(own) >= 5
        }
        unit = max(moved, key=lambda name: abs(moved[name]))
        fact = only(table, statistic="influence", topic=topic)
        assert fact.unit == unit
        assert fact.value == pytest.approx(moved[unit], rel=1e-9)
        assert fact.n == (part["unit"] == unit).sum()


def test_no_hidden_unit_is_named_and_no_hidden_mean_is_told() -> None:
    few = [4.0, 5.0, 3.0, 4.0] + [np.nan] * 36
    rows = [answers("a", 2025, 40, stock=few), answers("b", 2025, 40, stock=np.nan)]
    # Three who all answer 1 would move the mean most.
    rows += [answers("c", 2025, 3, overall=1), answers("d", 2025, 6, overall=[3, 4, 5, 6, 4, 4])]
    table = described_alone(survey(rows))
    influence = table[(table["statistic"] == "influence") & table["state"].eq("measured")]
    assert not influence["topic"].eq("dimension.stock").any()
    hidden = table[(table["statistic"] == "respondents") & table["state"].eq("suppressed")]
    assert {"c", "d"} <= set(hidden["unit"])
    assert set(influence.loc[influence["topic"] == "overall", "unit"]) <= {"a", "b"}
    assert len(influence[influence["topic"] == "overall"]) == 1


def test_so_few_have_no_shape() -> None:
    table = described_alone(survey([answers("a", 2025, 9)]))
    shapes = table[table["statistic"].isin(("residual_skewness", "residual_kurtosis", "ceiling"))]
    assert set(zip(shapes["state"], shapes["note"], strict=True)) == {("undecided", "few")}
    silent = described_alone(survey([answers("a", 2025, 30, stock=np.nan)]))
    fact = only(silent, statistic="residual_skewness", topic="dimension.stock")
    assert (fact["state"], fact["note"]) == ("not_measured", "no_answers")


def without_each(rows: list[pd.DataFrame], column: str) -> dict[str, tuple[float, float]]:
    """Return, for every unit, the change without it and Welch's p."""
    every = pd.concat(rows)
    found = {}
    for unit in sorted(set(every["unit"])):
        rest = every[every["unit"] != unit]
        before, now = (rest.loc[rest["year"] == year, column] for year in (2023, 2025))
        found[unit] = (now.mean() - before.mean(), stats.ttest_ind(now, before, equal_var=False).pvalue)
    return found


@pytest.mark.parametrize(
    ("raised", "verdict"), [(("a",), "changes_verdict"), (("a", "b", "c"), "keeps_verdict")]
)
def test_a_certain_change_is_tried_without_each_unit(raised, verdict) -> None:
    rows = [answers(u, 2023, 40, staff=USUAL * 10, stock=USUAL * 10, overall=USUAL * 10) for u in "abc"]
    for u in "abc":
        staff = USUAL if u not in raised else [5, 6, 6, 6] if len(raised) == 1 else [4, 5, 5, 6]
        rows.append(answers(u, 2025, 40, staff=staff * 10, stock=USUAL * 10, overall=USUAL * 10))
    table = described_alone(survey(rows))
    change = only(table, statistic="change", topic="dimension.staff", unit="")
    assert change.verdict == "higher"
    fact = only(table, statistic="influence_on_change", topic="dimension.staff")
    tried = without_each(rows, "staff_1")
    p = {unit: min(1, p * change.p_adjusted / change.p) for unit, (_, p) in tried.items()}
    assert p[fact.unit] == pytest.approx(max(p.values()))
    assert fact.value == round(tried[fact.unit][0], 2)
    # With it the spread of the unit that is left out could be told.
    assert pd.isna(fact.p_adjusted)
    assert (fact.verdict, fact.against, fact.n) == (verdict, "year.2023", 40)
    if verdict == "changes_verdict":
        assert fact.unit == "a"
    tried_on = table[table["statistic"] == "influence_on_change"]
    assert len(tried_on) == 1, "changes that are not certain are not tried"


def test_planted_changes_of_a_whole_municipality_hang_on_no_single_unit(described) -> None:
    for service, topic in (("kindergarten", "information"), ("building-permits", "access")):
        table = described.facts("9903", service)
        fact = only(table, statistic="influence_on_change", topic=f"dimension.{topic}")
        assert fact.verdict == "keeps_verdict"
