"""Rounds in time: numbers, dates and ordered categories have an order, text has none."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    between_rounds,
    changes_over_rounds,
    cumulative_logit,
    difference_in_differences,
    fit_units,
    units_differ,
)
from analysis.stats.errors import NotComparable, OutOfRange, TooFewRounds

NAMES = ["Sept 2021", "March 2022", "Sept 2022"]
IN_TIME = pd.CategoricalDtype(NAMES, ordered=True)


@pytest.fixture(scope="module")
def numbered():
    """Answers of eight units in three rounds, numbered 0 to 2, each higher than the one before."""
    random = np.random.default_rng(1)
    year = np.repeat([0, 1, 2], 240)
    score = np.clip(np.round(3.5 + 0.6 * year + random.standard_normal(720)), 1, 6)
    return pd.DataFrame({"unit": [f"u{k % 8}" for k in range(720)], "year": year, "score": score})


def named(frame, dtype):
    return frame.assign(year=frame["year"].map(dict(enumerate(NAMES))).astype(dtype))


CALLS = {
    "between_rounds": lambda f: between_rounds(f, "score", "year").table,
    "between_rounds by unit": lambda f: between_rounds(f, "score", "year", "unit").table,
    "changes_over_rounds": lambda f: changes_over_rounds(f, "score", "year", "unit").table,
    "fit_units": lambda f: fit_units(f, "score", "unit").table,
    "difference_in_differences": lambda f: (
        difference_in_differences(
            f, "score", "unit", "year", ["u0", "u1", "u2"], f["year"].sort_values().iloc[-1]
        ).table
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_rounds_that_are_text_are_refused_with_what_to_give(name, numbered):
    for dtype in (object, "str", "category"):
        with pytest.raises(NotComparable, match="no order in time") as caught:
            CALLS[name](named(numbered, dtype))
        assert "numbers, dates or an ordered categorical" in caught.value.expected


@pytest.mark.parametrize("name", CALLS)
def test_ordered_categories_give_what_numbers_give_under_their_names(name, numbered):
    found = CALLS[name](named(numbered, IN_TIME))
    expected = CALLS[name](numbered)
    rounds = [column for column in ("from_year", "to_year", "year") if column in expected]
    expected = expected.assign(**{column: expected[column].map(dict(enumerate(NAMES))) for column in rounds})
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_last_of_ordered_rounds_is_the_last_in_time(numbered):
    text = named(numbered, IN_TIME)
    # In the alphabet September 2021 comes after March 2022.
    first_two = text[text["year"] != "Sept 2022"]
    row = between_rounds(first_two, "score", "year").table.iloc[0]
    assert (row["from_year"], row["to_year"], row["difference"] > 0) == ("Sept 2021", "March 2022", True)
    fit = fit_units(first_two, "score", "unit")
    assert fit.round == "March 2022"
    assert list(fit.fixed.index) == ["Intercept", "C(year)[T.March 2022]"]
    logit = cumulative_logit(text, "score", "C(year)")
    assert list(logit.table["term"]) == ["C(year)[T.March 2022]", "C(year)[T.Sept 2022]"]


def test_named_rounds_are_compared_by_their_names(numbered):
    text = named(numbered, IN_TIME)
    row = between_rounds(text, "score", "year", rounds=("Sept 2021", "March 2022")).table.iloc[0]
    expected = between_rounds(numbered, "score", "year", rounds=(0, 1)).table.iloc[0]
    assert row["difference"] == expected["difference"]
    with pytest.raises(NotComparable, match="the order there is Sept 2021, March 2022, Sept 2022"):
        between_rounds(text, "score", "year", rounds=("March 2022", "Sept 2021"))
    with pytest.raises(OutOfRange, match="Mars 2022"):
        difference_in_differences(text, "score", "unit", "year", ["u0", "u1", "u2"], "Mars 2022")
    with pytest.raises(TooFewRounds, match="rounds Sept 2021, March 2022, Sept 2022, start Sept 2021"):
        difference_in_differences(text, "score", "unit", "year", ["u0", "u1", "u2"], "Sept 2021")


def test_a_round_that_the_data_do_not_have_is_named(numbered):
    years = numbered.assign(year=2021 + 2 * numbered["year"])
    for call in (
        lambda rounds: between_rounds(years, "score", "year", rounds=rounds),
        lambda rounds: changes_over_rounds(years, "score", "year", "unit", rounds=rounds),
    ):
        with pytest.raises(TooFewRounds, match="no round 2019 in 'year', but 2021, 2023, 2025"):
            call((2019, 2025))
        with pytest.raises(TooFewRounds, match="write it without quotes"):
            call(("2023", "2025"))
    with pytest.raises(TooFewRounds, match="did you mean 'Sept 2022'"):
        between_rounds(named(numbered, IN_TIME), "score", "year", rounds=("Sept 2021", "Sept 2023"))


def test_ordered_categories_that_are_numbers_are_those_numbers(numbered):
    years = numbered.assign(year=2021 + 2 * numbered["year"])
    dtype = pd.CategoricalDtype([2021, 2023, 2025], ordered=True)
    # 2024 is no round, but lies between two.
    found = difference_in_differences(
        years.astype({"year": dtype}), "score", "unit", "year", ["u0", "u1", "u2"], 2024
    )
    assert found.effect == pytest.approx(
        difference_in_differences(years, "score", "unit", "year", ["u0", "u1", "u2"], 2024).effect
    )


def test_where_order_plays_no_part_rounds_may_be_text(numbered):
    text = named(numbered, object)
    assert units_differ(text, "score", "unit") == units_differ(numbered, "score", "unit")
    fit = fit_units(text, "score", "unit", round="Sept 2022")
    assert list(fit.table["mean"]) == list(fit_units(numbered, "score", "unit").table["mean"])
    assert fit_units(text[text["year"] == "Sept 2022"], "score", "unit").round == "Sept 2022"


def test_nothing_is_left_out_where_all_was_compared(numbered):
    assert between_rounds(numbered, "score", "year").left_out.empty
