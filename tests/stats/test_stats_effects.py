"""Effects of measures: against R's clubSandwich, by brute force, by trials of units chosen in three ways."""

import json
import pickle
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats import (
    NotComparable,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewRounds,
    TooFewUnits,
)
from analysis.stats.effects import NoComparison, difference_in_differences
from analysis.stats.placebo import placebo_test, smallest_comparison
from analysis.stats.unit_rounds import Cells

R = json.loads((Path(__file__).parent / "r_effects.json").read_text(encoding="utf-8"))
MEASURED = list("abcd")
seeds = st.integers(min_value=0, max_value=10_000)
few = settings(max_examples=8, deadline=None, derandomize=True)


def surveyed(seed, *, n_units=12, effect=0.0, treated=3, largest=20, years=(2021, 2023, 2025)):
    """Draw answers in halves; the first units have the measure in the last round."""
    random = np.random.default_rng(seed)
    n = random.integers(5, largest + 1, size=(n_units, len(years)))
    unit, year = (np.repeat(at.ravel(), n.ravel()) for at in np.indices(n.shape))
    level = (
        4
        + 0.3 * random.standard_normal(n_units)[unit]
        + effect * ((unit < treated) & (year == len(years) - 1))
    )
    score = np.round(2 * (level + random.standard_normal(unit.size))) / 2
    names = np.array([f"u{u:02d}" for u in range(n_units)])
    return pd.DataFrame({"unit": names[unit], "year": np.array(years)[year], "score": score})


def own(count):
    return [f"u{u:02d}" for u in range(count)]


def estimated(frame, treated, **settings_):
    return difference_in_differences(frame, "score", "unit", "year", treated, 2024, **settings_)


@pytest.mark.parametrize(("case", "selected_low"), [("plain", False), ("corrected", True)])
def test_effect_error_and_degrees_of_freedom_are_club_sandwichs(case, selected_low):
    ours = estimated(pd.DataFrame(R["data"]), MEASURED, selected_low=selected_low)
    for name in ("effect", "se", "df", "p"):
        assert getattr(ours, name) == pytest.approx(R[case][name], rel=1e-8), name
    assert (ours.method, ours.n_treated_units, ours.n_comparison_units, ours.n) == ("clustered", 4, 6, 219)
    assert ours.effect_uncorrected == pytest.approx(R["plain"]["effect"], rel=1e-8)
    assert ours.regression_to_the_mean == pytest.approx(ours.effect_uncorrected - ours.effect)


def test_means_weighted_by_answers_give_what_respondents_as_rows_give():
    ours = estimated(pd.DataFrame(R["data"]), MEASURED, selected_low=False)
    assert ours.effect == pytest.approx(R["respondents"], rel=1e-8)


def test_the_reliability_of_the_round_before_is_morris():
    assert estimated(pd.DataFrame(R["data"]), MEASURED).reliability == pytest.approx(
        R["reliability"], rel=1e-8
    )
    assert estimated(pd.DataFrame(R["data"]), MEASURED, selected_low=False).reliability is None


def test_units_may_be_named_or_marked_in_a_column():
    frame = pd.DataFrame(R["data"])
    marked = frame.assign(measure=frame["unit"].isin(MEASURED))
    assert estimated(marked, "measure").effect == estimated(frame, MEASURED).effect
    torn = marked.assign(measure=marked["measure"] & (marked.index % 2 == 0))
    with pytest.raises(NotComparable, match="some of their respondents"):
        estimated(torn, "measure")


def test_the_table_shows_both_groups_in_every_round():
    table = estimated(pd.DataFrame(R["data"]), MEASURED).table
    assert table[["group", "year", "n_units"]].values.tolist() == [
        ["comparison", 2021, 5], ["comparison", 2023, 6], ["comparison", 2025, 6],
        ["treated", 2021, 4], ["treated", 2023, 4], ["treated", 2025, 4],
    ]  # fmt: skip
    assert table["n"].sum() == 219


def test_a_unit_without_a_round_on_one_side_is_left_out_and_said():
    frame = surveyed(1)
    frame = frame[(frame["unit"] != "u11") | (frame["year"] == 2025)]
    ours = estimated(frame, own(3), selected_low=False)
    assert ours.n_comparison_units == 8
    assert "1 units without answers before and after" in ours.notes[0]
    without = estimated(frame[frame["unit"] != "u11"], own(3), selected_low=False)
    assert (ours.effect, ours.se, ours.n) == (without.effect, without.se, without.n)


