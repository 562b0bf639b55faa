"""What was planted in the demo is found, and what was not planted is not claimed."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.core.settings import Disclosure
from analysis.demo import read_truth
from analysis.facts import join, protect, report_claims, strengths_and_improvements, tabulate
from analysis.facts.changes import changes
from analysis.facts.disclosure import hidden_cells
from analysis.facts.levels import means
from analysis.facts.response import response_rates
from analysis.stats.effects import NoComparison, difference_in_differences

SERVICES = ("kindergarten", "school", "nursing-home", "building-permits")
REPORTED = ("9903", "9908", "9912")


def fact(table: pd.DataFrame, **where) -> pd.Series:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1, where
    return table.iloc[0]


def test_planted_changes_are_found_in_their_direction(country, described) -> None:
    found = []
    for kind, verdict in (("change_up", "higher"), ("change_down", "lower")):
        for planting in read_truth(country).planted(kind):
            for topic in planting.topics or ():
                table = described.facts(planting.municipality, planting.service)
                change = fact(table, statistic="change", unit="", topic=f"dimension.{topic}")
                found.append((planting.municipality, planting.service, topic, change.verdict == verdict))
    assert len(found) >= 6
    assert all(hit for *_, hit in found), found


def test_planted_units_are_found_on_their_side(country, described) -> None:
    found = []
    for kind, verdict, other in (("unit_low", "below", "above"), ("unit_high", "above", "below")):
        for planting in read_truth(country).planted(kind):
            if not planting.detectable:
                continue
            table = described.facts(planting.municipality, planting.service)
            rows = table[(table["statistic"] == "unit_difference") & table["unit"].isin(planting.units)]
            assert other not in set(rows["verdict"])
            found.append((planting.units, verdict in set(rows["verdict"])))
    assert len(found) >= 5
    assert all(hit for _, hit in found), found


def changes_shown(described, municipality: str, service: str) -> pd.DataFrame:
    """Return the changes that a service's report shows, without making all else that it shows."""
    survey = described.survey(municipality, service)
    answered, scores = response_rates(survey), means(survey)
    survey = replace(survey, hidden=hidden_cells(tabulate([*answered, *scores]), Disclosure()))
    shown = protect(tabulate([*answered, *scores, *changes(survey, scores)]), Disclosure())
    return shown[shown["statistic"].eq("change")]


def test_a_services_changes_are_the_same_made_alone(described) -> None:
    alone = changes_shown(described, "9908", "nursing-home").set_index("fact_id")
    facts = described.facts("9908", "nursing-home").set_index("fact_id")
    pd.testing.assert_frame_equal(alone.drop(columns="cell"), facts.loc[alone.index].drop(columns="cell"))


def test_no_change_is_claimed_for_a_whole_report_where_none_was_planted(country, described) -> None:
    truth = read_truth(country)
    places = {p.municipality for p in truth.planted("no_change")}
    quiet = [
        m
        for m in sorted(places)
        if all(truth.planted("no_change", municipality=m, service=s) for s in SERVICES)
    ]
    assert len(quiet) >= 4
    claims = []
    for municipality in quiet:
        made = report_claims(join([changes_shown(described, municipality, s) for s in SERVICES]))
        claims.append(made["verdict"].isin(("higher", "lower")).any())
    # At most 5 % of such reports may claim one: of five, none is expected, and one is no proof of harm.
    assert sum(claims) <= 1, dict(zip(quiet, claims, strict=True))


def test_units_that_do_not_differ_are_not_told_apart(country, described) -> None:
    for planting in read_truth(country).planted("no_variance"):
        table = described.facts(planting.municipality, planting.service)
        differences = table[(table["statistic"] == "unit_difference") & (table["topic"] == "overall")]
        assert not differences["verdict"].isin(("above", "below")).any()


def test_changed_wording_and_merged_units_are_not_compared(country, described) -> None:
    table = described.facts("9908", "nursing-home")
    for planting in read_truth(country).planted("merged_unit", municipality="9908"):
        change = fact(table, statistic="change", topic="overall", unit=planting.units[-1])
        assert (change.state, change.note) == ("not_comparable", "unit")


def test_a_changed_question_is_not_compared_across_the_change(described) -> None:
    survey = described.survey("9903", "kindergarten")
    assert survey.wording_break("dimension.participation", 2021)
    assert not survey.wording_break("dimension.participation", 2023)


