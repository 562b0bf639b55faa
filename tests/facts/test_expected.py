"""The expected range: an ordinary unit's own band, and verdicts on those outside it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from by_hand import holm, only, scored, topics_of
from made_up import answers, nation, survey
from scipy.stats import norm

from analysis.core.settings import Disclosure
from analysis.demo import read_truth
from analysis.facts import describe_service

SERVICES = ("kindergarten", "school", "nursing-home", "building-permits")
#: The normal quantile as docs/methods/expected-range.md has it, for the band alone.
Z = 1.96


def ranges(table: pd.DataFrame, topic: str = "overall") -> pd.DataFrame:
    found = table[(table["statistic"] == "expected_range") & (table["topic"] == topic)]
    return found.set_index("unit")


def unit_moments(rows: pd.DataFrame, topic: str) -> pd.DataFrame:
    """Return n, mean and standard error of every unit: small ones' with the spread within the others.

    One small unit's spread would follow from the whole's: the next smallest borrows as well.
    """
    own = rows.groupby("unit")[topic].agg(["count", "mean", "var"])
    order = own.reset_index().sort_values(["count", "unit"])["unit"].tolist()
    borrows = [unit for unit in order if own.at[unit, "count"] < 10]
    rest = [unit for unit in order if unit not in borrows]
    while borrows and rest and (len(borrows) < 2 or own.loc[borrows, "count"].sum() < 10):
        borrows.append(rest.pop(0))
    lends = own.drop(index=borrows)
    within = ((lends["count"] - 1) * lends["var"]).sum() / (lends["count"] - 1).sum()
    return own.assign(se=np.sqrt(own["var"].mask(own.index.isin(borrows), within) / own["count"]))


@pytest.mark.parametrize("service", ["kindergarten", "school"])
def test_each_unit_has_its_own_band_and_a_verdict_adjusted_over_the_municipality(described, service) -> None:
    table, national = described.facts("9903", service), described.national(service)
    rows = scored(described.store, service, municipality="9903", years=[2025])
    few = 0
    for topic in topics_of(rows):
        theta, tau = (only(national, statistic=s, topic=topic, category="unit") for s in ("theta", "tau"))
        own, found = unit_moments(rows, topic), ranges(table, topic)
        wide = np.sqrt(own["se"] ** 2 + tau.value**2)
        z = (own["mean"] - theta.value) / wide
        p = pd.Series(2 * norm.sf(z.abs()), index=own.index)
        family = own.index[own["count"] >= 10]
        adjusted = pd.Series(holm(p[family]), index=family)
        for unit in own.index:
            fact = found.loc[unit]
            assert fact["value"] == theta.value
            assert fact["low"] == pytest.approx(theta.value - Z * wide[unit])
            assert fact["high"] == pytest.approx(theta.value + Z * wide[unit])
            assert (fact["n"], fact["N"], fact["level"]) == (own.at[unit, "count"], theta.N, 0.95)
            if unit not in family:
                few += 1
                assert (fact["state"], fact["note"], fact["verdict"]) == ("undecided", "few", "")
                assert pd.isna(fact["p"])
                continue
            assert fact["p"] == pytest.approx(p[unit], rel=1e-9)
            assert fact["p_adjusted"] == pytest.approx(adjusted[unit], rel=1e-9)
            side = "above" if z[unit] > 0 else "below"
            assert fact["verdict"] == (side if adjusted[unit] < 0.05 else "expected")
    assert few > 0


def test_the_municipality_has_a_band_among_municipalities(described) -> None:
    table, national = described.facts("9908", "school"), described.national("school")
    rows = scored(described.store, "school", municipality="9908", years=[2025])
    p = {}
    for topic in topics_of(rows):
        theta, tau = (
            only(national, statistic=s, topic=topic, category="municipality") for s in ("theta", "tau")
        )
        values = rows[topic].dropna()
        wide = np.sqrt(values.var() / len(values) + tau.value**2)
        fact = ranges(table, topic).loc[""]
        assert (fact["value"], fact["N"], fact["n"]) == (theta.value, 24, len(values))
        assert [fact["low"], fact["high"]] == pytest.approx([theta.value - Z * wide, theta.value + Z * wide])
        p[topic] = 2 * norm.sf(abs(values.mean() - theta.value) / wide)
        assert fact["p"] == pytest.approx(p[topic], rel=1e-9)
    for topic, adjusted in zip(p, holm(list(p.values())), strict=True):
        fact = ranges(table, topic).loc[""]
        assert fact["p_adjusted"] == pytest.approx(adjusted, rel=1e-9)
        assert (fact["verdict"] != "expected") == (adjusted < 0.05)
    assert ranges(table, "dimension.wellbeing").loc["", "verdict"] == "below", (
        "a fall of 0.5 was planted here"
    )


def test_planted_units_lie_outside_on_their_side(country, described) -> None:
    truth = read_truth(country)
    outside, wrong = [], 0
    for kind, sign in (("unit_low", -1), ("unit_high", 1)):
        for planting in truth.planted(kind):
            if not planting.detectable:
                continue
            table = described.facts(planting.municipality, planting.service)
            (unit,) = planting.units
            bands = table[(table["statistic"] == "expected_range") & (table["unit"] == unit)]
            means = table[(table["statistic"] == "mean") & table["unit"].eq(unit) & table["year"].eq(2025)]
            value = bands["topic"].map(means.set_index("topic")["value"])
            over, under = value > bands["high"], value < bands["low"]
            wrong += (over if sign < 0 else under).sum()
            outside.append((unit, (under if sign < 0 else over).mean()))
            assert ("above" if sign < 0 else "below") not in set(bands["verdict"])
    assert wrong == 0
    # They were planted to be told from the municipality's other units: beside all the country's, with the
    # spread that is ordinary there, not every one is out on every topic.
    assert np.mean([share > 0 for _, share in outside]) > 0.5, outside
    assert np.mean([share for _, share in outside]) > 0.2, outside


def test_about_one_ordinary_unit_in_twenty_lies_outside_its_own_band(country, described) -> None:
    truth = read_truth(country)
    planted = {u for kind in ("unit_low", "unit_high") for p in truth.planted(kind) for u in p.units}
    outside = []
    for service in SERVICES:
        national = described.national(service)
        rows = scored(described.store, service, years=[2025])
        for topic in topics_of(rows):
            own = unit_moments(rows, topic)
            own = own[(own["count"] >= 10) & ~own.index.isin(planted)]
            theta, tau = (
                only(national, statistic=s, topic=topic, category="unit").value for s in ("theta", "tau")
            )
            outside += list((own["mean"] - theta).abs() > Z * np.sqrt(own["se"] ** 2 + tau**2))
    assert len(outside) > 4000
    assert 0.02 < np.mean(outside) < 0.08


def test_a_hidden_unit_has_no_band_and_no_part_in_the_family(described) -> None:
    table = described.facts("9908", "kindergarten")
    seen = 0
    for topic in described.survey("9908", "kindergarten").topics:
        means = table[(table["statistic"] == "mean") & table["topic"].eq(topic) & table["year"].eq(2025)]
        hidden = means.loc[means["state"].eq("suppressed") & means["unit"].ne(""), "unit"]
        found = ranges(table, topic).drop(index="")
        assert (found.loc[hidden, "state"] == "suppressed").all()
        assert found.loc[hidden, ["value", "low", "high", "n", "N", "p"]].isna().all(axis=None)
        tested = found[found["p"].notna()]
        assert tested["p_adjusted"].tolist() == pytest.approx(list(holm(tested["p"])))
        seen += len(hidden)
    assert seen >= 2


def plain_survey(**more):
    sizes = {"a": 40, "b": 30, "c": 9, "d": 25}
    return survey([answers(u, y, n) for u, n in sizes.items() for y in (2023, 2025)], **more)


def test_a_unit_of_nine_answers_has_a_band_and_no_verdict() -> None:
    found = ranges(describe_service(plain_survey(), nation(), thresholds=Disclosure()))
    assert (found.loc["c", "state"], found.loc["c", "note"], found.loc["c", "n"]) == ("undecided", "few", 9)
    assert found.loc["c", "low"] < 4.0 < found.loc["c", "high"]
    tested = found.loc[["a", "b", "d"]]
    assert tested["p_adjusted"].tolist() == pytest.approx(list(holm(tested["p"])))


def test_without_a_national_spread_there_is_no_band() -> None:
    none = describe_service(plain_survey(), nation(without=("theta", "tau")), thresholds=Disclosure())
    found = ranges(none)
    assert set(found["state"]) == {"not_comparable"}
    assert set(found["note"]) == {"no_other_municipalities"}
    national = nation()
    undecided = national["statistic"].isin(("theta", "tau")) & national["category"].eq("unit")
    national.loc[undecided, ["value", "N"]] = [float("nan"), pd.NA]
    national.loc[undecided, ["state", "note"]] = ["undecided", "few_units"]
    found = ranges(describe_service(plain_survey(), national, thresholds=Disclosure()))
    assert set(found["state"].drop(index="")) == {"not_comparable"}
    assert set(found["note"].drop(index="")) == {"few_units"}
    assert found.loc["", "state"] == "measured", "the municipalities' spread is there"


def test_a_unit_without_answers_says_so() -> None:
    base = plain_survey()
    gone = base.responses["unit"].eq("d") & base.responses["year"].eq(2025)
    keep = base.responses.index[~gone]
    silent = replace(
        base,
        responses=base.responses.loc[keep].reset_index(drop=True),
        scores=base.scores.loc[keep].reset_index(drop=True),
    )
    fact = ranges(describe_service(silent, nation(), thresholds=Disclosure())).loc["d"]
    assert (fact["state"], fact["note"]) == ("not_measured", "no_answers")
