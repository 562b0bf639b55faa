"""What must hold whatever the data: order of rows, names of units, a constant added; and by simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.core.errors import StatisticsError
from analysis.stats import (
    NotMeasured,
    OutOfRange,
    TooFewAnswers,
    adjust_p,
    between_rounds,
    bottom_box,
    cronbach_alpha,
    detectable_difference,
    dimension_scores,
    fit_units,
    index_0_100,
    index_se,
    mean_interval,
    pairwise,
    pooled_sd,
    top_box,
    unit_deviations,
    units_differ,
    wilson,
)
from analysis.stats.contrasts import changes_differ


def surveyed(seed, *, n_units=5, spread=0.4, per_round=12, towns=0):
    """Draw answers of some units in three rounds, in steps of a half on 1–6 as scores of two items are."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), 3 * per_round)
    year = np.tile(np.repeat([2024, 2025, 2026], per_round), n_units)
    level = 4 + spread * random.standard_normal(n_units)[unit]
    frame = pd.DataFrame({"unit": [f"u{u}" for u in unit], "year": year})
    if towns:
        frame["town"] = [f"t{u % towns}" for u in unit]
        level = level + 0.5 * random.standard_normal(towns)[unit % towns]
    frame["score"] = np.clip(np.round(2 * (level + random.standard_normal(len(frame)))) / 2, 1, 6)
    return frame


seeds = st.integers(min_value=0, max_value=10_000)
few = settings(max_examples=10, deadline=None, derandomize=True)


@few
@given(seed=seeds, shuffle=seeds)
def test_the_order_of_rows_changes_no_bit(seed, shuffle):
    frame = surveyed(seed)
    mixed_up = frame.sample(frac=1, random_state=shuffle)
    last, last_mixed_up = frame.query("year == 2026"), mixed_up.query("year == 2026")
    pd.testing.assert_frame_equal(
        fit_units(frame, "score", "unit").table, fit_units(mixed_up, "score", "unit").table, rtol=0, atol=0
    )
    for compare in (pairwise, unit_deviations):
        pd.testing.assert_frame_equal(
            compare(last, "score", "unit").table,
            compare(last_mixed_up, "score", "unit").table,
            rtol=0,
            atol=0,
        )
    pd.testing.assert_frame_equal(
        between_rounds(frame, "score", "year", "unit").table,
        between_rounds(mixed_up, "score", "year", "unit").table,
        rtol=0,
        atol=0,
    )
    assert mean_interval(frame["score"]) == mean_interval(mixed_up["score"])
    assert pooled_sd(frame["score"], frame["unit"]) == pooled_sd(mixed_up["score"], mixed_up["unit"])
    assert units_differ(frame, "score", "unit") == units_differ(mixed_up, "score", "unit")
    assert changes_differ(frame, "score", "unit") == changes_differ(mixed_up, "score", "unit")
    items = ["score", "year"]
    assert cronbach_alpha(frame[items]) == cronbach_alpha(mixed_up[items])
    whole = frame["score"].round()
    for box in (top_box, bottom_box):
        assert box(whole, minimum=1, maximum=6) == box(whole.loc[mixed_up.index], minimum=1, maximum=6)


@few
@given(seed=seeds, shuffle=seeds)
def test_weights_go_with_their_values_in_any_order(seed, shuffle):
    frame = surveyed(seed)
    frame["weight"] = np.random.default_rng(seed).uniform(0.2, 3, len(frame))
    mixed_up = frame.sample(frac=1, random_state=shuffle)
    ours, theirs = (mean_interval(f["score"], weights=f["weight"]) for f in (frame, mixed_up))
    assert ours == theirs
    # Only what weights are beside each other counts, not their sum.
    assert mean_interval(frame["score"], weights=7 * frame["weight"]).se == pytest.approx(ours.se, rel=1e-12)


