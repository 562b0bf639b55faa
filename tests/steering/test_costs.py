"""Cost and resources: own figures, the others' quartiles of the same year, and what is not there."""

import numpy as np
import pytest
from made_up_steering import asked, steering

from analysis.core.settings import Disclosure
from analysis.facts import Fact, protect, tabulate
from analysis.steering.catalogue import Catalogue
from analysis.steering.costs import cost_facts

FACTS = tabulate(
    [
        Fact(
            statistic="respondents",
            municipality="9901",
            service="school",
            year=2025,
            value=50,
            n=50,
            scale="count",
        )
    ]
)
OTHERS = {"9902": 90_000, "9903": 100_000, "9904": 110_000, "9905": 120_000}


def row(code: str, value: float, *, year=2025, topic="school", indicator="cost_per_user", unit="kr"):
    return (code, topic, indicator, year, value, unit, "accounts")


def table(*rows, plan=None, **how):
    facts = cost_facts(
        FACTS,
        steering(
            plan, indicators=list(rows), catalogue=how.pop("catalogue", None), units=how.pop("units", ())
        ),
        **how,
    )
    assert protect(facts, Disclosure()).equals(facts)
    return facts


def one(facts, **where):
    for column, wanted in where.items():
        facts = facts[facts[column].eq(wanted)]
    assert len(facts) == 1, facts
    return facts.iloc[0]


def test_the_latest_figure_up_to_the_round_is_compared_with_the_others_in_its_own_year():
    others = [row(code, value, year=2024) for code, value in OTHERS.items()]
    later = [row("9902", 999_999, year=2025)]
    facts = table(
        row("9901", 95_000, year=2023),
        row("9901", 96_000, year=2024),
        row("9901", 97_000, year=2026),
        *others,
        *later,
    )
    own = one(facts, statistic="cost_per_user", against="", year=2024)
    assert (own["value"], own["scale"], own["N"], own["topic"]) == (
        96_000,
        "kr",
        4,
        "indicator.cost_per_user",
    )
    for percent in (25, 50, 75):
        quartile = one(facts, against="nation", category=str(percent))
        # numpy's percentile over the four others alone.
        assert quartile["value"] == pytest.approx(np.percentile(list(OTHERS.values()), percent))
        assert quartile["year"] == 2024
    assert not facts["year"].eq(2026).any()


@pytest.mark.parametrize(
    ("own", "verdict"), [(80_000, "lowest_quarter"), (105_000, "middle_half"), (130_000, "highest_quarter")]
)
def test_a_figure_lies_in_a_quarter_of_the_others_or_between(own, verdict):
    facts = table(row("9901", own), *(row(*pair) for pair in OTHERS.items()))
    assert one(facts, statistic="cost_per_user", against="")["verdict"] == verdict


def test_a_missing_cost_is_said_and_never_filled_in():
    facts = table(*(row(*pair) for pair in OTHERS.items()))
    own = one(facts, statistic="cost_per_user")
    assert (own["state"], own["note"]) == ("not_measured", "no_figure")


def test_too_few_others_or_another_unit_of_measure_are_nothing_to_compare_with():
    others = [row("9902", 90_000), row("9903", 100_000), row("9904", 110, unit="1000 kr")]
    facts = table(row("9901", 95_000), *others)
    assert set(facts[facts["against"].eq("nation")]["state"]) == {"not_comparable"}
    assert one(facts, statistic="cost_per_user", against="")["verdict"] == ""


def test_peers_are_a_comparison_of_their_own():
    facts = table(
        row("9901", 95_000), *(row(*pair) for pair in OTHERS.items()),
        peer_group="4", peers=["9901", "9903", "9904", "9905"],
    )  # fmt: skip
    assert one(facts, against="peers.4", category="50")["value"] == 110_000
    assert one(facts, against="nation", category="50")["value"] == 105_000


def test_units_costs_are_kept_where_the_table_has_them():
    units = [
        {"unit": "s1", "name": "S1", "service": "school"},
        {"unit": "s2", "name": "S2", "service": "school"},
    ]
    facts = table(row("9901", 95_000), row("9901", 91_000, topic="s1"), units=units)
    assert one(facts, unit="s1")["value"] == 91_000
    assert not facts["unit"].eq("s2").any()


def test_products_with_a_cost_of_their_own_and_without_one_both_have_a_fact():
    products = [
        {"id": "place", "name": "Place", "service": "school", "cost": "cost_per_user"},
        {"id": "care", "name": "After-school care", "cost": "cost_per_user", "topic": "sfo"},
        {"id": "bus", "name": "School bus"},
    ]
    group = {"id": "g", "name": "G", "product_groups": [{"id": "p", "name": "P", "products": products}]}
    catalogue = Catalogue.model_validate({"service_groups": [group]})
    others = [row(code, value / 2, topic="sfo") for code, value in OTHERS.items()]
    facts = table(row("9901", 95_000), row("9901", 40_000, topic="sfo"), *others, catalogue=catalogue)
    assert one(facts, category="care")["value"] == 40_000
    assert one(facts, category="care.50")["value"] == 52_500
    assert one(facts, category="bus")["state"] == "not_measured"
    assert one(facts, service="school", statistic="cost_per_user", category="")["value"] == 95_000
    assert facts["fact_id"].is_unique


def test_sick_leave_of_few_employees_is_suppressed():
    staff = [{"service": "school", "year": 2025, "employees": 9, "sick_leave": 25.0}]
    rows = [row(code, 8.0, indicator="sick_leave", unit="%") for code in ("9901", *OTHERS)]
    facts = table(*rows, plan={"staff": staff})
    found = facts[facts["statistic"].eq("sick_leave")]
    assert set(found["state"]) == {"suppressed"}
    assert found["value"].isna().all()


@pytest.mark.parametrize(("others", "state"), [(19, "not_comparable"), (20, "measured")])
def test_sick_leave_is_set_beside_others_only_where_its_quartiles_are_no_single_ones(others, state):
    codes = ["9901", *(f"98{i:02d}" for i in range(others))]
    rows = [row(code, 8.0, indicator="sick_leave", unit="%") for code in codes]
    facts = table(*rows)
    found = facts[facts["statistic"].eq("sick_leave")]
    assert set(found.loc[found["against"].eq("nation"), "state"]) == {state}
    own = one(found, against="")
    assert (own["value"], own["verdict"]) == (8.0, "middle_half" if state == "measured" else "")


def test_the_order_of_the_tables_rows_does_not_matter():
    rows = [row("9901", 95_000), row("9901", 90_000, year=2023), *(row(*pair) for pair in OTHERS.items())]
    assert table(*rows).equals(table(*rows[::-1]))


def test_the_service_of_the_facts_decides_what_is_looked_for():
    two = {"school": asked(), "care": asked("care")}
    facts = cost_facts(FACTS, steering(questionnaires=two))
    assert set(facts["service"]) == {"school"}
