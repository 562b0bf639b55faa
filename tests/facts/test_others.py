"""A municipality beside the nation and its peers, as it is and as if users were alike."""

import numpy as np
import pandas as pd
import pytest
from by_hand import benjamini_hochberg, only, scored, topics_of
from made_up import TOPICS, answers, nation, questionnaire, survey
from scipy.stats import t as student

from analysis.core.settings import Disclosure
from analysis.facts import describe_country, describe_service, gather

COMPARISONS = {
    ("national_difference", "nation"): "mean",
    ("peer_difference", "peers.{}"): "peer_mean",
    ("national_difference_adjusted", "nation"): "adjusted_mean",
    ("peer_difference_adjusted", "peers.{}"): "adjusted_peer_mean",
}


def described_alone(one, national=None, **more) -> pd.DataFrame:
    national = nation() if national is None else national
    return describe_service(one, national, thresholds=Disclosure(), **more)


def adjusted_by_hand(rows: pd.DataFrame, topic: str, national: pd.DataFrame) -> pd.Series:
    """Take the national effects times the distance to the national centre off the scores of who is known."""
    beta, centre = (
        national[(national["statistic"] == s) & (national["topic"] == topic)].set_index("category")["value"]
        for s in ("casemix_beta", "casemix_centre")
    )
    names = sorted({term.split("=")[0] for term in beta.index})
    known = rows[names].notna().all(axis=1)
    known &= np.logical_and.reduce([(name + "=" + rows[name].astype(str)).isin(beta.index) for name in names])
    shift = sum(
        beta[term] * ((rows[term.split("=")[0]] == term.split("=")[1]).astype(float) - centre[term])
        for term in centre.index
    )
    return rows[topic] - shift.where(known, 0.0)


@pytest.mark.parametrize(("municipality", "service"), [("9903", "school"), ("9908", "nursing-home")])
def test_differences_and_their_errors_are_those_of_the_formula(described, municipality, service) -> None:
    table, national = described.facts(municipality, service), described.national(service)
    rows = scored(described.store, service, municipality=municipality, years=[2025])
    group = described.store.municipalities().set_index("code").at[municipality, "peer_group"]
    for (statistic, against), reference in COMPARISONS.items():
        p = {}
        for topic in topics_of(rows):
            even = statistic.endswith("adjusted")
            x = (adjusted_by_hand(rows, topic, national) if even else rows[topic]).dropna()
            peers = group if statistic.startswith("peer") else ""
            other = only(national, statistic=reference, topic=topic, category=peers, year=2025)
            fact = only(table, statistic=statistic, topic=topic)
            assert fact.against == against.format(group)
            assert fact.value == pytest.approx(x.mean() - other.value, abs=1e-12)
            s2 = x.var() / len(x)
            se = np.sqrt(s2 * (1 - 2 / other.N) + other.se**2)
            assert fact.se == pytest.approx(se, rel=1e-9)
            half = student.ppf(0.975, len(x) - 1) * se
            assert [fact.low, fact.high] == pytest.approx([fact.value - half, fact.value + half])
            p[topic] = 2 * student.sf(abs(fact.value) / se, len(x) - 1)
            assert fact.p == pytest.approx(p[topic], rel=1e-6, abs=1e-15)
            # Those without background stay among the answers.
            assert (fact.n, fact.N) == (rows[topic].count(), other.N)
        for topic, adjusted in zip(p, benjamini_hochberg(list(p.values())), strict=True):
            fact = only(table, statistic=statistic, topic=topic)
            assert fact.p_adjusted == pytest.approx(adjusted, rel=1e-6, abs=1e-15)
            side = "higher" if fact.value > 0 else "lower"
            assert fact.verdict == (side if adjusted < 0.05 else "no_certain_difference")
    for topic in topics_of(rows):
        shift = (adjusted_by_hand(rows, topic, national) - rows[topic]).mean()
        assert only(table, statistic="casemix_shift", topic=topic).value == pytest.approx(shift, abs=1e-12)