@few
@given(seed=seeds)
def test_the_names_of_units_change_nothing_but_names(seed):
    frame = surveyed(seed, spread=0.6)
    names = {f"u{k}": name for k, name in enumerate(["Ås", "b-4", "c d", "1", "(x)"])}
    renamed = frame.assign(unit=frame["unit"].map(names))
    before, after = (fit_units(f, "score", "unit").table.set_index("unit") for f in (frame, renamed))
    for column in ("shrunken", "se", "reliability"):
        assert after[column].to_dict() == pytest.approx(
            before.rename(index=names)[column].to_dict(), rel=1e-4
        )
    for test in (units_differ, changes_differ):
        before, after = (test(f, "score", "unit") for f in (frame, renamed))
        assert after.df == before.df
        assert (after.statistic, after.p) == pytest.approx((before.statistic, before.p), rel=1e-9)
    before, after = (
        pairwise(f.query("year == 2026"), "score", "unit", "tukey").table for f in (frame, renamed)
    )
    # Which of two comes first, and so the sign, goes by the name; how sure the pair is does not.
    assert sorted(after["p_adjusted"]) == pytest.approx(sorted(before["p_adjusted"]), rel=1e-6, abs=1e-9)
    assert pooled_sd(frame["score"], frame["unit"]).sd == pytest.approx(
        pooled_sd(renamed["score"], renamed["unit"]).sd, rel=1e-12
    )


@few
@given(seed=seeds, constant=st.integers(min_value=-50, max_value=50))
def test_a_constant_moves_means_and_leaves_differences(seed, constant):
    frame = surveyed(seed)
    moved = frame.assign(score=frame["score"] + constant)
    before, after = fit_units(frame, "score", "unit"), fit_units(moved, "score", "unit")
    assert list(after.table["shrunken"] - constant) == pytest.approx(list(before.table["shrunken"]), abs=1e-4)
    assert after.variance_unit == pytest.approx(before.variance_unit, rel=1e-3, abs=1e-6)
    columns = ["difference", "se", "p", "p_bh", "detectable"]
    for column in columns:
        assert list(between_rounds(moved, "score", "year", "unit").table[column]) == pytest.approx(
            list(between_rounds(frame, "score", "year", "unit").table[column]), rel=1e-7, abs=1e-9
        )
    for test in (units_differ, changes_differ):
        assert test(moved, "score", "unit").p == pytest.approx(test(frame, "score", "unit").p, rel=1e-7)
    last, last_moved = frame.query("year == 2026"), moved.query("year == 2026")
    for compare in (pairwise, unit_deviations):
        for column in ("difference", "se", "p", "p_adjusted"):
            assert list(compare(last_moved, "score", "unit").table[column]) == pytest.approx(
                list(compare(last, "score", "unit").table[column]), rel=1e-7, abs=1e-9
            )
    here, there = mean_interval(frame["score"]), mean_interval(moved["score"])
    assert there.mean - constant == pytest.approx(here.mean)
    assert (there.sd, there.se, there.high - there.low) == pytest.approx(
        (here.sd, here.se, here.high - here.low)
    )
    assert pooled_sd(moved["score"], moved["unit"]).sd == pytest.approx(
        pooled_sd(frame["score"], frame["unit"]).sd
    )


@few
@given(seed=seeds, factor=st.floats(min_value=0.1, max_value=40))
def test_another_scale_moves_points_and_leaves_certainty(seed, factor):
    frame = surveyed(seed)
    scaled = frame.assign(score=factor * frame["score"])
    before, after = (between_rounds(f, "score", "year", "unit").table for f in (frame, scaled))
    assert list(after["p"]) == pytest.approx(list(before["p"]), rel=1e-7)
    assert list(after["difference"]) == pytest.approx(list(factor * before["difference"]), abs=1e-9)
    before, after = (fit_units(f, "score", "unit") for f in (frame, scaled))
    assert after.difference_found == before.difference_found
    assert after.variance_residual == pytest.approx(factor**2 * before.variance_residual, rel=1e-3)
    assert list(after.table["reliability"]) == pytest.approx(
        list(before.table["reliability"]), rel=1e-3, abs=1e-5
    )
    items = ["score", "other"]
    frame["other"], scaled["other"] = (
        frame["score"].shift(3, fill_value=4.0),
        factor * frame["score"].shift(3, fill_value=4.0),
    )
    assert cronbach_alpha(scaled[items]).alpha == pytest.approx(cronbach_alpha(frame[items]).alpha, abs=1e-9)


@few
@given(value=st.floats(min_value=1, max_value=6), low=st.integers(-5, 1), high=st.integers(6, 12))
def test_the_index_runs_from_nought_to_a_hundred_and_keeps_order(value, low, high):
    index = index_0_100(value, low, high)
    assert 0 <= index <= 100 + 1e-9
    assert index_0_100(low, low, high) == 0
    assert index_0_100(high, low, high) == pytest.approx(100)
    half = (1 + value) / 2
    assert index - index_0_100(half, low, high) == pytest.approx(index_se(value - half, low, high))


