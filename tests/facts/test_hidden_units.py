"""Nothing that is shown depends on how the answers are shared out between units that are hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_up import answers, nation, survey

from analysis.core.settings import Disclosure
from analysis.facts import describe_service, prepare
from analysis.facts.table import NUMBERS


def shuffled(survey, units: dict[int, list[str]], seed: int):
    """Share the answers of each round's hidden units out anew between them, as many to each as before."""
    random = np.random.default_rng(seed)
    rows = survey.responses.copy()
    for year, names in units.items():
        chosen = rows.index[(rows["year"] == year) & rows["unit"].isin(names)]
        rows.loc[chosen, "unit"] = random.permutation(rows.loc[chosen, "unit"].to_numpy())
    register = ("units", "frame", "groups", "imports", "reasons", "peer_group")
    fields = ("municipality", "service", "questionnaire", "years", *register)
    return prepare(**{name: getattr(survey, name) for name in fields}, responses=rows)


#: Statistics that draw on more than one unit, and that the demo's services with hidden units have.
NEW = {
    "expected_range", "peer_difference", "national_difference_adjusted", "peer_difference_adjusted",
    "casemix_shift", "priority", "priority_cut", "weighted_mean", "design_effect", "group_response",
    "users_share", "respondents_share", "residual_skewness", "residual_kurtosis", "residual_outside",
    "ceiling", "influence", "change", "unit_difference", "shrunken_mean", "variance_unit",
}  # fmt: skip


def numbers_that_agree(one: pd.DataFrame, other: pd.DataFrame) -> pd.Index:
    """Assert that what both tables show is the same, and return its ids: nearly all of the first's."""
    # Which cells are hidden may hang on the answers (all alike, the end of the scale); that is no number.
    shown = [table[table["state"].ne("suppressed")].set_index("fact_id") for table in (one, other)]
    common = shown[0].index.intersection(shown[1].index)
    assert len(common) > 0.97 * len(shown[0])
    for name in NUMBERS:
        before, after = (pd.to_numeric(part.loc[common, name]).astype(float) for part in shown)
        np.testing.assert_allclose(before, after, rtol=1e-9, atol=1e-9, err_msg=name)
    verdicts = [part.loc[common, "verdict"] for part in shown]
    assert (verdicts[0] == verdicts[1]).all()
    return shown[0].index[shown[0].index.isin(common) & shown[0]["value"].notna()]


@pytest.mark.parametrize(
    ("municipality", "service"),
    [("9908", "kindergarten"), ("9908", "nursing-home")],
)
def test_no_shown_fact_depends_on_which_hidden_unit_an_answer_belongs_to(described, municipality, service):
    survey, national = described.survey(municipality, service), described.national(service)
    facts = described.facts(municipality, service)
    hidden = facts[
        (facts["statistic"] == "respondents") & facts["unit"].ne("") & (facts["state"] == "suppressed")
    ]
    units = {int(year): part["unit"].tolist() for year, part in hidden.groupby("year")}
    assert any(len(names) > 1 for names in units.values())
    other = shuffled(survey, units, 7)
    assert len(other.groups) > 0
    assert other.peer_group
    other = describe_service(other, national, thresholds=Disclosure())
    common = numbers_that_agree(facts, other)
    compared = {name.split("/")[6] for name in common}
    assert compared >= NEW, NEW - compared


def test_a_hidden_round_of_a_unit_does_not_count_in_its_pooled_figures(described) -> None:
    survey = described.survey("9912", "school")
    unit = survey.units_in(2025)[0]
    cell = frozenset({(unit, 2021, "overall")})
    pooled = replace(survey, hidden=cell).pooled("overall")
    assert not ((pooled["unit"] == unit) & (pooled["year"] == 2021)).any()
    assert ((pooled["unit"] == unit) & (pooled["year"] == 2023)).any()


def test_rounds_before_a_break_are_not_pooled(described) -> None:
    wording = described.survey("9903", "kindergarten").pooled("dimension.participation")
    assert sorted(wording["year"].unique()) == [2023, 2025]
    merged = described.survey("9908", "nursing-home").pooled("overall")
    assert set(merged.loc[merged["unit"] == "9908-nursing-home-06", "year"]) <= {2025}


def test_a_change_tried_without_each_unit_and_an_own_association_depend_on_no_hidden_unit() -> None:
    rows = [
        answers(f"u{i:02d}", y, 20, staff=np.resize([4, 5, 6] if y == 2025 else [2, 3, 4], 20))
        for i in range(11)
        for y in (2021, 2023, 2025)
    ]
    rows += [answers(u, y, 4, seed=9, staff=[1, 6, 2, 5]) for u in ("v", "w") for y in (2021, 2023, 2025)]
    one = survey(rows, years=(2021, 2023, 2025), users={"young": 200, "old": 400})
    national = nation(without=["importance"])
    facts = describe_service(one, national, thresholds=Disclosure())
    hidden = facts[facts["statistic"].eq("respondents") & facts["state"].eq("suppressed")]
    assert set(hidden["unit"]) == {"v", "w"}
    other = shuffled(one, {year: ["v", "w"] for year in (2021, 2023, 2025)}, 3)
    assert (other.responses["unit"] != one.responses["unit"]).any()
    common = numbers_that_agree(facts, describe_service(other, national, thresholds=Disclosure()))
    compared = {name.split("/")[6] for name in common}
    assert compared >= {"influence_on_change", "importance", "priority", "expected_range", "weighted_mean"}
