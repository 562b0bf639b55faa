"""The synthetic country as a store: names, registers, thresholds, and the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest

from analysis.core.errors import TilstandError
from analysis.demo import Truth, make_country
from analysis.demo.names import COUNTIES, name_municipalities
from analysis.survey import Store, open_store

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"


def _bytes(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _answers(store: Store, service: str, year: int = 2025) -> pd.Series:
    """Number of answers per unit of the register in that round, 0 where nobody answered."""
    frame = store.frame(service=service, years=[year])
    counts = store.responses(service, years=[year]).groupby("unit").size()
    return counts.reindex(frame["unit"], fill_value=0)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path):
    for name in ("one", "two"):
        make_country(tmp_path / name, municipalities=12, services=2)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_another_seed_gives_other_answers(tmp_path: Path):
    for seed in (1, 2):
        make_country(tmp_path / str(seed), seed=seed, municipalities=12, services=1)
    one, two = (open_store(tmp_path / str(seed)).responses("kindergarten") for seed in (1, 2))
    assert not one["wellbeing_1"].equals(two["wellbeing_1"])


def test_a_service_more_changes_nothing_in_the_others(tmp_path: Path, store: Store):
    make_country(tmp_path / "small", services=1)
    small = open_store(tmp_path / "small")
    pd.testing.assert_frame_equal(small.responses("kindergarten"), store.responses("kindergarten"))


def test_a_smaller_country_leaves_nothing_of_a_larger_one(tmp_path: Path):
    make_country(tmp_path / "demo", municipalities=12, services=2)
    make_country(tmp_path / "demo", municipalities=12, services=1)
    assert open_store(tmp_path / "demo").services() == ("kindergarten",)
    assert [p.name for p in tmp_path.iterdir()] == ["demo"]


def test_a_folder_with_other_data_is_left_alone(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(TilstandError, match="not a synthetic country's alone"):
        make_country(tmp_path, municipalities=12, services=1)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_service_imported_beside_the_synthetic_ones_is_not_lost(tmp_path: Path):
    make_country(tmp_path / "demo", municipalities=12, services=1)
    (tmp_path / "demo" / "responses" / "service=library").mkdir()
    with pytest.raises(TilstandError, match="library"):
        make_country(tmp_path / "demo", municipalities=12, services=1)


@pytest.mark.parametrize("size", [{"municipalities": 11}, {"services": 0}, {"services": 5}])
def test_a_size_that_cannot_be_made_is_refused(tmp_path: Path, size: dict[str, int]):
    with pytest.raises(TilstandError, match="at least 12 municipalities"):
        make_country(tmp_path / "demo", **size)


def test_names_are_unique(store: Store):
    assert store.municipalities()["name"].is_unique
    units = store.units()
    assert units["unit"].is_unique
    assert not units.duplicated(["municipality", "name"]).any()
    assert len(set(name_municipalities(350))) == 350


def test_no_municipality_or_county_is_called_as_a_real_one():
    schools = SHARED / "data" / "udir_nasjonale_prover" / "np5_2023-24_alle_skoler_utf16_pipe.csv"
    if not schools.is_file():
        pytest.skip("shared/data/udir_nasjonale_prover is not here: no list of Norwegian municipalities")
    with schools.open(encoding="utf-16", newline="") as file:
        rows = csv.DictReader(file, delimiter="|")
        real = {name.strip().casefold() for row in rows for name in (row["Kommune"], row["Fylke"])}
    assert len(real) > 300
    made = {name.casefold() for name in (*name_municipalities(350), *COUNTIES)}
    assert not {m for m in made if any(m == r.removesuffix(" kommune") for r in real)}


def test_every_service_has_four_to_fifteen_units_in_every_municipality(store: Store):
    units = store.units()
    counts = units.groupby(["municipality", "service"]).size()
    assert len(counts) == 24 * 4
    assert counts.between(4, 15).all()


def test_respondents_are_unique_and_answer_in_units_of_the_frame(store: Store):
    ids = pd.concat([store.responses(s)["respondent"] for s in store.services()])
    assert ids.is_unique
    for service in store.services():
        counts = store.responses(service).groupby(["municipality", "unit", "year"]).size().rename("n")
        frame = store.frame(service=service).merge(counts.reset_index(), how="outer", indicator=True)
        assert set(frame["_merge"]) <= {"both", "left_only"}
        assert (frame["invited"] <= frame["population"]).all()
        assert (frame["n"].fillna(0) <= frame["invited"]).all()


def test_about_half_of_those_invited_answer(store: Store):
    for service in store.services():
        rate = len(store.responses(service)) / store.frame(service=service)["invited"].sum()
        assert 0.38 < rate < 0.65


def test_answers_and_background_values_are_those_of_the_questionnaire(store: Store):
    for service in store.services():
        questionnaire, frame = store.questionnaire(service), store.responses(service)
        items = frame[list(questionnaire.item_ids)]
        assert set(items.stack().dropna()) == {1, 2, 3, 4, 5, 6}
        missing = items.isna().mean()
        assert missing.between(0.01, 0.15).all()
        for variable in questionnaire.background:
            assert set(frame[variable.id].dropna()) == set(variable.values)
            assert 0 < frame[variable.id].isna().mean() < 0.04


def test_units_stand_on_every_side_of_every_threshold(store: Store):
    counts = _answers(store, "nursing-home")
    here = counts[counts.index.str.startswith("9908")]
    assert {0, 4, 7, 12, 15} <= set(here)
    assert (here >= 30).any()


def test_exactly_one_kindergarten_of_a_default_municipality_is_hidden(store: Store, truth: Truth):
    (hidden,) = truth.planted("only_hidden_unit")
    counts = _answers(store, "kindergarten")
    here = counts[counts.index.str.startswith(hidden.municipality)]
    assert here[here < 10].to_dict() == {hidden.units[0]: 3}


def test_a_planted_number_of_answers_is_exact(store: Store, truth: Truth):
    planted = [p for p in truth.plantings if p.answers is not None]
    assert len(planted) >= 10
    for p in planted:
        assert _answers(store, p.service)[list(p.units)].tolist() == [p.answers]


def test_all_in_a_unit_give_the_same_answer_to_one_item(store: Store, truth: Truth):
    (p,) = truth.planted("same_answer")
    rows = store.responses(p.service, municipality=p.municipality, years=[2025]).query("unit in @p.units")
    answers = rows[list(p.topics)].stack().dropna()
    assert len(answers) >= 10
    assert set(answers) == {5}


def test_all_in_a_unit_answer_at_the_end_of_the_scale(store: Store, truth: Truth):
    (p,) = truth.planted("end_of_scale")
    rows = store.responses(p.service, municipality=p.municipality, years=[2025]).query("unit in @p.units")
    assert set(rows[["respect_1", "respect_2", "respect_3"]].stack().dropna()) == {6}


def test_a_merged_unit_names_its_successor_and_has_no_users_afterwards(store: Store, truth: Truth):
    for p in truth.planted("merged_unit"):
        *closed, successor = p.units
        units = store.units(municipality=p.municipality, service=p.service).set_index("unit")
        assert units.loc[closed, "successor"].tolist() == [successor] * len(closed)
        assert (units.loc[closed, "valid_to"] == p.year - 1).all()
        frame = store.frame(municipality=p.municipality, service=p.service)
        assert frame[frame["unit"].isin(closed)]["year"].max() < p.year
        assert frame[frame["unit"] == successor]["year"].max() == 2025


def test_a_new_unit_has_no_earlier_round(store: Store, truth: Truth):
    new = truth.planted("new_unit")
    assert {p.municipality for p in new} == {"9908", "9914"}
    for p in new:
        assert set(store.frame(service=p.service).query("unit in @p.units")["year"]) == {2025}
        assert store.units().set_index("unit").loc[p.units[0], "valid_from"] == p.year


def test_imports_add_up_and_refused_rows_have_reasons(store: Store):
    imports, reasons = store.imports(), store.import_reasons()
    assert (imports["rows_read"] == imports["accepted"] + imports["quarantined"]).all()
    assert imports["quarantined"].sum() == reasons["count"].sum() > 0
    for service in store.services():
        accepted = imports[imports["service"] == service]["accepted"].sum()
        assert accepted == len(store.responses(service))
    assert {"outside_scale", "duplicate_respondent", "unknown_unit"} == set(reasons["reason"])


def test_every_refused_row_lies_in_quarantine(store: Store):
    files = sorted((store.path / "_quarantine").iterdir())
    assert len(files) == 4 * 3
    assert sum(len(pd.read_csv(f)) for f in files) == store.imports()["quarantined"].sum()


def test_other_figures_are_there_for_every_place_service_and_year(store: Store):
    indicators = store.indicators()
    surveyed = indicators[indicators["topic"].isin(store.services())]
    assert len(surveyed) == 24 * 4 * 3 * 5
    assert set(indicators.loc[~indicators.index.isin(surveyed.index), "topic"]) == {"citizen-service"}
    assert (indicators["value"] > 0).all()


def test_figures_that_are_no_survey_are_there_for_the_scorecard(store: Store):
    desk = store.indicators().query("topic == 'citizen-service'")
    counts = desk.groupby("indicator")["municipality"].size()
    assert counts.to_dict() == {"desk_inquiries": 24 * 5, "followers": 24 * 5, "web_visits": 24 * 5}
    visits = desk.loc[desk["indicator"].eq("web_visits"), "value"]
    assert visits.between(1, 40).all()