def test_one_treated_unit_is_ranked_among_the_others():
    ours = estimated(surveyed(2, n_units=25, effect=2.5, treated=1), own(1))
    assert (ours.method, ours.df, ours.n_comparison_units) == ("permutation", None, 24)
    # The furthest out of 25.
    assert ours.p == pytest.approx(1 / 25)
    assert 0 < ours.low < ours.effect < ours.high


def drawn_cells(
    seed, n_units, treated, *, effect=0.0, sizes=(10, 60), shocks=0.1, spread=0.35, chosen="lot", before=2
):
    """Draw means of rounds, and which units have the measure: by lot, low in the last round, low indeed."""
    random = np.random.default_rng(seed)
    n = random.integers(*sizes, size=n_units)[:, None] * random.uniform(0.8, 1.2, (n_units, before + 1))
    level = spread * random.standard_normal(n_units)
    mean = (
        level[:, None]
        + shocks * random.standard_normal(n.shape)
        + random.standard_normal(n.shape) / np.sqrt(n)
    )
    by = {"lot": random.random(n_units), "low": mean[:, before - 1], "level": level}[chosen]
    has = np.argsort(np.argsort(by)) < treated
    mean[has, before] += effect
    unit, period = (at.ravel() for at in np.indices(n.shape))
    cells = Cells(
        unit=unit, period=period, n=n.ravel(), mean=mean.ravel(), after=period >= before,
        last_before=before - 1, variance=1.0,
    )  # fmt: skip
    return cells, has


@pytest.mark.parametrize("treated", [1, 2])
def test_the_interval_holds_the_effects_that_the_ranks_do_not_reject(treated):
    cells, has = drawn_cells(5, 21, treated, effect=0.8)
    found = placebo_test(cells, has, level=0.95)

    def rejected(effect):
        # An effect of the measure taken off the treated units again.
        off = np.where(cells.after & has[cells.unit], effect, 0.0)
        return _rank_p(cells, has, off) <= 0.05

    for limit, outside in ((found.low, -1), (found.high, 1)):
        assert not rejected(limit - outside * 1e-6)
        assert rejected(limit + outside * 1e-6)
    assert found.p == pytest.approx(_rank_p(cells, has, np.zeros(len(cells.mean))))


def _rank_p(cells, has, off):
    """Rank by brute force, with the variances of the changes as they were found."""
    n_units = len(has)
    n = cells.n.reshape(n_units, -1)
    later, earlier = n[:, 2:], n[:, :2]
    x = np.column_stack([np.eye(n_units)[cells.unit], cells.rounds()])[~has[cells.unit]]
    w = np.sqrt(cells.n[~has[cells.unit]])
    rounds = np.linalg.lstsq(x * w[:, None], cells.mean[~has[cells.unit]] * w, rcond=None)[0][n_units:]

    def change_of(values):
        left = (values - cells.rounds() @ rounds).reshape(n_units, -1)
        return (left[:, 2:] * later).sum(1) / later.sum(1) - (left[:, :2] * earlier).sum(1) / earlier.sum(1)

    share = 1 / later.sum(1) + 1 / earlier.sum(1)
    raw = change_of(cells.mean)
    middle = np.average(raw, weights=1 / share)
    variance = share + max(0.0, np.square(raw - middle).sum() / (n_units - 1) - share.mean())
    change = change_of(cells.mean - off)
    far = {}
    for group in combinations(range(n_units), int(has.sum())):
        rest = np.setdiff1d(np.arange(n_units), group)
        weight = 1 / share[list(group)] / (1 / share[list(group)]).sum()
        others = np.average(change[rest], weights=1 / variance[rest])
        error = (weight**2 * variance[list(group)]).sum() + 1 / (1 / variance[rest]).sum()
        far[group] = abs(weight @ change[list(group)] - others) / np.sqrt(error)
    reached = far[tuple(np.flatnonzero(has))]
    return np.mean([value >= reached * (1 - 1e-9) for value in far.values()])


def test_a_level_of_99_needs_99_units_to_compare_with():
    assert [smallest_comparison(level) for level in (0.9, 0.95, 0.99)] == [19, 19, 99]


