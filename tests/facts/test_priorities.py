"""The priority map: how a dimension scores here beside how much it goes with overall satisfaction."""

import numpy as np
import pandas as pd
import pytest
from by_hand import only, scored, shapley, topics_of
from made_up import answers, nation, questionnaire, survey
from scipy.stats import t as student

from analysis.core.settings import Disclosure
from analysis.facts import describe_service


def described_alone(one, national=None) -> pd.DataFrame:
    national = nation() if national is None else national
    return describe_service(one, national, thresholds=Disclosure())


def priorities(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["statistic"] == "priority"].set_index("topic")


def cuts(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["statistic"] == "priority_cut"].set_index("category")


@pytest.mark.parametrize("service", ["building-permits", "kindergarten", "nursing-home"])
def test_a_dimension_stands_in_the_quadrant_that_its_two_intervals_lie_in(described, service) -> None:
    table, national = described.facts("9903", service), described.national(service)
    rows = scored(described.store, service, municipality="9903", years=[2025])
    topics = topics_of(rows)[1:]
    score_cut, share_cut = rows[topics].mean().mean(), 1 / len(topics)
    assert cuts(table)["value"].to_dict() == pytest.approx({"importance": share_cut, "score": score_cut})
    assert cuts(table)["scale"].to_dict() == {"importance": "share", "score": "1-6"}
    found = priorities(table)
    for topic in topics:
        values = rows[topic].dropna()
        half = student.ppf(0.975, len(values) - 1) * values.std() / np.sqrt(len(values))
        share = only(national, statistic="importance", topic=topic)
        sides = (
            1 if share.low > share_cut else -1 if share.high < share_cut else 0,
            1 if values.mean() - half > score_cut else -1 if values.mean() + half < score_cut else 0,
        )
        quadrant = {
            (1, -1): "prioritise",
            (1, 1): "preserve",
            (-1, -1): "improve_if_possible",
            (-1, 1): "lower_priority",
        }.get(sides, "")
        row = found.loc[topic]
        assert row["verdict"] == quadrant
        assert (row["state"], row["note"]) == (("measured", "") if quadrant else ("undecided", "crosses"))
        assert row[["value", "low", "high", "N"]].tolist() == share[["value", "low", "high", "N"]].tolist()
        assert (row["n"], row["against"]) == (len(values), "nation")


@pytest.mark.parametrize(
    ("staff", "stock", "verdicts"),
    [
        ([2, 3], [5, 6], {"dimension.staff": "prioritise", "dimension.stock": "lower_priority"}),
        ([5, 6], [2, 3], {"dimension.staff": "preserve", "dimension.stock": "improve_if_possible"}),
        ([3, 4], [3, 4], {"dimension.staff": "", "dimension.stock": ""}),
    ],
)
def test_all_four_quadrants_can_be_reached(staff, stock, verdicts) -> None:
    rows = [answers(u, 2025, 40, staff=staff * 20, stock=stock * 20) for u in "ab"]
    assert priorities(described_alone(survey(rows)))["verdict"].to_dict() == verdicts


def test_without_a_question_on_the_whole_there_are_no_priorities() -> None:
    rows = [answers(u, 2025, 40) for u in "ab"]
    table = described_alone(survey(rows, asked=questionnaire(overall=False)))
    assert not {"priority", "priority_cut", "importance"} & set(
        table.loc[table["municipality"].ne(""), "statistic"]
    )


def test_a_hidden_dimension_leaves_all_undecided_without_a_cut() -> None:
    few = [4.0, 5.0, 3.0, 4.0] + [np.nan] * 36
    rows = [answers("a", 2025, 40, stock=few), answers("b", 2025, 40, staff=[2, 3] * 20, stock=np.nan)]
    table = described_alone(survey(rows))
    assert set(cuts(table)["state"]) == {"undecided"}
    assert cuts(table)["value"].isna().all()
    found = priorities(table)
    assert found["verdict"].eq("").all()
    assert found["value"].isna().all()
    assert found["state"].to_dict() == {"dimension.staff": "undecided", "dimension.stock": "suppressed"}


def test_a_dimension_that_nobody_answered_is_said_to_be_that() -> None:
    rows = [answers(u, 2025, 40, stock=np.nan) for u in "ab"]
    found = priorities(described_alone(survey(rows)))
    assert found["value"].isna().all()
    assert found[["state", "note"]].T.to_dict("list") == {
        "dimension.staff": ["undecided", "few"],
        "dimension.stock": ["not_measured", "no_answers"],
    }


def test_without_the_nations_association_a_service_of_many_units_uses_its_own(
    described,
) -> None:
    service = "kindergarten"
    national = described.national(service)
    bare = national[national["statistic"] != "importance"]
    survey_here = described.survey("9903", service)
    table = describe_service(survey_here, bare, thresholds=Disclosure())
    rows = scored(described.store, service, municipality="9903", years=[2025])
    own = table[(table["statistic"] == "importance") & table["municipality"].eq("9903")].set_index("topic")
    found = priorities(table)
    assert set(found["against"]) == {"own"}
    shares = shapley(rows, "overall", topics_of(rows)[1:])
    complete = rows[topics_of(rows)].notna().all(axis=1)
    for topic, share in shares.items():
        assert own.at[topic, "value"] == pytest.approx(share, rel=1e-9)
        assert found.at[topic, "value"] == own.at[topic, "value"]
        assert own.at[topic, "low"] < share < own.at[topic, "high"]
        assert (own.at[topic, "n"], own.at[topic, "N"]) == (complete.sum(), rows["unit"].nunique())


def test_with_fewer_than_ten_units_of_its_own_it_is_undecided() -> None:
    rows = [answers(u, 2025, 30) for u in "abcdefghi"]
    table = described_alone(survey(rows), nation(without=["importance"]))
    assert set(priorities(table)["state"]) == {"undecided"}
    assert set(priorities(table)["against"]) == {"own"}
    own = table[table["statistic"] == "importance"]
    assert set(own["state"]) == {"undecided"}
    ten = described_alone(survey([*rows, answers("j", 2025, 30)]), nation(without=["importance"]))
    assert ten.loc[ten["statistic"] == "importance", "state"].eq("measured").all()


def test_the_own_association_is_not_made_of_hidden_units() -> None:
    random = np.random.default_rng(5)
    rows = [answers(f"u{i}", 2025, 30) for i in range(11)]
    shown = survey(rows)
    shares = []
    for _ in range(2):
        few = [answers(name, 2025, 3, overall=random.integers(1, 7, 3)) for name in ("v", "w")]
        table = described_alone(survey([*rows, *few]), nation(without=["importance"]))
        shares.append(table.loc[table["statistic"] == "importance", "value"].tolist())
    alone = described_alone(shown, nation(without=["importance"]))
    assert shares[0] == pytest.approx(shares[1])
    assert shares[0] == pytest.approx(alone.loc[alone["statistic"] == "importance", "value"].tolist())
