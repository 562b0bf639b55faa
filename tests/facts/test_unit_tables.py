"""Units beside each other on many topics: what is found where there is something, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up import TOPICS, answers, nation, survey

from analysis.core.settings import Disclosure
from analysis.facts import describe_service, tabulate
from analysis.facts.units import unit_comparisons
from analysis.stats import unit_deviations

UNITS = tuple(f"u{i:02d}" for i in range(12))


def test_a_table_of_equal_units_marks_one_in_at_most_one_of_twenty():
    marked = 0
    draws = 60
    for seed in range(draws):
        equal = survey((answers(unit, 2025, 20, seed=seed) for unit in UNITS), years=(2025,))
        facts = tabulate(unit_comparisons(equal))
        marked += facts["verdict"].isin(["above", "below"]).any()
    # Of 60 draws at one in twenty, more than 7 come once in two hundred times.
    assert marked <= 7


def test_a_unit_that_differs_on_one_topic_is_found_on_that_topic_alone():
    low = [2, 3, 2, 3, 2, 2, 3, 2, 3, 2, 2, 3, 2, 2, 3, 2, 3, 2, 2, 3]
    rows = [answers(unit, 2025, 20) for unit in UNITS[1:]]
    facts = tabulate(unit_comparisons(survey([*rows, answers(UNITS[0], 2025, 20, staff=low)], years=(2025,))))
    found = facts[facts["verdict"].isin(["above", "below"])]
    assert found[["topic", "unit", "verdict"]].to_numpy().tolist() == [["dimension.staff", "u00", "below"]]
    others = facts[facts["statistic"].eq("unit_difference") & facts["topic"].ne("dimension.staff")]
    # Where the units as a whole are not certainly different, none of them is looked for.
    assert (others["p_adjusted"] == 1).all()
    assert set(TOPICS) == set(facts["topic"])


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_a_units_interval_is_of_the_level_that_it_says(level):
    asked = replace(survey((answers(unit, 2025, 30) for unit in UNITS), years=(2025,)), level=level)
    for topic in TOPICS:
        expected = unit_deviations(asked.pooled(topic, year=2025), "score", "unit", level=level).table
        found = [f for f in unit_comparisons(asked) if (f.statistic, f.topic) == ("unit_difference", topic)]
        assert [(f.unit, f.low, f.high) for f in found] == list(
            zip(expected["unit"], expected["low"], expected["high"], strict=True)
        )
        assert {f.level for f in found} == {level}


def test_every_interval_of_a_service_is_narrower_at_a_lower_level():
    years = (2021, 2023, 2025)
    rows = [answers(unit, year, 30) for unit in UNITS[:5] for year in years]
    asked = survey(rows, years=years, users={"young": 200, "middle": 100, "old": 200})
    tables = [
        describe_service(replace(asked, level=level), nation(), thresholds=Disclosure()).set_index("fact_id")
        for level in (0.8, 0.95)
    ]
    narrow, wide = (table[table["low"].notna() & table["municipality"].ne("")] for table in tables)
    narrow = narrow[narrow["level"] == 0.8]
    both = narrow.join(wide[["low", "high"]].add_suffix("_wide"), how="inner")
    assert len(both) == len(narrow) > 100
    width, wider = both["high"] - both["low"], both["high_wide"] - both["low_wide"]
    assert both.index[(width >= wider) & (wider > 0)].tolist() == []
