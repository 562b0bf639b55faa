"""How many answered and were invited: one number of invited a unit and round, or a clear error."""

from dataclasses import replace

import pandas as pd
import pytest
from made_up import answers, survey

from analysis.core.errors import DataError
from analysis.facts.response import response_rates


@pytest.fixture
def asked():
    return survey([answers(unit, year, 20) for unit in ("u1", "u2") for year in (2023, 2025)])


def twice(frame: pd.DataFrame, unit: str, invited: int = 70) -> pd.DataFrame:
    return pd.concat([frame, pd.DataFrame({"unit": [unit], "year": [2025], "invited": [invited]})])


def test_invited_are_the_frames_and_the_wholes_the_sum(asked) -> None:
    found = {(f.unit, f.year): f.N for f in response_rates(asked) if f.statistic == "respondents"}
    assert found == {("", 2023): 1000, ("u1", 2023): 500, ("u2", 2023): 500,
                     ("", 2025): 1000, ("u1", 2025): 500, ("u2", 2025): 500}  # fmt: skip


def test_two_rows_of_a_unit_in_a_round_are_an_error_that_names_them(asked) -> None:
    with pytest.raises(DataError, match="two numbers of invited in one round") as error:
        response_rates(replace(asked, frame=twice(asked.frame, "u2")))
    assert error.value.found == "unit 'u2' twice in 2025"
    assert error.value.expected == "one row a unit and year"


def test_rows_of_units_that_are_not_in_the_round_do_no_harm(asked) -> None:
    frame = twice(twice(asked.frame, "u9"), "u9")
    assert response_rates(replace(asked, frame=frame)) == response_rates(asked)