@few
@given(seed=seeds, missing=st.floats(min_value=0, max_value=0.9))
def test_a_score_is_there_where_half_is_answered_and_lies_between_the_answers(
    seed, missing, make_questionnaire
):
    random = np.random.default_rng(seed)
    answers = pd.DataFrame(random.integers(1, 7, (40, 5)), columns=list("abcde")).astype("Int64")
    answers = answers.mask(random.random(answers.shape) < missing)
    asked = make_questionnaire(dict.fromkeys("abcde", ("care", 1, 6, False)))
    turned = make_questionnaire(dict.fromkeys("abcde", ("care", 1, 6, True)))
    scores = dimension_scores(answers, asked)["care"]
    enough = answers.notna().sum(axis=1) >= 2.5
    assert (scores.notna() == enough).all()
    there = scores[enough]
    assert (there >= answers[enough].min(axis=1).astype(float) - 1e-12).all()
    assert (there <= answers[enough].max(axis=1).astype(float) + 1e-12).all()
    # Turned the other way round everything is mirrored.
    assert list(dimension_scores(answers, turned)["care"].dropna()) == pytest.approx(list(7 - there))
    # Nobody's score depends on who else answered.
    alone = dimension_scores(answers.iloc[[3]], asked)["care"]
    pd.testing.assert_series_equal(alone, scores.iloc[[3]])


@few
@given(n=st.integers(min_value=2, max_value=400), more=st.integers(min_value=1, max_value=400))
def test_more_answers_show_smaller_differences(n, more):
    assert detectable_difference(n + more, n, 1.1) < detectable_difference(n, n, 1.1)
    assert detectable_difference(n, n, 2.2) == pytest.approx(2 * detectable_difference(n, n, 1.1))
    assert detectable_difference(n, n + more, 1.0) == pytest.approx(detectable_difference(n + more, n, 1.0))


@few
@given(seed=seeds, extra=st.integers(min_value=1, max_value=30))
def test_rows_without_a_score_change_nothing(seed, extra):
    frame = surveyed(seed)
    silent = frame.sample(extra, random_state=seed, replace=True).assign(score=np.nan)
    more = pd.concat([frame, silent], ignore_index=True)
    assert mean_interval(more["score"]) == mean_interval(frame["score"])
    assert units_differ(more, "score", "unit") == units_differ(frame, "score", "unit")
    assert changes_differ(more, "score", "unit") == changes_differ(frame, "score", "unit")
    for compare in (
        lambda f: fit_units(f, "score", "unit"),
        lambda f: between_rounds(f, "score", "year", "unit"),
    ):
        pd.testing.assert_frame_equal(compare(more).table, compare(frame).table, rtol=0, atol=0)


