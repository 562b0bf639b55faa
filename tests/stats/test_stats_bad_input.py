"""Bad input to the statistics: refused by a named error that says what is wrong, never a NaN or a warning."""

import dataclasses
import datetime
import decimal
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import analysis.stats as face
from analysis.core.errors import StatisticsError
from analysis.stats.arrays import fitting_arrays, float_array
from analysis.stats.errors import (
    NotComparable,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewRounds,
)
from analysis.stats.expected_range import expected_range
from analysis.stats.frames import complete_rows
from analysis.stats.funnel import funnel
from analysis.stats.overdispersion import overdispersion

ITEMS = tuple(
    SimpleNamespace(id=name, dimension="care", minimum=1, maximum=6, reversed=name == "other")
    for name in ("score", "other")
)
ASKED = SimpleNamespace(items=ITEMS, dimensions=(SimpleNamespace(id="care"),), overall=None)
MARGINS = {"age": {"young": 0.5, "old": 0.5}}
MIX = {"beta": {"age=old": -0.3, "number": 0.1}, "centre": {"age=old": 0.4, "number": 4.0}}


def answers() -> pd.DataFrame:
    random = np.random.default_rng(3)
    unit = np.repeat(np.arange(12), 24)
    score, other, noise = (random.normal(4, 1, unit.size) for _ in range(3))
    scores = {"score": score, "other": other, "overall": score / 2 + 2 + noise / 3}
    return pd.DataFrame({
        "unit": [f"u{u:02d}" for u in unit], "group": np.where(unit < 6, "north", "south"),
        "year": np.tile(np.repeat([2022, 2024, 2026], 8), 12), "has": unit < 4,
        **{name: np.clip(np.round(values), 1, 6) for name, values in scores.items()},
        "age": random.choice(["young", "old"], unit.size), "number": random.integers(1, 9, unit.size) * 1.0,
    })  # fmt: skip


ANSWERS = answers()
ESTIMATES = pd.DataFrame(
    {"unit": [f"u{k}" for k in range(25)], "n": 30, "mean": np.linspace(3.5, 4.5, 25), "se": 0.2}
)
SHARES = pd.DataFrame({"dimension": ["a", "b"], "share": [0.7, 0.3], "low": [0.6, 0.2], "high": [0.8, 0.4]})
MEANS = pd.DataFrame(
    {"dimension": ["a", "b"], "mean": [4.0, 5.0], "mean_low": [3.9, 4.8], "mean_high": [4.1, 5.2]}
)
DIMENSIONS = ("score", "other")

