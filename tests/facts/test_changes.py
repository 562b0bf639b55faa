"""Changes: which test, over which answers, in which family; and verdicts that two methods must share."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from by_hand import benjamini_hochberg, only, scored, topics_of
from made_up import TOPICS, answers, nation, questionnaire, survey
from scipy import stats

from analysis.core.settings import Disclosure
from analysis.facts import describe_service
from analysis.stats.rounds import changes_over_rounds

CERTAIN = ("higher", "lower")


def described_alone(one) -> pd.DataFrame:
    return describe_service(one, nation(), thresholds=Disclosure())


def test_with_three_rounds_the_change_is_the_models_over_the_cells_that_may_be_shown(described) -> None:
    table = described.facts("9908", "kindergarten")
    rows = scored(described.store, "kindergarten", municipality="9908")
    hidden_cells = 0
    for topic in topics_of(rows):
        means = table[(table["statistic"] == "mean") & (table["topic"] == topic)]
        hidden = means[means["state"].eq("suppressed") & means["unit"].ne("")]
        cells = set(zip(hidden["unit"], hidden["year"].astype(int), strict=True))
        shown = rows[[cell not in cells for cell in zip(rows["unit"], rows["year"], strict=True)]]
        hidden_cells += len(cells)
        fact = only(table, statistic="change", topic=topic, unit="")
        if topic == "dimension.participation":
            assert fact.method == "welch", "another wording in the first round leaves two"
            continue
        assert fact.method == "mixed_model_year"
        found = changes_over_rounds(shown, topic, "year", "unit", rounds=(2023, 2025)).table.iloc[0]
        numbers = ["difference", "se", "low", "high", "p"]
        assert fact[["value", "se", "low", "high", "p"]].tolist() == pytest.approx(found[numbers].tolist())
        assert only(table, statistic="detectable_change", topic=topic, unit="").value == pytest.approx(
            found["detectable"]
        )
    assert hidden_cells > 0


def test_the_model_is_that_of_statsmodels(described) -> None:
    rows = scored(described.store, "school", municipality="9903")
    rows = rows[["unit", "year", "overall"]].dropna()
    fit = smf.mixedlm("overall ~ C(year, Treatment(2023))", rows, groups="unit").fit(reml=True)
    name = "C(year, Treatment(2023))[T.2025]"
    fact = only(described.facts("9903", "school"), statistic="change", topic="overall", unit="")
    assert fact.value == pytest.approx(fit.params[name], abs=1e-3)
    # Kenward and Roger's variance takes in that the two variances are estimates.
    assert fact.se == pytest.approx(fit.bse[name], rel=0.02)


def test_a_units_change_and_one_over_a_break_in_wording_are_welchs(described) -> None:
    table = described.facts("9903", "kindergarten")
    rows = scored(described.store, "kindergarten", municipality="9903")
    cases = [("dimension.participation", "", rows)]
    cases += [("overall", unit, part) for unit, part in rows.groupby("unit")]
    checked = 0
    for topic, unit, part in cases:
        fact = only(table, statistic="change", topic=topic, unit=unit)
        before, now = (part.loc[part["year"] == year, topic].dropna() for year in (2023, 2025))
        test = stats.ttest_ind(now, before, equal_var=False)
        assert fact.method == "welch"
        assert fact.value == pytest.approx(now.mean() - before.mean())
        if min(len(before), len(now)) < 10:
            assert (fact.state, fact.note) == ("undecided", "few")
            assert fact[["se", "low", "high", "p", "p_adjusted"]].isna().all()
            continue
        own = table[table["statistic"].eq("mean") & table["topic"].eq(topic) & table["unit"].eq(unit)]
        if own.loc[own["year"].isin((2023, 2025)), "note"].eq("pooled_sd").any():
            # Next to a small unit its own spread is not shown, and so no change that rests on it.
            assert fact.p != pytest.approx(test.pvalue, rel=1e-6)
            continue
        assert fact.p == pytest.approx(test.pvalue, rel=1e-6)
        interval = test.confidence_interval(0.95)
        assert [fact.low, fact.high] == pytest.approx([interval.low, interval.high])
        checked += 1
    assert checked >= 10


def test_topics_are_one_family_and_units_another(described) -> None:
    table = described.facts("9903", "kindergarten")
    changes = table[table["statistic"] == "change"]
    for family in (changes[changes["unit"] == ""], changes[changes["unit"] != ""]):
        tested = family[family["p"].notna()]
        assert len(tested) > 5
        adjusted = benjamini_hochberg(tested["p"])
        assert tested["p_adjusted"].tolist() == pytest.approx(list(adjusted), rel=1e-9)
        certain = tested["verdict"].isin(CERTAIN)
        assert not certain[adjusted >= 0.05].any()
        few = tested["n"] < 10
        assert set(tested["verdict"][~certain & ~few]) <= {"no_certain_change", "depends_on_method"}
        assert set(tested["verdict"][few]) <= {""}
        assert (tested["value"].gt(0) == tested["verdict"].eq("higher"))[certain].all()


def test_two_rounds_are_tested_by_welch_and_what_is_hidden_is_in_no_family() -> None:
    few = [4.0, 5.0, 3.0, 4.0] + [np.nan] * 26
    rows = [answers(u, y, 30, seed=3) for u in "ab" for y in (2023, 2025)]
    rows[1] = answers("a", 2025, 30, stock=few)
    rows[3] = answers("b", 2025, 30, stock=np.nan)
    table = described_alone(survey(rows))
    assert only(table, statistic="change", topic="dimension.stock", unit="")["state"] == "suppressed"
    tested = table[(table["statistic"] == "change") & table["unit"].eq("") & table["p"].notna()]
    assert set(tested["method"]) == {"welch"}
    assert set(tested["topic"]) == {"overall", "dimension.staff"}
    every = pd.concat(rows)
    before, now = (every.loc[every["year"] == year, "all_in_all"] for year in (2023, 2025))
    overall = only(tested, topic="overall")
    assert overall.p == pytest.approx(stats.ttest_ind(now, before, equal_var=False).pvalue, rel=1e-6)
    assert tested["p_adjusted"].tolist() == pytest.approx(list(benjamini_hochberg(tested["p"])))


def test_nothing_is_compared_over_a_break_since_the_round_before() -> None:
    rows = [answers(u, y, 30) for u in "ab" for y in (2023, 2025)]
    table = described_alone(survey(rows, asked=questionnaire(comparable_from=2025)))
    fact = only(table, statistic="change", topic="dimension.staff", unit="")
    assert (fact["state"], fact["note"]) == ("not_comparable", "wording")
    assert only(table, statistic="change", topic="dimension.stock", unit="")["state"] == "measured"


def disagreeing(years: tuple[int, ...] = (2023, 2025)) -> list[pd.DataFrame]:
    """Answers whose means and order disagree on staff and on stock, each in its own way.

    Staff: most answer one higher, some fall to the bottom, and the mean stays. Stock: a few fall to the
    bottom, which moves the mean and hardly the order.
    """
    staff = {False: [4] * 50 + [3] * 10, True: [5] * 36 + [4] * 8 + [1] * 16}
    stock = {False: [4] * 30 + [5] * 30, True: [4] * 22 + [5] * 30 + [1] * 8}
    return [
        answers(u, y, 60, staff=staff[y == 2025], stock=stock[y == 2025], overall=np.resize([3, 4, 5, 6], 60))
        for u in "abcd"
        for y in years
    ]


@pytest.mark.parametrize("years", [(2023, 2025), (2021, 2023, 2025)])
def test_where_means_and_order_disagree_the_verdict_depends_on_the_method(years) -> None:
    table = described_alone(survey(disagreeing(years), years=years))
    whole = table[table["unit"] == ""]
    verdicts = whole[whole["statistic"] == "change"].set_index("topic")
    assert set(verdicts["method"]) == {"welch" if len(years) == 2 else "mixed_model_year"}
    assert verdicts["verdict"].to_dict() == {
        "overall": "no_certain_change",
        "dimension.staff": "depends_on_method",
        "dimension.stock": "depends_on_method",
    }
    assert verdicts.at["dimension.staff", "p_adjusted"] > 0.05 > verdicts.at["dimension.stock", "p_adjusted"]
    models = whole[whole["statistic"] == "ordinal_change"].set_index("topic")
    assert set(models.index) == {"dimension.staff", "dimension.stock"}
    assert models["verdict"].to_dict() == {
        "dimension.staff": "higher",
        "dimension.stock": "no_certain_change",
    }
    assert set(models["scale"]) == {"log-odds"}
    assert (models["against"] == "year.2023").all()


def test_a_verdict_that_both_methods_share_stands() -> None:
    rows = [
        answers(u, y, 60, staff=np.resize([5, 6] if y == 2025 else [2, 3], 60))
        for u in "ab"
        for y in (2023, 2025)
    ]
    table = described_alone(survey(rows))
    assert only(table, statistic="change", topic="dimension.staff", unit="").verdict == "higher"
    ordinal = table[(table["statistic"] == "ordinal_change") & table["topic"].eq("dimension.staff")]
    assert not len(ordinal)


def test_the_order_is_checked_on_the_answers_that_the_model_rests_on() -> None:
    # A unit where all answer 6 to one question is hidden there; the others change in nothing.
    usual = {name: np.resize([3, 4, 5, 6], 60) for name in ("overall", "stock", "staff")}
    years = (2021, 2023, 2025)
    rows = [answers(u, y, 60, **usual) for u in "abc" for y in years if (u, y) != ("c", 2025)]
    rows.append(answers("c", 2025, 60, **(usual | {"staff": 6})))
    table = described_alone(survey(rows, years=years))
    means = table[table["statistic"].eq("mean") & table["topic"].eq("dimension.staff")]
    assert only(means, unit="c", year=2025)["state"] == "suppressed"
    fact = only(table, statistic="change", topic="dimension.staff", unit="")
    assert fact.value == pytest.approx(0, abs=1e-9)
    assert fact.verdict == "no_certain_change"
    assert "ordinal_change" not in set(table["statistic"])


@pytest.mark.parametrize(
    ("municipality", "service"),
    [("9903", "kindergarten"), ("9908", "nursing-home"), ("9908", "building-permits")],
)
def test_a_verdict_that_depends_on_the_method_has_its_model_beside_it(
    described, municipality, service
) -> None:
    table = described.facts(municipality, service)
    for statistic, model in (("change", "ordinal_change"), ("unit_difference", "ordinal_difference")):
        verdicts, models = (
            table[table["statistic"] == name].set_index(["unit", "topic"]) for name in (statistic, model)
        )
        depends = verdicts.index[verdicts["verdict"] == "depends_on_method"]
        assert set(depends) <= set(models.index)
        assert not models["state"].ne("measured").any()
        for place in models.index:
            # Certain by one of the two and not by the other; a model that agreed after all changed nothing.
            ordinal = models.at[place, "p_adjusted"] < 0.05
            linear = verdicts.at[place, "verdict"] in ("higher", "lower", "above", "below")
            assert (place in depends) or (ordinal == linear)


def test_one_round_is_said_to_be_one() -> None:
    table = described_alone(survey([answers("a", 2025, 30), answers("b", 2025, 30)]))
    rows = table[(table["statistic"] == "change") & table["unit"].eq("")]
    assert len(rows) == len(TOPICS)
    assert set(zip(rows["state"], rows["note"], strict=True)) == {("not_comparable", "one_round")}
