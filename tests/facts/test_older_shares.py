"""The share of the two best answers is known of every round, and hidden where it would show a person."""

import numpy as np
import pandas as pd
import pytest
from made_up import answers, questionnaire, survey

from analysis.core.settings import Disclosure
from analysis.facts import protect, tabulate
from analysis.facts.levels import distributions

ITEM = questionnaire().item_ids[0]


def rounds(before, now) -> pd.DataFrame:
    """Answers to the first item in 2023 and 2025, as they are given."""
    rows = [answers("u1", year, len(given), seed=year) for year, given in ((2023, before), (2025, now))]
    for part, given in zip(rows, (before, now), strict=True):
        part[ITEM] = np.asarray(given, dtype=float)
    found = tabulate(distributions(survey(rows)))
    return found[found["topic"].eq(f"item.{ITEM}")]


def top(found: pd.DataFrame, year: int) -> pd.Series:
    (row,) = found[found["statistic"].eq("top_box") & found["year"].eq(year)].to_dict("records")
    return pd.Series(row)


def test_every_round_has_its_share_of_the_two_best_answers() -> None:
    scale = questionnaire().item(ITEM)
    best = scale.maximum
    found = rounds([best] * 5 + [best - 3] * 15, [best - 1] * 10 + [best - 2] * 10)
    assert [top(found, year)["value"] for year in (2023, 2025)] == [0.25, 0.5]
    assert top(found, 2023)["n"] == 20
    # The other shares are of the last round alone.
    assert set(found.loc[found["year"].eq(2023), "statistic"]) == {"top_box"}


@pytest.mark.parametrize("given", [[6] * 20, [3] * 20, [6, 5, 6, 2, 1, 4, 3, 6, 5]])
def test_an_older_round_of_few_answers_or_in_which_all_answered_alike_is_suppressed(given) -> None:
    found = protect(rounds(given, [5, 4] * 10), Disclosure())
    assert top(found, 2023)["state"] == "suppressed"
    assert pd.isna(top(found, 2023)["value"])
    assert top(found, 2025)["state"] == "measured"


def test_a_round_in_which_nobody_answered_the_question_is_not_measured() -> None:
    found = rounds([np.nan] * 20, [5, 4] * 10)
    assert (top(found, 2023)["state"], top(found, 2023)["note"]) == ("not_measured", "no_answers")