def test_what_is_hidden_was_planted_to_be(country, described) -> None:
    truth = read_truth(country)
    (only,) = truth.planted("only_hidden_unit", municipality="9908")
    table = described.facts("9908", only.service)
    parts = table[(table["statistic"] == "respondents") & (table["year"] == 2025) & table["unit"].ne("")]
    hidden = parts.loc[parts["state"] == "suppressed", "unit"].tolist()
    assert only.units[0] in hidden
    assert len(hidden) >= 2, "the one hidden unit follows from the total"
    (alike,) = truth.planted("same_answer", municipality="9908")
    assert not table["value"].isin((6.0,)).where(table["statistic"].eq("mean"), False).any()
    assert alike.units


@pytest.mark.parametrize("municipality", REPORTED)
def test_strengths_and_points_to_improve_are_as_many_and_do_not_overlap(described, municipality) -> None:
    facts = join([described.facts(municipality, service) for service in SERVICES])
    found = strengths_and_improvements(facts, thresholds=Disclosure())
    strengths = found[found["statistic"] == "strength"]
    points = found[found["statistic"] == "improvement"]
    assert 1 <= len(strengths) == len(points) <= 3
    assert strengths["low"].min() > points["high"].max()


def measured(country, described, kind: str):
    """Return a planted measure, and the answers of its service in its municipality: unit, year, score."""
    (planting,) = read_truth(country).planted(kind)
    survey = described.survey(planting.municipality, planting.service)
    (topic,) = planting.topics
    values = survey.values(f"dimension.{topic}")
    return planting, survey.responses.loc[values.index, ["unit", "year"]].assign(score=values)


def test_the_planted_measure_is_found(country, described) -> None:
    planting, answers = measured(country, described, "measure_worked")
    found = difference_in_differences(
        answers, "score", "unit", "year", list(planting.units), planting.start, selected_low=False
    )
    assert found.low < planting.true_change < found.high
    assert found.p < 0.05
    assert found.low > 0
    assert found.n_treated_units == len(planting.units)


def test_a_planted_measure_without_effect_is_not_claimed_to_work(country, described) -> None:
    planting, answers = measured(country, described, "measure_without_effect")
    # Its units were chosen because they had been low, and rise by themselves.
    found = difference_in_differences(
        answers, "score", "unit", "year", list(planting.units), planting.start, selected_low=True
    )
    assert planting.true_change == 0
    assert found.p > 0.05
    assert found.low < 0 < found.high
    assert found.regression_to_the_mean > 0
    assert found.effect < found.effect_uncorrected


def test_a_measure_in_one_small_unit_is_refused_with_its_own_change(country, described) -> None:
    planting, answers = measured(country, described, "measure_too_small")
    with pytest.raises(NoComparison) as refused:
        difference_in_differences(answers, "score", "unit", "year", list(planting.units), planting.start)
    own = answers[answers["unit"].isin(planting.units)]
    before, now = (own.loc[side, "score"].mean() for side in (own["year"] < 2024, own["year"] > 2024))
    assert refused.value.descriptive["difference"].tolist() == pytest.approx([now - before])


@pytest.mark.parametrize("municipality", REPORTED)
def test_a_planted_change_of_the_whole_is_seen_beside_the_nation_too(
    country, described, municipality
) -> None:
    for kind, sign in (("change_up", 1), ("change_down", -1)):
        for planting in read_truth(country).planted(kind, municipality=municipality):
            for topic in planting.topics:
                where = {"unit": "", "topic": f"dimension.{topic}"}
                table = described.facts(municipality, planting.service)
                # As large as the spread of municipalities several times over, whoever its users are.
                for statistic in ("national_difference", "national_difference_adjusted"):
                    difference = fact(table, statistic=statistic, **where)
                    assert difference.verdict == ("higher" if sign > 0 else "lower"), (statistic, topic)
                band = fact(table, statistic="expected_range", **where)
                assert band.verdict == ("above" if sign > 0 else "below"), topic


def test_a_claim_over_the_report_is_never_more_certain_than_in_its_service(described) -> None:
    facts = join([described.facts("9903", service) for service in SERVICES])
    claims = report_claims(facts)
    for claim in claims.itertuples():
        own = fact(facts, fact_id=claim.fact_id.replace("/report_", "/"))
        assert claim.verdict in (own.verdict, "no_certain_change", "no_certain_difference")
    assert claims["verdict"].isin(("higher", "lower", "above", "below")).any()