CALLS = {
    "mean_interval": lambda f: mean_interval(f["score"]),
    "weighted mean_interval": lambda f: mean_interval(f["score"], weights=np.ones(len(f))),
    "pooled_sd": lambda f: pooled_sd(f["score"], f["unit"]),
    "top_box": lambda f: top_box(f["score"], minimum=1, maximum=6),
    "bottom_box": lambda f: bottom_box(f["score"], minimum=1, maximum=6),
    "cronbach_alpha": lambda f: cronbach_alpha(f[["score", "score"]].set_axis(["a", "b"], axis=1)),
    "between_rounds": lambda f: between_rounds(f, "score", "year"),
    "between_rounds by unit": lambda f: between_rounds(f, "score", "year", "unit"),
    "fit_units": lambda f: fit_units(f, "score", "unit"),
    "pairwise": lambda f: pairwise(f, "score", "unit"),
    "pairwise by Tukey": lambda f: pairwise(f, "score", "unit", "tukey"),
    "unit_deviations": lambda f: unit_deviations(f, "score", "unit"),
    "units_differ": lambda f: units_differ(f, "score", "unit"),
    "changes_differ": lambda f: changes_differ(f, "score", "unit"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("call", CALLS)
def test_nothing_and_what_was_suppressed_are_refused_by_name(call):
    frame = surveyed(1)
    for column in (np.nan, None, pd.NA):
        with pytest.raises(StatisticsError) as refused:
            CALLS[call](frame.assign(score=column))
        assert type(refused.value) is not StatisticsError
    with pytest.raises(StatisticsError):
        CALLS[call](frame.iloc[:0])
    with pytest.raises(StatisticsError):
        CALLS[call](frame.assign(score=pd.array([pd.NA] * len(frame), dtype="Float64")))


@pytest.mark.parametrize(
    "call",
    [
        name
        for name in CALLS
        if "box" not in name and "mean" not in name and name not in ("pooled_sd", "cronbach_alpha")
    ],
)
def test_answers_as_text_and_missing_columns_are_refused_by_name(call):
    frame = surveyed(1).query("year == 2026") if "pairwise" in call or "deviations" in call else surveyed(1)
    with pytest.raises(OutOfRange, match="no numbers in column 'score'"):
        CALLS[call](frame.assign(score=frame["score"].astype(str)))
    with pytest.raises(NotMeasured, match="score"):
        CALLS[call](frame.drop(columns="score"))


def test_scores_of_nobody_are_refused(make_questionnaire):
    asked = make_questionnaire({"a": ("care", 1, 6, False)})
    with pytest.raises(TooFewAnswers):
        dimension_scores(pd.DataFrame({"a": []}), asked)
    # Who answered nothing is a respondent without a score, which is no error.
    assert dimension_scores(pd.DataFrame({"a": [None, None]}), asked).isna().all(axis=None)


@few
@given(p=st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=20))
def test_adjusted_p_values_are_never_smaller_and_keep_their_order(p):
    for method in ("bh", "holm"):
        adjusted = adjust_p(p, method)
        assert (adjusted >= np.array(p) * (1 - 1e-12)).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@few
@given(n=st.integers(min_value=1, max_value=5000), share=st.floats(min_value=0, max_value=1))
def test_a_wilson_interval_holds_its_share_and_stays_a_share(n, share):
    ours = wilson(int(share * n), n)
    assert 0 <= ours.low <= ours.share <= ours.high <= 1


@pytest.mark.parametrize("seed", range(12))
def test_no_variances_beside_the_found_ones_are_more_likely(seed):
    """The whole plane of variances is searched for a better fit, with the likelihood in full matrices."""
    frame = surveyed(seed, n_units=6, spread=[0.0, 0.1, 0.4][seed % 3], per_round=4, towns=3)
    ours = fit_units(frame, "score", "unit", within="town")
    x = pd.get_dummies(frame["year"], drop_first=True).assign(one=1.0).to_numpy(dtype=float)
    same_unit = (frame["unit"].to_numpy()[:, None] == frame["unit"].to_numpy()).astype(float)
    same_town = (frame["town"].to_numpy()[:, None] == frame["town"].to_numpy()).astype(float)
    y = frame["score"].to_numpy()

    def criterion(ratio_unit, ratio_town):
        v = np.eye(len(y)) + ratio_unit * same_unit + ratio_town * same_town
        information = x.T @ np.linalg.solve(v, x)
        residual = y - x @ np.linalg.solve(information, x.T @ np.linalg.solve(v, y))
        df = len(y) - x.shape[1]
        s2 = residual @ np.linalg.solve(v, residual) / df
        logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        return df * (np.log(2 * np.pi * s2) + 1) + logs

    found = (ours.variance_unit / ours.variance_residual, ours.variance_within / ours.variance_residual)
    assert criterion(*found) == pytest.approx(ours.reml, abs=1e-6)
    ratios = [0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, *(found[0] * k for k in (0.9, 1.1))]
    towns = [0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, *(found[1] * k for k in (0.9, 1.1))]
    best = min(criterion(u, t) for u in ratios for t in towns)
    assert ours.reml <= best + 1e-6


def test_variances_are_found_again_on_average():
    # REML is close to unbiased; 100 draws of 10 units with variance 0.16 and residual 1 (clipping and
    # rounding to halves put it a little off: 0.02 more for the rounding, less for the clipping).
    fits = [fit_units(surveyed(seed, n_units=10, per_round=8), "score", "unit") for seed in range(100)]
    assert np.mean([fit.variance_unit for fit in fits]) == pytest.approx(0.16, abs=0.02)
    assert np.mean([fit.variance_residual for fit in fits]) == pytest.approx(1.0, abs=0.06)


def test_equal_units_are_seldom_called_different():
    # Holm holds the chance of any false finding among the units at 5 %; 150 draws.
    false = [
        (unit_deviations(surveyed(seed, n_units=6, spread=0.0).query("year == 2026"), "score", "unit")
         .table["p_adjusted"].min() < 0.05)
        for seed in range(150)
    ]  # fmt: skip
    assert np.mean(false) < 0.09