# Function, its good frame, the columns that it takes as numbers, and those that it takes as names.
FRAMES = {
    "between_rounds": (lambda f: face.between_rounds(f, "score", "year", "unit"), ANSWERS,
                       ["score"], ["year", "unit"]),
    "changes_over_rounds": (lambda f: face.changes_over_rounds(f, "score", "year", "unit"), ANSWERS,
                            ["score"], ["year", "unit"]),
    "fit_units": (lambda f: face.fit_units(f, "score", "unit", within="group"), ANSWERS,
                  ["score"], ["year", "unit", "group"]),
    "fit_units by formula": (lambda f: face.fit_units(f, "score", "unit", "C(age)"), ANSWERS,
                             ["score"], ["age", "unit"]),
    "pairwise": (lambda f: face.pairwise(f, "score", "unit"), ANSWERS[ANSWERS["year"] == 2026],
                 ["score"], ["unit"]),
    "unit_deviations": (lambda f: face.unit_deviations(f, "score", "unit"), ANSWERS[ANSWERS["year"] == 2026],
                        ["score"], ["unit"]),
    "units_differ": (lambda f: face.units_differ(f, "score", "unit"), ANSWERS, ["score"], ["year", "unit"]),
    "changes_differ": (lambda f: face.changes_differ(f, "score", "unit"), ANSWERS,
                       ["score"], ["year", "unit"]),
    "adjust": (lambda f: face.adjust_case_mix(f, "score", "unit", ["age", "number"]), ANSWERS,
               ["score"], ["unit"]),
    "adjusted_scores": (lambda f: face.adjusted_scores(f, "score", **MIX, reference={"age": "young"}),
                        ANSWERS, ["score", "number"], []),
    "cumulative_logit": (lambda f: face.cumulative_logit(f, "score", "C(year)"), ANSWERS,
                         ["score"], ["year"]),
    "cross_products": (lambda f: face.cross_products(f, "overall", DIMENSIONS, "unit"), ANSWERS,
                       ["overall", "score"], ["unit"]),
    "shapley_shares": (lambda f: face.shapley_shares(f, "overall", DIMENSIONS, "unit", 50, 1), ANSWERS,
                       ["overall", "score"], ["unit"]),
    "difference_in_differences": (
        lambda f: face.difference_in_differences(f, "score", "unit", "year", ["u00", "u01", "u02"], 2026),
        ANSWERS, ["score"], ["year", "unit"]),
    "difference_in_differences by column": (
        lambda f: face.difference_in_differences(f, "score", "unit", "year", "has", 2026),
        ANSWERS, ["score", "has"], ["unit"]),
    "calibrate": (lambda f: face.calibrate(f, MARGINS), ANSWERS, [], ["age"]),
    "cronbach_alpha": (
        face.cronbach_alpha, ANSWERS[["score", "other"]], ["score", "other"], []),
    "dimension_scores": (lambda f: face.dimension_scores(f, ASKED), ANSWERS, ["score", "other"], []),
    "expected_range": (expected_range, ESTIMATES, ["n", "mean", "se"], ["unit"]),
    "overdispersion": (overdispersion, ESTIMATES, ["mean", "se"], []),
    "quadrants": (lambda f: face.quadrants(f, MEANS), SHARES, ["share", "low", "high"], ["dimension"]),
    "quadrants of means": (lambda f: face.quadrants(SHARES, f), MEANS, ["mean", "mean_low", "mean_high"],
                           ["dimension"]),
}  # fmt: skip
NUMBERS = [(column, name) for name, (_, _, numbers, _) in FRAMES.items() for column in numbers]
COLUMNS = NUMBERS + [(column, name) for name, (_, _, _, labels) in FRAMES.items() for column in labels]


def repeated(*values, dtype=object):
    return lambda column: pd.Series(
        [values[i % len(values)] for i in range(len(column))], index=column.index, dtype=dtype
    )


def null(dtype):
    return lambda column: pd.Series([None] * len(column), index=column.index, dtype=dtype)


NEVER = {
    "infinite": repeated(1.0, np.inf, 2.0, dtype="float64"),
    "infinite objects": repeated(1.0, -np.inf, 2.0),
    "infinite Float64": repeated(1.0, np.inf, 2.0, dtype="Float64"),
    "infinite Arrow": repeated(1.0, np.inf, 2.0, dtype="double[pyarrow]"),
    "infinite decimals": repeated(decimal.Decimal(1), decimal.Decimal("Infinity")),
    "beyond all squares": repeated(1.0, 1e300, dtype="float64"),
    "mixed": repeated(1, "a", 2),
    "mixed categories": repeated("a", 1, dtype="category"),
    "lists": repeated([1]),
    "complex": repeated(1 + 2j, 3j, dtype="complex128"),
    "null": null(object),
    "null categories": null("category"),
    "null Float64": null("Float64"),
}
NO_NUMBERS = {
    "text": repeated("a", "b", dtype="str"),
    "digits as text": repeated("1", "2", dtype="str"),
    "Arrow text": repeated("a", "b", dtype="string[pyarrow]"),
    "bytes": repeated(b"1", b"2"),
    "text categories": repeated("a", "b", dtype="category"),
    "dates": repeated(*pd.date_range("2020", periods=9), dtype="datetime64[ns]"),
    "spans of time": repeated(*pd.to_timedelta(range(9), unit="D"), dtype="timedelta64[ns]"),
    "days": repeated(*(datetime.date(2020, 1, day) for day in range(1, 9))),
    "tuples": repeated((1, 2), (2, 3)),
    "numbers too large": repeated(1, 10**400),
}


