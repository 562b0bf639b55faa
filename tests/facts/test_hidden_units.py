"""Nothing that is shown depends on how the answers are shared out between units that are hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

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
    other = describe_service(shuffled(survey, units, 7), national, thresholds=Disclosure())
    # Which cells are hidden may hang on the answers (all alike, the end of the scale); that is no number.
    shown = [
        table[table["state"].ne("suppressed")].set_index("fact_id")[list(NUMBERS)] for table in (facts, other)
    ]
    common = shown[0].index.intersection(shown[1].index)
    assert len(common) > 0.97 * len(shown[0])
    for name in NUMBERS:
        before, after = (pd.to_numeric(part.loc[common, name]).astype(float) for part in shown)
        np.testing.assert_allclose(before, after, rtol=1e-9, atol=1e-9, err_msg=name)


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
