"""The cover says which services and rounds a report is about, and how many answered."""

import pandas as pd
import pytest

from analysis.core.language import Language
from analysis.report.cover import cover_lines

EN = Language("en")


def respondents(*rows):
    columns = ("year", "n", "N", "state")
    shared = {"statistic": "respondents", "service": "", "unit": ""}
    return pd.DataFrame([shared | dict(zip(columns, row, strict=True)) for row in rows])


def lines(facts, services=("School",), year=2025):
    return cover_lines(facts, services, year=year, language=EN)


def test_services_rounds_and_answers_stand_on_a_line_each():
    facts = respondents((2023, 90, 200, "measured"), (2025, 1100, 2000, "measured"))
    assert lines(facts, ("School", "Kindergarten", "NAV")) == (
        "School, kindergarten and NAV",
        "Rounds in 2023 and 2025",
        "1,100 of 2,000 invited answered (55%)",
    )


def test_one_round_is_not_called_several():
    assert lines(respondents((2025, 11, 20, "measured")))[1] == "Round in 2025"


def test_many_services_are_counted():
    assert lines(respondents((2025, 11, 20, "measured")), tuple("ABCDEFG"))[0] == "7 services"


@pytest.mark.parametrize(
    "row", [(2025, 11, None, "measured"), (2025, None, None, "suppressed"), (2023, 11, 20, "measured")]
)
def test_what_is_suppressed_or_not_known_is_not_on_the_cover(row):
    assert len(lines(respondents(row))) == 2


def test_the_last_round_is_named_even_where_nothing_was_counted():
    assert lines(respondents((2023, 11, 20, "measured")))[1] == "Rounds in 2023 and 2025"