def refused(call, kind=StatisticsError) -> StatisticsError:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(kind) as caught:
            call()
    assert caught.value.what
    assert caught.value.found or caught.value.expected
    return caught.value


def numbers_of(result) -> list[float]:
    if isinstance(result, pd.DataFrame):
        return [x for name in result for x in numbers_of(result[name])]
    if isinstance(result, pd.Series | np.ndarray):
        return (
            np.asarray(result, float).ravel().tolist() if pd.api.types.is_numeric_dtype(result.dtype) else []
        )
    if dataclasses.is_dataclass(result):
        fields = dataclasses.fields(result)
        return [x for field in fields for x in numbers_of(getattr(result, field.name))]
    return [float(result)] if isinstance(result, int | float) and not isinstance(result, bool) else []


@pytest.mark.parametrize("place", COLUMNS, ids=" of ".join)
def test_a_column_that_cannot_be_is_refused_by_name(place):
    column, name = place
    call, frame, *_ = FRAMES[name]
    # A questionnaire's item may be without any answer, and a level of text may be called anything.
    silent = ["null", "null categories", "null Float64"] if name == "dimension_scores" else []
    for what, make in NEVER.items():
        if what not in silent:
            refused(lambda bad=frame.assign(**{column: make(frame[column])}): call(bad))
    refused(lambda: call(frame.drop(columns=column)) if column != "year" else call(frame.iloc[:0]))
    error = refused(lambda: call(pd.concat([frame, frame[[column]]], axis=1)), NotComparable)
    assert f"more than one column {column!r}" in error.what


@pytest.mark.parametrize("place", NUMBERS, ids=" of ".join)
def test_a_column_of_numbers_that_holds_none_is_refused_by_name(place):
    column, name = place
    call, frame, *_ = FRAMES[name]
    for make in NO_NUMBERS.values():
        error = refused(lambda bad=frame.assign(**{column: make(frame[column])}): call(bad))
        assert "'a'" not in str(error)


@pytest.mark.parametrize("name", FRAMES)
def test_what_is_no_frame_or_holds_nothing_is_refused_by_name(name):
    call, frame, *_ = FRAMES[name]
    several = frame.set_axis(pd.MultiIndex.from_product([frame.columns, ["x"]]), axis=1)
    for bad in (frame.iloc[:0], frame.iloc[:0].astype(object), pd.DataFrame(), several):
        assert refused(lambda bad=bad: call(bad))
    for bad in (None, "answers", [1, 2], {"score": [1]}, frame.iloc[:, 0], frame.to_numpy()):
        assert refused(lambda bad=bad: call(bad), NotMeasured)


