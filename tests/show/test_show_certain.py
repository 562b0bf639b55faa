"""The list of what is certain over a whole report: sizes, at most three differences, what is usual."""

import pytest

from analysis.facts.table import Fact, join, tabulate
from analysis.show import list_certain

PLACE = {"municipality": "9901", "service": "kindergarten", "year": 2025, "scale": "1-6"}
MORE = {"level": 0.95, "n": 300, "p": 0.001, "p_adjusted": 0.01}


def claim(statistic: str, topic: str, value: float, *, unit: str = "") -> Fact:
    """A certain claim with an interval of 0.1 to each side."""
    up, down = ("above", "below") if statistic == "report_unit_difference" else ("higher", "lower")
    against = "year.2023" if statistic == "report_change" else "nation"
    return Fact(
        statistic=statistic, topic=topic, unit=unit, against=against, value=value, low=value - 0.1,
        high=value + 0.1, se=0.05, verdict=up if value > 0 else down, **PLACE, **MORE,
    )  # fmt: skip


def usual(topic: str, *, p: float = 0.4, verdict: str = "expected") -> Fact:
    """The municipality's expected range, and how it lies beside it."""
    return Fact(
        statistic="expected_range", topic=topic, against="nation", value=4.5, low=4.2, high=4.8, level=0.95,
        n=300, N=24, p=p, p_adjusted=min(1, 3 * p), verdict=verdict, **PLACE,
    )  # fmt: skip


def listed(canvas, facts, *more: Fact) -> str:
    """The list as plain text, where `more` is all that is certain and known to be usual."""
    return list_certain(canvas, join([facts, tabulate(more)])).plain.replace("\N{MINUS SIGN}", "-")


@pytest.fixture
def english(make, asked, tmp_path):
    return make.canvas(asked, tmp_path, language="en")


def test_changes_and_differences_have_their_size_and_interval(english, facts):
    said = listed(
        english, facts,
        claim("report_change", "overall", 0.3), claim("report_change", "dimension.access", -0.4),
        claim("report_national_difference", "dimension.wellbeing", 0.2),
        claim("report_national_difference", "dimension.respect", -0.3),
    )  # fmt: skip
    assert "(95% confidence intervals, on the scale 1–6):" in said
    assert "Certain rise since 2023: Overall satisfaction +0.3 (+0.2 to +0.4)." in said
    assert "Certain fall since 2023: Accessibility -0.4 (-0.5 to -0.3)." in said
    assert "Above the mean of the municipalities: Well-being +0.2 (+0.1 to +0.3)." in said
    assert "Below the mean of the municipalities: Respectful treatment -0.3 (-0.4 to -0.2)." in said


def test_three_differences_are_named_the_largest_first_and_the_rest_counted(english, facts):
    sizes = {"overall": 0.2, "dimension.wellbeing": 0.5, "dimension.access": 0.3, "dimension.respect": 0.4,
             "dimension.information": 0.25}  # fmt: skip
    said = listed(english, facts, *(claim("report_national_difference", t, v) for t, v in sizes.items()))
    assert (
        "Above the mean of the municipalities: Well-being +0.5 (+0.4 to +0.6), Respectful treatment +0.4 "
        "(+0.3 to +0.5), Accessibility +0.3 (+0.2 to +0.4) and 2 more." in said
    )


def test_of_both_directions_at_least_one_is_named(english, facts):
    sizes = {"overall": 0.4, "dimension.wellbeing": 0.5, "dimension.access": 0.3, "dimension.respect": -0.2}
    said = listed(english, facts, *(claim("report_national_difference", t, v) for t, v in sizes.items()))
    assert "Well-being +0.5 (+0.4 to +0.6), Overall satisfaction +0.4 (+0.3 to +0.5) and 1 more." in said
    assert "Below the mean of the municipalities: Respectful treatment -0.2 (-0.3 to -0.1)." in said


def test_what_is_usual_among_municipalities_is_said_so(english, facts):
    above = claim("report_national_difference", "dimension.wellbeing", 0.3)
    other = claim("report_national_difference", "dimension.access", 0.4)
    within, outside = usual("dimension.wellbeing"), usual("dimension.access", p=0.001, verdict="above")
    # Outside its own band, but of so many that it means nothing: not within it all the same.
    unsure = usual("dimension.access", p=0.03)
    every = "Such differences are usual all the same."
    assert every in listed(english, facts, above, within)
    assert every not in listed(english, facts, above, other, within, outside)
    assert "Differences like these are usual all the same: Well-being." in listed(
        english, facts, above, other, within, outside
    )
    assert "Differences like these are usual all the same: Well-being." in listed(
        english, facts, above, other, within, unsure
    )
    assert "usual" not in listed(english, facts, above, usual("dimension.access"))
    assert "usual" not in listed(english, facts, other, outside)


def test_where_some_are_only_counted_no_more_is_said_to_be_usual_than_those_named(english, facts):
    names = ("overall", "dimension.wellbeing", "dimension.access", "dimension.respect")
    claims = [claim("report_national_difference", topic, 0.5 - 0.1 * i) for i, topic in enumerate(names)]
    said = listed(english, facts, *claims, *(usual(topic) for topic in names))
    assert "and 1 more. Differences like those named are usual all the same." in said


def test_units_stand_in_the_list_by_name(english, facts):
    said = listed(
        english, facts, claim("report_unit_difference", "overall", 0.4, unit="u0"),
        claim("report_unit_difference", "overall", -0.4, unit="u7"),
    )  # fmt: skip
    assert "Units above the others: Solbakken." in said
    assert "Units below the others: Skogstua." in said


def test_a_certain_difference_that_would_read_as_nil_has_two_decimals(make, asked, facts, tmp_path):
    small = claim("report_national_difference", "overall", 0.12)
    said = listed(make.canvas(asked, tmp_path), facts, small)
    assert "Over snittet av kommunene: Samlet tilfredshet +0,12 (+0,02 til +0,22)." in said