def test_the_error_takes_in_that_the_municipality_is_one_of_those_averaged() -> None:
    rows = [
        answers(
            f"u{i}",
            2025,
            40 + 10 * i,
            municipality=f"990{i}",
            overall=np.resize([2, 3, 5, 6, 6], 40 + 10 * i),
        )
        for i in range(1, 6)
    ]
    country = gather(pd.concat(rows), questionnaire(), year=2025, peers={})
    table = described_alone(survey(rows[:1], years=(2025,)), describe_country([country]))
    fact = only(table, statistic="national_difference", topic="overall")
    part = np.array([r["all_in_all"].var() / len(r) for r in rows])
    # The first minus a fifth of each: four fifths of its own error, and a fifth of every other's.
    assert fact.se == pytest.approx(np.sqrt(0.8**2 * part[0] + part[1:].sum() / 5**2), abs=0.0005)


def test_who_gave_no_background_or_one_unknown_to_the_nation_counts_as_they_answered() -> None:
    age = ["young", "old", "middle", None, "of-a-kind-new-here"] * 8
    one = survey([answers("a", 2025, 40, age=age), answers("b", 2025, 20, age=["old"] * 20, seed=2)])
    table = described_alone(one)
    own = one.responses["age"].map(
        {
            "young": 0.3 * (1 - 0.25) + 0.1 * (0 - 0.2),
            "middle": 0.3 * (0 - 0.25) + 0.1 * (1 - 0.2),
            "old": 0.3 * (0 - 0.25) + 0.1 * (0 - 0.2),
        }
    )
    even = one.responses["all_in_all"] - own.fillna(0.0)
    fact = only(table, statistic="national_difference_adjusted", topic="overall")
    assert fact.value == pytest.approx(even.mean() - 4.05)
    assert fact.n == 60
    shift = only(table, statistic="casemix_shift", topic="overall")
    assert shift.value == pytest.approx(-own.fillna(0.0).mean())
    assert shift.n == 60


def two_units(**more):
    return survey([answers(u, y, 30) for u in "ab" for y in (2023, 2025)], **more)


def states(table: pd.DataFrame, statistic: str) -> set[tuple[str, str]]:
    rows = table[table["statistic"] == statistic]
    assert len(rows) == len(TOPICS)
    assert rows[["value", "low", "high", "p", "N"]].isna().all(axis=None) or "measured" in set(rows["state"])
    return set(zip(rows["state"], rows["note"], strict=True))


def test_without_peers_there_is_no_difference_from_them() -> None:
    for table in (described_alone(two_units(peer_group="")), described_alone(two_units(peer_group="9"))):
        assert states(table, "peer_difference") == {("not_comparable", "no_peers")}
        assert states(table, "peer_difference_adjusted") == {("not_comparable", "no_peers")}
        assert states(table, "national_difference") == {("measured", "")}


def test_a_questionnaire_that_marks_no_adjuster_has_raw_differences_only() -> None:
    table = described_alone(two_units(asked=questionnaire(casemix=False)))
    for statistic in ("national_difference_adjusted", "peer_difference_adjusted", "casemix_shift"):
        assert states(table, statistic) == {("not_comparable", "no_casemix")}
    assert states(table, "national_difference") == {("measured", "")}
    assert states(table, "peer_difference") == {("measured", "")}


def test_a_nation_without_effects_of_background_has_raw_differences_only() -> None:
    table = described_alone(two_units(), nation(without=("casemix_beta", "casemix_centre")))
    assert states(table, "national_difference_adjusted") == {("not_comparable", "no_casemix")}


@pytest.mark.parametrize(("places", "state"), [(3, "not_comparable"), (4, "measured")])
def test_a_comparison_needs_as_many_others_as_the_minimum(places, state) -> None:
    table = described_alone(two_units(), nation(places=places), minimum_municipalities=3)
    note = {"not_comparable": "no_other_municipalities", "measured": ""}[state]
    assert states(table, "national_difference") == {(state, note)}
    assert states(table, "peer_difference") == {(state, note and "no_peers")}


def test_a_hidden_mean_is_compared_with_nobody_and_is_in_no_family() -> None:
    few = [4.0] * 2 + [5.0] * 2 + [np.nan] * 36
    one = survey([answers("a", 2025, 40, stock=few)], years=(2025,))
    table = described_alone(one)
    for (statistic, _), _reference in COMPARISONS.items():
        assert only(table, statistic=statistic, topic="dimension.stock")["state"] == "suppressed"
        tested = table[(table["statistic"] == statistic) & table["p"].notna()]
        assert len(tested) == 2
        assert tested["p_adjusted"].tolist() == pytest.approx(list(benjamini_hochberg(tested["p"])))
    assert only(table, statistic="casemix_shift", topic="dimension.stock")["state"] == "suppressed"