@pytest.mark.parametrize("name", FRAMES)
def test_columns_of_any_kind_give_the_same_result(name):
    call, frame, numbers, labels = FRAMES[name]
    kinds = {
        "nullable": lambda column: column.convert_dtypes(),
        "Arrow": lambda column: column.convert_dtypes(dtype_backend="pyarrow"),
        "object": lambda column: column.astype(object),
        "category": lambda column: column.astype("category"),
        "ordered": lambda column: column.astype(pd.CategoricalDtype(sorted(column.unique()), ordered=True)),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = numbers_of(call(frame))
        assert expected
        for make in kinds.values():
            other = frame.assign(**{column: make(frame[column]) for column in [*numbers, *labels]})
            assert numbers_of(call(other)) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def test_numbers_that_come_as_objects_are_numbers_in_a_model_too():
    asked = ANSWERS.assign(number=ANSWERS["number"].map(lambda x: decimal.Decimal(int(x))))
    for call in (
        lambda f: face.adjust_case_mix(f, "score", "unit", ["number"]),
        lambda f: face.fit_units(f, "score", "unit", "number"),
    ):
        assert numbers_of(call(asked)) == pytest.approx(numbers_of(call(ANSWERS)), nan_ok=True)


LAST = ANSWERS[ANSWERS["year"] == 2026]
PAIR = ([1, 2, 2, 3, 4, 3], [4, 5, 3, 5, 6, 6])
JUNK = ("a", "0.95", np.nan, np.inf, -np.inf, 1e300, [0.5, 0.9], {"a": 1}, pd.NA, pd.Timestamp("2020"))
JUNK += (1 + 2j, object(), np.array([0.9, 0.95]), np.array(0.95), pd.Series([1, 2]), np.datetime64("2020"))
NO_NUMBER = (*JUNK, None, True)
NO_SHARE = (*NO_NUMBER, 0, 1, -1, 95)
VALUES = ("abc", ["a", "b"], ["1", "2"], [1, np.inf], [1, [2]], [1 + 2j], [pd.Timestamp("2020")], {1: 2})
NO_NAME = (None, pd.NA, ["score", "age"], {}, 5, "scor", pd.Series(["score"]), np.array(0.95))
NO_SCORES = (None, pd.NA, 5, "scor", [], {}, ["score", None], ["score", "age"], ["score"] * 2, [["score"]])


def given(function, **good):
    return lambda **others: function(**(good | others))


BY_UNIT = {"frame": ANSWERS, "score": "score", "unit": "unit"}
BY_YEAR = {"frame": ANSWERS, "score": "score", "year": "year"}
SCALE = {"minimum": [*NO_NUMBER, 6], "maximum": [*NO_NUMBER, 1]}
ENDS = {"low": [*NO_NUMBER, 6], "high": [*NO_NUMBER, 1]}
POWER = {"power": NO_SHARE, "level": NO_SHARE}
ROUNDS = [*JUNK, True, (2022,), (2022, None), (2026, 2024), (2022, 2024, 2026), ("x", "y"), "ab"]
UNITS = {"score": [*NO_NAME, "unit"], "unit": [*NO_NAME, "score"], "year": [*NO_NAME, "unit"]}
SPREAD = {"tau": [*NO_NUMBER, -1, []], "theta": [*JUNK, True], "minimum_units": [*NO_NUMBER, 1, 26]}
# Function with good settings, and what it refuses for each of them.
SETTINGS = {
    "mean_interval": (given(face.mean_interval, values=[1, 2, 3, 5]), {
        "values": [*VALUES, [], [None]], "weights": [*VALUES, 5, [1, 0, 1, 1], [1, None, 1, 1], [1e-300] * 4],
        "population": [*JUNK, True, 3, 9.5], "level": NO_SHARE,
        "pooled_sd": [*JUNK, True, 0, -1, face.PooledSd(sd=np.inf, df=3, n_groups=2)]}),
    "pooled_sd": (given(face.pooled_sd, values=[1, 2, 3, 5], groups=list("aabb")), {
        "values": VALUES, "groups": [None, "a", 5, ["a"], {1, 2}, [1, 1, "b", "b"], [[1], [1], [2], [2]]]}),
    "wilson": (given(face.wilson, successes=3, n=10), {
        "successes": [*VALUES, 2.5, -1, 11, None, []], "n": [*VALUES, 9.5, np.inf, 0, None, [], 1e300],
        "level": NO_SHARE}),
    "adjust_p": (given(face.adjust_p, p=[0.1, 0.2]), {
        "p": [*VALUES, [], None, [0.1, None], [1.1]], "method": [*NO_NUMBER, "tukey", "BH"]}),
    "top_box": (given(face.top_box, answers=[1, 2, 6], minimum=1, maximum=6), {
        "answers": [*VALUES, [], [None], [0], [7]], **SCALE, "level": NO_SHARE}),
    "turned": (given(face.turned, answers=[1, 2, 6], minimum=1, maximum=6), {
        "answers": [*VALUES, 7, [0]], **SCALE}),
    "index_0_100": (given(face.index_0_100, value=[1, 2, 6], low=1, high=6), {
        "value": [*VALUES, 9, [0], np.inf], **ENDS}),
    "index_se": (given(face.index_se, se=[1, 2], low=1, high=6), {"se": VALUES, **ENDS}),
    "detectable_difference": (given(face.detectable_difference, n1=10, n2=20, sd=1.1), {
        "n1": [*VALUES, [], None, np.inf, 0, 1e300], "n2": [*VALUES, [10, 20, None], -1],
        "sd": [*VALUES, None, 0, np.nan, np.inf], **POWER}),
    "plan_sample": (
        given(face.plan_sample, difference=0.5, sd=1.1, n_before=200, response_rate=0.4, population=600), {
        "difference": [*NO_NUMBER, 0, -1], "half_width": [1, "a"], "sd": [*NO_NUMBER, 0], **POWER,
        "n_before": [*JUNK, True, 0, 2.5], "response_rate": [*JUNK, True, 0, 1.1],
        "population": [*JUNK, True, 0, 2.5]}),
    "band_probabilities": (
        given(face.band_probabilities, shrunken=[4.5, 4], se=0.2, desired=4.5, acceptable=4), {
        "shrunken": [*VALUES, [], None, {}], "se": [*VALUES, 0, None, [1, 2, 3]],
        "desired": [*VALUES, None, 4], "acceptable": [*VALUES, None, 4.5], "certainty": [*NO_SHARE, 0.5]}),
    "agreement": (given(face.agreement, comparisons={"a": (*PAIR, 2.3, 0.01)}), {
        "comparisons": [
            None, 5, {}, [], "ab", {"a": 1}, {"a": PAIR}, {"a": ([], PAIR[1], 2.3, 0.01)},
            *({"a": (values, PAIR[1], 2.3, 0.01)} for values in VALUES),
            *({"a": (*PAIR, difference, 0.01)} for difference in NO_NUMBER),
            *({"a": (*PAIR, 2.3, p)} for p in (*NO_NUMBER, -0.1, 1.1))],
        "adjust": [*NO_NUMBER, "tukey"], "level": NO_SHARE}),
    "funnel": (given(funnel, n=[10, 20], theta=4.0, sd=1.0), {
        "n": [*VALUES, [], None, 0, np.inf, 1e300], "theta": NO_NUMBER, "sd": [*NO_NUMBER, 0, -1],
        "tau": [*NO_NUMBER, -1, "consistent"], "share": [None, "no", 1, np.nan, []]}),
    "expected_range": (given(expected_range, estimates=ESTIMATES), SPREAD),
    "overdispersion": (given(overdispersion, estimates=ESTIMATES), SPREAD),
    "quadrants": (given(face.quadrants, shares=SHARES, means=MEANS), {
        "cut_share": [*JUNK, True], "cut_score": [*JUNK, True]}),
    "between_rounds": (given(face.between_rounds, **BY_YEAR), {
        "score": [*NO_SCORES, "year"], "year": [*NO_NAME, "score"], "by": [*NO_NAME[1:], "year", "score"],
        "rounds": ROUNDS, **POWER}),
    "changes_over_rounds": (given(face.changes_over_rounds, **BY_YEAR, unit="unit"), {
        "score": [*NO_SCORES, "year"], "year": [*NO_NAME, "score"], "unit": [*NO_NAME, "year", "score"],
        "rounds": ROUNDS, **POWER}),
    "fit_units": (given(face.fit_units, **BY_UNIT), {
        "score": [*NO_NAME, "unit", "year"], "unit": [*NO_NAME, "score"], "within": [*NO_NAME[1:], "unit"],
        "fixed": [None, 5, [], pd.NA, ANSWERS, "nothing", "C(year", "score ~ year", "I(1 / (number - 3))"],
        "year": [None, pd.NA, 5, ["year"], "score", "yaer"], "round": ["a", 2025, pd.NA, [2026], np.nan]}),
    "pairwise": (given(face.pairwise, **BY_UNIT | {"frame": LAST}), {
        **UNITS, "adjust": [*NO_NUMBER, "bonferroni"], "level": NO_SHARE}),
    "unit_deviations": (given(face.unit_deviations, **BY_UNIT | {"frame": LAST}), {
        **UNITS, "adjust": [*NO_NUMBER, "tukey"], "level": NO_SHARE}),
    "units_differ": (given(face.units_differ, **BY_UNIT), UNITS),
    "changes_differ": (given(face.changes_differ, **BY_UNIT), UNITS),
    "adjust_case_mix": (given(face.adjust_case_mix, **BY_UNIT, adjusters="age"), {
        "score": [*NO_NAME, "unit", "age"], "unit": [*NO_NAME, "score"],
        "adjusters": [
            None, 5, [], "ag", ["age", "age"], ["age", None], [["age"]], "score", ["unit"], "group"]}),
    "adjusted_scores": (
        given(face.adjusted_scores, frame=ANSWERS, score="score", **MIX, reference={"age": "young"}), {
        "score": [*NO_NAME, "age"],
        "beta": [None, "a", {}, {"age=old": "x"}, {"age=old": np.inf, "number": 1}],
        "centre": [None, 5, {"age=old": None, "number": 1}, [1, 2, 3]],
        "reference": [None, "age", 5, {"ag": "young"}]}),
    "cumulative_logit": (given(face.cumulative_logit, frame=ANSWERS, item="score", formula="C(year)"), {
        "item": [*NO_NAME, "age"], "formula": [*NO_NAME, "1", "C(year", "score ~ year"], "level": NO_SHARE}),
    "shapley_shares": (
        given(face.shapley_shares, frame=ANSWERS, overall="overall", dimensions=DIMENSIONS, unit="unit",
              draws=50), {
        "overall": [*NO_NAME, "score", "unit"], "unit": [*NO_NAME, "overall"], "level": NO_SHARE,
        "dimensions": [None, 5, [], "score", ["score"] * 2, ["score", None]],
        "draws": [*NO_NUMBER, 39, 50.5, 2**63], "seed": [*NO_NUMBER, -1, 0.5]}),
    "association_shares": (face.association_shares, {"sums": [None, 5, ANSWERS]}),
    "combined": (face.combined, {"parts": [None, 5, [], [None], ANSWERS, np.array(1.0)]}),
    "difference_in_differences": (
        given(face.difference_in_differences, **BY_YEAR, unit="unit", treated=["u00", "u01", "u02"],
              start=2026), {
        "score": [*NO_NAME, "unit"], "unit": [*NO_NAME, "year"], "year": [*NO_NAME, "unit", "age"],
        "treated": [None, 5, [], [["u00"]], ["nobody"], "hsa", "age", "number", "unit"],
        "start": [*JUNK, None, [2026], pd.Timestamp("2026"), 2021, 2027],
        "selected_low": [None, "no", 1, np.nan], "level": NO_SHARE}),
    "calibrate": (given(face.calibrate, responses=ANSWERS, margins=MARGINS), {
        "margins": [
            None, {}, [], "age", 5, {"age": None}, {"age": []}, {"age": {}}, {"age": "young"},
            {"ag": {"a": 1}}, {"age": {"young": 1}},
            *({"age": {"young": 0.5, "old": v}} for v in (*JUNK[:10], None, -1))],
        "limit": [*JUNK, True, 1, 0]}),
    "dimension_scores": (given(face.dimension_scores, responses=ANSWERS, questionnaire=ASKED), {
        "questionnaire": [None, 5, {}, ANSWERS], "min_answered": [*NO_NUMBER, 0, 1.1]}),
}  # fmt: skip
PLACES = [(setting, name) for name, (_, settings) in SETTINGS.items() for setting in settings]


@pytest.mark.parametrize("place", PLACES, ids=" of ".join)
def test_a_setting_that_cannot_be_is_refused_by_name(place):
    setting, name = place
    call, settings = SETTINGS[name]
    for bad in settings[setting]:
        assert refused(lambda bad=bad: call(**{setting: bad}))


# The errors' kinds, where a caller tells them apart.
KINDS = [
    (OutOfRange, "a number of users", lambda: face.mean_interval([1, 2, 3], population=np.nan)),
    (OutOfRange, "pooled", lambda: face.mean_interval([1, 2, 3], pooled_sd=np.inf)),
    (OutOfRange, "no numbers in the values", lambda: face.mean_interval(["a", "b"])),
    (OutOfRange, "no numbers in the weights", lambda: face.mean_interval([1, 2], weights=["a", "b"])),
    (OutOfRange, "standard deviation", lambda: face.detectable_difference(10, 10, np.inf)),
    (NoVariation, "standard deviation", lambda: face.detectable_difference(10, 10, 0)),
    (TooFewAnswers, "power", lambda: face.detectable_difference([], 10, 1.1)),
    (OutOfRange, "outside the scale", lambda: face.index_0_100(9, 1, 6)),
    (OutOfRange, "whole numbers", lambda: face.wilson(2.5, 10)),
    (OutOfRange, "whole numbers", lambda: face.wilson(2, 10.5)),
    (NotComparable, "do not go together", lambda: face.wilson([1, 2], [3, 4, 5])),
    (OutOfRange, "no numbers in successes", lambda: face.wilson("a", 10)),
    (TooFewAnswers, "a share", lambda: face.wilson([], [])),
    (OutOfRange, "no numbers", lambda: face.agreement({"safety": (["a"], [1, 2], 1.0, 0.5)})),
    (OutOfRange, "no numbers in se", lambda: face.band_probabilities(4.0, "a", 4.5, 4.0)),
    (OutOfRange, "margin of 'age'", lambda: face.calibrate(ANSWERS, {"age": {"young": "a", "old": 1}})),
    (OutOfRange, "p values", lambda: face.adjust_p(["a"])),
    (OutOfRange, "no numbers", lambda: face.cronbach_alpha(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}))),
    (OutOfRange, "infinite", lambda: face.cronbach_alpha(pd.DataFrame({"a": [1, np.inf], "b": [1, 2]}))),
    (OutOfRange, "mixes kinds", lambda: face.adjust_case_mix(mixed(), "score", "unit", "age")),
    (OutOfRange, "mixes kinds", lambda: face.shapley_shares(mixed(), "overall", DIMENSIONS, "unit", 50)),
    (OutOfRange, "start", lambda: face.difference_in_differences(
        ANSWERS, "score", "unit", "year", ["u00", "u01", "u02"], "2026")),
    (NotComparable, "no order in time", lambda: face.difference_in_differences(
        ANSWERS.astype({"year": str}), "score", "unit", "year", ["u00", "u01", "u02"], 2026)),
    (OutOfRange, "marks the units", lambda: face.difference_in_differences(
        ANSWERS.assign(has=np.where(ANSWERS["has"], "yes", "no")), "score", "unit", "year", "has", 2026)),
    (NotComparable, "rounds", lambda: face.between_rounds(ANSWERS, "score", "year", rounds=(2021,))),
    (TooFewRounds, "two rounds", lambda: face.between_rounds(ANSWERS, "score", "year", rounds=("a", "b"))),
    (OutOfRange, "population", lambda: face.plan_sample(0.5, sd=1.1, population=np.nan)),
    (OutOfRange, "power is a share", lambda: face.plan_sample(0.5, sd=1.1, power=80)),
    (OutOfRange, "write 0.8", lambda: face.plan_sample(0.5, sd=1.1, power=80)),
    (OutOfRange, "certainty is a share", lambda: face.band_probabilities(4.6, 0.2, 4.5, 4.0, certainty=80)),
    (OutOfRange, "write 0.95", lambda: face.mean_interval([1, 2, 3], level=95)),
    (NotMeasured, "write dimensions=['score', …]",
     lambda: face.shapley_shares(ANSWERS, "overall", "score", "unit")),
    (NotMeasured, "'u00x': did you mean 'u00'", lambda: face.difference_in_differences(
        ANSWERS, "score", "unit", "year", ["u00x", "u01", "u02"], 2026)),
    (NotMeasured, "has a left side", lambda: face.cumulative_logit(ANSWERS, "score", "score ~ C(year)")),
    (OutOfRange, "theta", lambda: funnel([10], None, sd=1.0)),
    (OutOfRange, "tau", lambda: expected_range(ESTIMATES, None)),
    (NotMeasured, "unit", lambda: face.pairwise(LAST, "score", ["unit"])),
    (NotComparable, "one column in two parts", lambda: face.pairwise(LAST, "score", "score")),
    (OutOfRange, "finite number", lambda: face.fit_units(ANSWERS, "score", "unit", "I(1 / (number - 3))")),
]  # fmt: skip