@pytest.mark.parametrize(("n_units", "treated"), [(12, 2), (5, 3), (19, 1)])
def test_too_few_units_are_refused_with_what_changed_in_them(n_units, treated):
    with pytest.raises(TooFewUnits, match="the units' own change") as refused:
        estimated(surveyed(1, n_units=n_units), own(treated))
    error = pickle.loads(pickle.dumps(refused.value))
    assert isinstance(error, NoComparison)
    assert list(error.descriptive["unit"]) == own(treated)
    assert (error.descriptive["low"] < error.descriptive["high"]).all()
    rows = surveyed(1, n_units=n_units).query("unit == 'u00'")
    change = rows.query("year == 2025")["score"].mean() - rows.query("year < 2025")["score"].mean()
    assert error.descriptive["difference"][0] == pytest.approx(change)


def test_an_effect_refuses_what_it_cannot_tell():
    frame = surveyed(1)
    for start in (2020, 2026):
        with pytest.raises(TooFewRounds):
            difference_in_differences(frame, "score", "unit", "year", own(3), start)
    with pytest.raises(NotMeasured, match="'u99': did you mean 'u09'"):
        estimated(frame, ["u00", "u01", "u02", "u99"])
    with pytest.raises(NotMeasured, match="no answers from a unit"):
        estimated(frame[frame["unit"] > "u02"].assign(has=False), "has")
    with pytest.raises(NotMeasured):
        difference_in_differences(frame, "scores", "unit", "year", own(3), 2024)
    suppressed = frame.assign(score=pd.array([None] * len(frame), dtype="Float64"))
    for none in (suppressed, frame.iloc[:0]):
        with pytest.raises(TooFewAnswers):
            estimated(none, own(3))
    with pytest.raises(TooFewAnswers):
        estimated(frame.drop_duplicates(["unit", "year"]), own(3))
    with pytest.raises(NoVariation):
        estimated(frame.assign(score=4.0), own(3))
    with pytest.raises(OutOfRange):
        estimated(frame, own(3), level=95)


@pytest.mark.parametrize("smaller", [1e-3, 1.0, 5.0])
def test_treated_units_of_very_different_sizes_have_a_bounded_interval(smaller):
    cells, has = drawn_cells(3, 21, 2)
    small = np.flatnonzero(has)[0]
    n = np.where(cells.unit == small, smaller, np.where(has[cells.unit], 1000.0, cells.n))
    found = placebo_test(Cells(**(vars(cells) | {"n": n})), has, level=0.95)
    assert -10 < found.low < found.effect < found.high < 10


@few
@given(seed=seeds, shuffle=seeds, count=st.sampled_from([1, 4]))
def test_the_order_of_rows_changes_no_bit(seed, shuffle, count):
    frame = surveyed(seed, n_units=22)
    before, after = (estimated(f, own(count)) for f in (frame, frame.sample(frac=1, random_state=shuffle)))
    for name in ("effect", "se", "low", "high", "p", "regression_to_the_mean", "reliability"):
        assert getattr(before, name) == getattr(after, name), name
    pd.testing.assert_frame_equal(before.table, after.table, rtol=0, atol=0)


@few
@given(seed=seeds, constant=st.integers(-50, 50), count=st.sampled_from([1, 4]))
def test_names_and_a_constant_leave_the_effect_and_an_effect_moves_it(seed, constant, count):
    frame = surveyed(seed, n_units=22)
    names = {name: f"{99 - k} Ø" for k, name in enumerate(own(22))}
    plain = estimated(frame, own(count), selected_low=False)
    moved = estimated(
        frame.assign(unit=frame["unit"].map(names), score=frame["score"] + constant),
        [names[name] for name in own(count)], selected_low=False,
    )  # fmt: skip
    for name in ("effect", "se", "low", "high", "p"):
        assert getattr(moved, name) == pytest.approx(getattr(plain, name), rel=1e-6, abs=1e-9), name
    lifted = frame["unit"].isin(own(count)) & (frame["year"] == 2025)
    more = estimated(frame.assign(score=frame["score"] + 0.7 * lifted), own(count), selected_low=False)
    # Ranked units count by a precision that an effect itself makes a little smaller.
    assert more.effect == pytest.approx(plain.effect + 0.7, abs=1e-9 if count > 2 else 0.02)
    # A change that all share is none.
    later = estimated(
        frame.assign(score=frame["score"] + 0.7 * (frame["year"] == 2025)), own(count), selected_low=False
    )
    assert later.effect == pytest.approx(plain.effect, abs=1e-9)


