"""What came of measures: found where one worked, not claimed where none did, else refused with a reason."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from made_up_ledger import claim, measure, questionnaire, steering, table

from analysis.core.settings import Disclosure
from analysis.demo import make_country, read_truth
from analysis.facts import prepare, protect, tabulate
from analysis.facts.disclosure import hidden_cells
from analysis.facts.levels import means
from analysis.facts.response import response_rates
from analysis.stats.effects import difference_in_differences
from analysis.steering.elsewhere import Elsewhere, scores_elsewhere
from analysis.steering.evaluation import measure_facts, shown_scores
from analysis.survey import open_store

MEAN = claim("mean", "", p=None)
UNITS = tuple(f"s{i}" for i in range(1, 9))


def scores(units=UNITS, *, treated=UNITS[:4], effect=0.0, n=30, years=(2021, 2023, 2025), seed=1):
    """Draw scores of units; those treated have the effect in 2025."""
    dice, parts = np.random.default_rng(seed), []
    for unit in units:
        for year in years:
            lift = effect if unit in treated and year > 2024 else 0.0
            drawn = np.clip(dice.normal(4 + lift, 0.8, n), 1, 6)
            parts.append(pd.DataFrame({"unit": unit, "year": year, "score": drawn}))
    return pd.concat(parts, ignore_index=True)


def judged(rows, *, facts=None, others=None, near=MappingProxyType({}), **given):
    plan = steering(measures=(measure(**({"units": UNITS[:4], "selected_low": False} | given)),))
    return measure_facts(
        plan,
        lambda service, topic: rows,
        municipality="9901",
        facts=table(MEAN) if facts is None else facts,
        elsewhere=None if others is None else Elsewhere(lambda service, topic: others, **near),
    )


def only(found: pd.DataFrame, statistic: str = "measure_effect") -> pd.Series:
    (row,) = found[found["statistic"] == statistic].to_dict("records")
    return pd.Series(row)


@pytest.mark.parametrize(
    ("effect", "verdict"), [(1.0, "worked"), (-1.0, "worse"), (0.0, "no_certain_effect")]
)
def test_the_verdict_is_the_direction_of_a_certain_effect(effect, verdict) -> None:
    fact = only(judged(scores(effect=effect)))
    assert (fact["state"], fact["verdict"], fact["against"]) == ("measured", verdict, "other_units")
    assert fact["fact_id"] == "9901/school/-/2025/dimension.access/m1/measure_effect/other_units"
    assert (fact["n"], fact["N"], fact["scale"]) == (120, 4, "1-6")
    assert fact["method"] == "difference_in_differences_clustered"


def test_the_effect_is_that_of_the_statistics() -> None:
    rows = scores(effect=0.4)
    expected = difference_in_differences(rows, "score", "unit", "year", UNITS[:4], 2024, selected_low=True)
    fact = only(judged(rows, selected_low=True))
    assert [fact[name] for name in ("value", "se", "low", "high", "p")] == pytest.approx(
        [expected.effect, expected.se, expected.low, expected.high, expected.p]
    )
    assert fact["method"].endswith("_corrected")


def test_a_ranked_effect_is_certain_where_p_is_just_the_limit() -> None:
    units = tuple(f"s{i}" for i in range(1, 21))
    fact = only(judged(scores(units, treated=units[:1], effect=2.0), units=units[:1]))
    assert fact["method"] == "difference_in_differences_permutation"
    assert (fact["p"], fact["verdict"]) == (pytest.approx(0.05), "worked")


@pytest.mark.parametrize("given", [{"start": 2025}, {"start": 2026}, {"status": "proposed"}])
def test_a_measure_that_had_not_begun_before_the_round_is_not_judged(given) -> None:
    assert judged(scores(), **given).empty


def test_a_round_in_the_year_of_the_start_counts_as_before() -> None:
    rows = scores(effect=1.0)
    assert only(judged(rows, start=2023))["value"] == only(judged(rows, start=2024))["value"]


@pytest.mark.parametrize(
    ("rows", "given", "reason"),
    [
        (scores(UNITS[:6]), {}, "few_units"),
        (scores(), {"units": UNITS[:1]}, "few_units"),
        (scores(), {"units": ()}, "no_comparison"),
        (scores(years=(2025,)), {}, "rounds"),
        (scores(years=(2021, 2023)), {}, "not_measured"),
        (scores(UNITS[4:]), {}, "not_measured"),
        (scores().iloc[:0], {}, "not_measured"),
        (scores(), {"service": "library"}, "not_measured"),
    ],
)
def test_what_cannot_be_judged_is_undecided_and_says_why(rows, given, reason) -> None:
    fact = only(judged(rows, **given))
    assert (fact["state"], fact["note"], fact["verdict"]) == ("undecided", f"cannot_judge.{reason}", "")
    assert pd.isna(fact["value"])


def test_then_each_units_own_change_since_the_last_round_before_is_given_without_a_verdict() -> None:
    rows = scores(UNITS[:6], effect=1.0)
    found = judged(rows, units=UNITS[:2])
    changes = found[found["statistic"] == "measure_change"]
    by_cell = rows.groupby(["unit", "year"])["score"].mean()
    assert changes["unit"].tolist() == ["s1", "s2"]
    assert changes["value"].tolist() == pytest.approx(
        [by_cell[u, 2025] - by_cell[u, 2023] for u in UNITS[:2]]
    )
    assert set(changes["against"]) == {"year.2023"}
    assert set(changes["verdict"]) == {""}
    assert set(changes["n"]) == {30}


def test_then_a_whole_services_change_is_the_one_that_its_chapter_shows() -> None:
    change = claim("change", "higher", against="year.2023", method="mixed_model_year")
    shown = only(judged(scores(), units=(), facts=table(MEAN, change)), "measure_change")
    assert [shown[name] for name in ("value", "low", "high", "n")] == [0.3, 0.1, 0.5, 200]
    assert (shown["verdict"], shown["method"], shown["unit"]) == ("", "mixed_model_year", "")


def elsewhere(number: int = 20) -> pd.DataFrame:
    names = tuple(f"u{i}" for i in range(number))
    rows = scores(names, treated=(), seed=2)
    return rows.assign(municipality="m" + rows["unit"].str[1:])


def test_other_municipalities_are_asked_only_where_the_own_units_are_too_few() -> None:
    enough = only(judged(scores(effect=1.0), others=elsewhere()))
    assert enough["against"] == "other_units"
    few = only(judged(scores(UNITS[:2], treated=UNITS[:1], effect=2.0), units=UNITS[:1], others=elsewhere()))
    assert (few["against"], few["verdict"]) == ("other_municipalities", "worked")
    still = only(judged(scores(UNITS[:1]), units=UNITS[:1], others=elsewhere(5)))
    assert still["note"] == "cannot_judge.few_units"


ALONE = {"units": UNITS[:1], "others": elsewhere(30)}


def peers_of(number: int, **given) -> dict:
    return {"group": "4", "peers": frozenset(f"m{i}" for i in range(number))} | given


@pytest.mark.parametrize(
    ("near", "against", "compared"),
    [
        ({}, "other_municipalities", (31, 30)),
        (peers_of(20), "peers.4", (21, 20)),
        # Fewer than nineteen to rank one unit among: all others are asked.
        (peers_of(17), "other_municipalities", (31, 30)),
        (peers_of(20, fewest=21), "other_municipalities", (31, 30)),
    ],
)
def test_the_comparison_group_is_asked_before_all_others(near, against, compared) -> None:
    found = judged(scores(UNITS[:2], treated=UNITS[:1], effect=2.0), near=near, **ALONE)
    assert only(found)["against"] == against
    counted = only(found, "compared_units")
    assert (counted["value"], counted["N"], counted["against"]) == (*compared, against)


def test_with_fewer_municipalities_than_a_comparison_needs_nothing_is_compared() -> None:
    found = judged(scores(UNITS[:2], treated=UNITS[:1]), near={"fewest": 31}, **ALONE)
    assert only(found)["note"] == "cannot_judge.few_units"
    assert found[found["statistic"].eq("compared_units")].empty


def test_units_elsewhere_count_where_they_have_rounds_on_both_sides_of_the_start() -> None:
    rows = elsewhere(30)
    late = rows[~(rows["unit"].isin([f"u{i}" for i in range(6)]) & rows["year"].lt(2024))]
    found = judged(scores(UNITS[:2], treated=UNITS[:1]), units=UNITS[:1], others=late)
    assert (only(found, "compared_units")["value"], only(found, "compared_units")["N"]) == (25, 24)


def test_of_the_municipalitys_own_units_it_is_said_how_many_they_are() -> None:
    counted = only(judged(scores()), "compared_units")
    assert (counted["value"], counted["against"]) == (4, "other_units")
    assert pd.isna(counted["N"])


def test_of_few_answers_neither_effect_nor_change_has_an_interval() -> None:
    found = judged(scores(UNITS[:2], n=7), near=peers_of(20), **ALONE)
    fact = only(protect(found, Disclosure()))
    assert (fact["state"], fact["note"], fact["verdict"]) == ("undecided", "cannot_judge.few", "")
    assert fact[["value", "se", "low", "high", "p"]].isna().all()
    assert not found["statistic"].eq("compared_units").any()
    change = only(found, "measure_change")
    assert (change["unit"], change["n"], change["state"]) == ("s1", 7, "undecided")
    assert pd.notna(change["value"])
    assert change[["se", "low", "high", "level", "p"]].isna().all()


def test_scores_elsewhere_are_those_that_the_other_municipalities_own_reports_show() -> None:
    rows = pd.concat(
        [scores((f"{place}-{unit}",), n=n, years=(2023, 2025), seed=7).assign(municipality=place)
         for place, sizes in {"m1": (12, 12, 3), "m2": (12, 12, 12)}.items()
         for unit, n in enumerate(sizes)],
        ignore_index=True,
    ).rename(columns={"score": "access_1"})  # fmt: skip
    empty = pd.DataFrame(columns=["unit", "valid_from", "valid_to", "successor"])
    asked = []

    def survey(service: str):
        asked.append(service)
        return prepare(
            municipality="", service=service, questionnaire=questionnaire(), years=(2023, 2025),
            responses=rows.round().assign(respect_1=np.nan), units=empty, frame=empty, groups=empty,
            imports=empty, reasons=empty,
        )  # fmt: skip

    scores_of = scores_elsewhere(survey, Disclosure())
    given = scores_of("school", "dimension.access")
    # The unit with three answers is hidden, and so that it cannot be found by subtraction one more.
    assert set(given["unit"]) == {"m1-1", "m2-0", "m2-1", "m2-2"}
    assert set(given.columns) == {"municipality", "unit", "year", "score"}
    scores_of("school", "overall")
    assert asked == ["school"]


def figured(values: dict[int, float], unit: str = "%", **given):
    plan = steering(measures=(measure(topic="indicator.sick_leave", **given),))
    rows = [("9901", "school", "sick_leave", year, value, unit, "") for year, value in values.items()]
    rows += [("9902", "school", "sick_leave", 2025, 1.0, unit, "")]
    plan = replace(plan, indicators=pd.DataFrame(rows, columns=plan.indicators.columns))
    return measure_facts(plan, lambda service, topic: None, municipality="9901", facts=table(MEAN))


def test_a_measure_on_an_indicator_is_compared_over_time_and_not_tested() -> None:
    found = figured({2021: 9.9, 2023: 9.1, 2024: 8.7, 2025: 8.3})
    effect, change = only(found), only(found, "measure_change")
    assert (effect["state"], effect["note"]) == ("undecided", "cannot_judge.indicator")
    assert (change["value"], change["against"], change["scale"]) == (-0.8, "year.2023", "percent")
    assert (change["method"], change["verdict"], change["topic"]) == ("supplied", "", "indicator.sick_leave")


@pytest.mark.parametrize("values", [{2025: 8.3}, {2023: 9.1}, {}])
def test_an_indicator_without_a_figure_before_or_after_has_no_change(values) -> None:
    found = figured(values)
    assert found["statistic"].tolist() == ["measure_effect"]


def test_an_indicator_of_a_service_that_is_not_surveyed_is_the_municipalitys() -> None:
    plan = steering(measures=(measure(topic="indicator.visits", service="library"),))
    found = measure_facts(plan, lambda service, topic: None, municipality="9901", facts=table(MEAN))
    assert (only(found)["service"], only(found)["note"]) == ("", "cannot_judge.indicator")


def test_a_whole_service_is_one_case_among_the_municipalities_however_many_units_it_has() -> None:
    fact = only(judged(scores(treated=UNITS, effect=2.0), units=(), others=elsewhere()))
    assert (fact["method"], fact["verdict"]) == ("difference_in_differences_permutation", "worked")
    assert pd.isna(fact["N"])
    few = only(judged(scores(treated=UNITS, effect=2.0), units=(), others=elsewhere(18)))
    assert few["note"] == "cannot_judge.no_comparison"


def test_small_cells_and_cells_in_which_all_answer_alike_are_left_out() -> None:
    rows = scores(effect=1.0)
    small = rows["unit"].eq("s1") & rows["year"].eq(2025) & (rows.groupby(["unit", "year"]).cumcount() > 3)
    alike = rows.assign(score=rows["score"].where(~(rows["unit"].eq("s2") & rows["year"].eq(2025)), 6.0))
    fact = only(judged(alike[~small], units=UNITS[:5]))
    assert (fact["N"], fact["note"]) == (3, "fewer_units")


def test_a_batchs_own_threshold_holds() -> None:
    plan = steering(measures=(measure(units=UNITS[:4], selected_low=False),))
    rows, strict = scores(n=12), Disclosure(mean=13, distribution=13)
    found = measure_facts(
        plan, lambda service, topic: rows, municipality="9901", facts=table(MEAN), thresholds=strict
    )
    assert only(found)["note"] == "cannot_judge.not_measured"


def test_a_questions_cells_go_with_the_overall_ones() -> None:
    rows, plan = scores(effect=1.0), measure(units=UNITS[:4], topic="item.access_1", selected_low=False)
    overall = rows[~(rows["unit"].eq("s1") & rows["year"].eq(2025))]
    found = measure_facts(
        steering(measures=(plan,)),
        lambda service, topic: overall if topic == "overall" else rows,
        municipality="9901",
        facts=table(MEAN),
    )
    assert only(found)["N"] == 3


def test_row_order_changes_nothing() -> None:
    rows = scores(effect=0.3)
    turned = rows.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(judged(rows), judged(turned))


def test_scores_are_those_of_cells_that_the_facts_show() -> None:
    asked = questionnaire()
    rows = scores(UNITS[:3], n=12, years=(2023, 2025)).rename(columns={"score": "access_1"})
    empty = pd.DataFrame(columns=["unit", "valid_from", "valid_to", "successor", "year", "N"])
    survey = prepare(
        municipality="9901", service="school", questionnaire=asked, years=(2023, 2025),
        responses=rows.round().assign(respect_1=np.nan), units=empty, frame=empty, groups=empty,
        imports=empty, reasons=empty,
    )  # fmt: skip
    gone = replace(MEAN, unit="s2").missing("suppressed")
    given = shown_scores({"school": survey}, table(MEAN, gone))("school", "dimension.access")
    assert set(zip(given["unit"], given["year"], strict=True)) == {
        ("s1", 2023), ("s1", 2025), ("s2", 2023), ("s3", 2023), ("s3", 2025),
    }  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    """Judge a planted measure of the demo country, as its municipality's report would."""
    folder = tmp_path_factory.mktemp("country") / "demo"
    make_country(folder, municipalities=12)
    store, truth = open_store(folder), read_truth(folder)

    def judge(kind: str, *, selected_low: bool):
        (planted,) = truth.planted(kind)
        place = {"municipality": planted.municipality, "service": planted.service}
        years = (2021, 2023, 2025)
        survey = prepare(
            **place, questionnaire=store.questionnaire(planted.service), years=years,
            responses=store.responses(planted.service, municipality=planted.municipality, years=years),
            units=store.units(**place), frame=store.frame(**place, years=years),
            groups=store.frame_groups(**place, years=years), imports=store.imports(**place),
            reasons=store.import_reasons(**place),
        )  # fmt: skip
        answered = response_rates(survey)
        hidden = hidden_cells(tabulate([*answered, *means(survey)]), Disclosure())
        facts = protect(tabulate([*answered, *means(replace(survey, hidden=hidden))]), Disclosure())
        (topic,) = planted.topics
        plan = measure(
            service=planted.service, units=list(planted.units), topic=f"dimension.{topic}",
            start=planted.start, selected_low=selected_low,
        )  # fmt: skip
        given = shown_scores({planted.service: survey}, facts)
        place = planted.municipality
        return planted, measure_facts(steering(measures=(plan,)), given, municipality=place, facts=facts)

    return judge


def test_the_demos_measure_that_worked_is_found(demo) -> None:
    for selected_low in (True, False):
        planted, found = demo("measure_worked", selected_low=selected_low)
        fact = only(found)
        assert fact["verdict"] == "worked"
        assert fact["low"] < planted.true_change < fact["high"]
        assert fact["N"] == len(planted.units)


def test_the_demos_measure_without_effect_is_not_claimed_to_work(demo) -> None:
    planted, found = demo("measure_without_effect", selected_low=True)
    fact = only(found)
    assert planted.true_change == 0
    assert (fact["verdict"], fact["state"]) == ("no_certain_effect", "measured")
    assert fact["low"] < 0 < fact["high"]


def test_the_demos_measure_in_one_small_unit_cannot_be_judged(demo) -> None:
    planted, found = demo("measure_too_small", selected_low=True)
    assert only(found)["note"] == "cannot_judge.few_units"
    change = only(found, "measure_change")
    assert (change["unit"], change["n"], change["verdict"]) == (planted.units[0], planted.answers or 7, "")
    assert pd.notna(change["value"])
    assert change[["se", "low", "high"]].isna().all()