def mixed() -> pd.DataFrame:
    unit = ANSWERS["unit"].astype(object)
    return ANSWERS.assign(unit=unit.where(unit != "u01", 1))


@pytest.mark.parametrize(("kind", "said", "call"), KINDS)
def test_an_error_is_of_the_kind_that_is_promised(kind, said, call):
    assert said in str(refused(call, kind))


def test_what_is_missing_is_missing_on_the_index_too():
    assert np.isnan([face.index_0_100(null, 1, 6) for null in (None, np.nan, pd.NA)]).all()
    assert face.index_0_100([1, None], 1, 6).tolist() == pytest.approx([0, np.nan], nan_ok=True)
    column = pd.Series([1, None, 6], index=list("abc"), name="care", dtype="Int64")
    assert face.index_0_100(column, 1, 6).to_dict() == pytest.approx(
        {"a": 0, "b": np.nan, "c": 100}, nan_ok=True
    )
    assert face.turned(column, 1, 6).isna().tolist() == [False, True, False]


def test_a_sum_that_rounding_puts_outside_the_scale_is_on_it():
    assert face.index_0_100(np.nextafter(6, 7), 1, 6) == pytest.approx(100)


def test_units_of_several_parts_are_of_one_kind():
    text, numbers = (
        face.cross_products(frame, "overall", DIMENSIONS, "unit")
        for frame in (ANSWERS, ANSWERS.assign(unit=ANSWERS["unit"].str[1:].astype(int)))
    )
    assert "unit" in str(refused(lambda: face.combined([text, numbers]), NotComparable))