def trials(count, n_units, treated, **drawn):
    """Estimate draws without an effect: uncorrected and corrected estimates, and whether each is certain."""
    from analysis.stats.effects import _clustered, _ranked

    test = _ranked if treated < 3 else _clustered
    rows = []
    for seed in range(count):
        cells, has = drawn_cells(seed, n_units, treated, **drawn)
        plain, corrected = test(cells, has, 0.95), test(cells.without_return(has), has, 0.95)
        rows.append([plain.effect, plain.p <= 0.05, corrected.effect, corrected.p <= 0.05])
    columns = ["plain", "plain_certain", "corrected", "corrected_certain"]
    return pd.DataFrame(rows, columns=columns).mean()


@pytest.mark.parametrize(("n_units", "treated", "before"), [(10, 4, 2), (30, 4, 1), (21, 2, 2)])
def test_units_chosen_low_rise_by_themselves_and_are_not_called_improved(n_units, treated, before):
    # 400 trials: 5 % and 2.6 standard errors of 1.09 points; the mean effect has a standard error of 0.01.
    chosen_low = trials(400, n_units, treated, before=before, chosen="low")
    assert chosen_low["plain"] > 0.05
    assert abs(chosen_low["corrected"]) < min(0.04, chosen_low["plain"] / 3)
    assert chosen_low["corrected_certain"] < 0.078
    by_lot = trials(400, n_units, treated, before=before, chosen="lot")
    assert abs(by_lot["plain"]) < 0.03
    assert abs(by_lot["corrected"]) < 0.03
    assert max(by_lot["plain_certain"], by_lot["corrected_certain"]) < 0.078


def test_units_chosen_for_their_level_are_better_left_uncorrected():
    # The reason for selected_low=False: what is low over years does not return by itself.
    level = trials(300, 30, 4, before=1, chosen="level")
    assert abs(level["plain"]) < 0.03
    assert level["corrected"] < -0.1
    assert level["plain_certain"] < 0.083


def test_one_treated_unit_is_called_changed_in_one_of_twenty_at_most():
    # 400 trials, half of the choices the smallest units' doing: 5 % and 2.6 standard errors of 1.09 points.
    one = trials(400, 25, 1, sizes=(5, 80))
    assert max(one["plain_certain"], one["corrected_certain"]) < 0.078


def test_an_effect_lies_in_its_interval():
    inside = []
    for seed in range(200):
        ours = estimated(surveyed(seed, effect=0.5, treated=4), own(4))
        inside.append(ours.low <= 0.5 <= ours.high)
    # 95 % less 2.6 standard errors of 1.54 points.
    assert np.mean(inside) > 0.91


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Answers of the demo country's schools with the measures' topics as columns, and its truth."""
    from analysis.demo import make_country
    from analysis.survey import open_store

    folder = tmp_path_factory.mktemp("country") / "demo"
    truth = make_country(folder)
    store = open_store(folder)

    def answers(planting):
        asked, (topic,) = store.questionnaire(planting.service), planting.topics
        frame, (low, high) = store.responses(planting.service), asked.scale
        items = {i.id: i.reversed for i in asked.items if i.dimension == topic}
        values = [low + high - frame[i] if turned else frame[i] for i, turned in items.items()]
        return frame.assign(score=pd.concat(values, axis=1).astype("Float64").mean(axis=1))

    return truth, answers


def test_the_demos_measures_are_found_where_they_worked_and_only_there(demo):
    truth, answers = demo
    (worked,), (without,), (small,) = (
        truth.planted(kind) for kind in ("measure_worked", "measure_without_effect", "measure_too_small")
    )
    found = estimated(answers(worked), list(worked.units))
    assert found.low < worked.true_change < found.high
    assert found.low > 0
    # Chosen because they were low: nothing certain, among their municipality's units or all.
    schools = answers(without)
    for frame in (schools, schools[schools["municipality"] == without.municipality]):
        nothing = estimated(frame, list(without.units))
        assert nothing.low < 0 < nothing.high
        assert 0 < nothing.regression_to_the_mean < 0.2
    permits = answers(small)
    with pytest.raises(NoComparison):
        estimated(permits[permits["municipality"] == small.municipality], list(small.units))
    ranked = estimated(permits, list(small.units))
    assert ranked.method == "permutation"
    assert ranked.low < 0 < ranked.high