def test_text_that_looks_like_a_number_is_none_and_a_mask_is_a_null():
    for text in ("1", ["1", "2"], np.array(["1"]), pd.Series(["1"]), [b"1"], [1, "2"]):
        refused(lambda text=text: float_array(text), OutOfRange)
    masked = np.ma.array([1, 2], mask=[False, True])
    assert float_array(masked).tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert [array.shape for array in fitting_arrays(n=[1, 2], sd=1)] == [(2,), (2,)]


def test_an_error_about_answers_shows_none_of_them():
    secret = pd.DataFrame({"unit": ["a", "b"], "score": ["my neighbour", "the caretaker"]})
    for call in (
        lambda: face.units_differ(secret, "score", "unit"),
        lambda: face.mean_interval(secret["score"]),
        lambda: face.cronbach_alpha(secret),
        lambda: face.top_box([98, 99], minimum=1, maximum=6),
    ):
        said = str(refused(call))
        assert not any(word in said for word in ("neighbour", "caretaker", "98", "99"))


def test_every_public_function_is_given_bad_input():
    functions = {name for name in face.__all__ if callable(getattr(face, name)) and name[0].islower()}
    tried = {name.split()[0] for name in (*FRAMES, *SETTINGS)}
    # bottom_box is top_box from the other end.
    assert functions - tried - {"bottom_box"} == set()


def test_complete_rows_take_years_of_any_kind_in_order():
    frame = pd.DataFrame({"year": pd.Categorical([2026, 2024, 2026]), "score": [1, 2, 3]})
    assert complete_rows(frame, ["year", "score"])["year"].tolist() == [2024, 2026, 2026]
    last = ANSWERS.assign(year=ANSWERS["year"].astype("category")).query("year == 2026")
    assert face.pairwise(last, "score", "unit").table.equals(face.pairwise(LAST, "score", "unit").table)
