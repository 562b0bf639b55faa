"""The real survey with twelve services in one row: the mapping in params reads it as others have."""

from pathlib import Path

import pytest

from analysis.survey import draft, import_files, open_store, write_draft

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".." / "shared" / "data" / "kansas_city_resident_survey"
FILES = [DATA / "wave_2021_09.csv", DATA / "wave_2022_03.csv"]
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the Kansas City survey is not beside the project")


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    into = tmp_path_factory.mktemp("kansas") / "store"
    return import_files(FILES, ROOT / "params" / "mappings" / "kansas-city.yaml", into), open_store(into)


def test_twelve_services_in_six_districts_and_two_years(imported):
    report, store = imported
    assert len(store.services()) == 12
    assert {"police", "fire-and-emergency-medical", "streets-and-infrastructure"} < set(store.services())
    # Rows and services as the data's own README counts them.
    assert (report.rows_read, report.quarantined) == (12 * (1033 + 984), 0)
    assert store.years("police") == (2021, 2022)
    assert store.units(service="police")["name"].tolist() == [f"District {i}" for i in range(1, 7)]
    assert store.municipalities()["name"].tolist() == ["Kansas City, Missouri"]


def test_means_are_those_that_the_data_are_known_to_have(imported):
    answers = imported[1].responses("perceptions-of-the-city").groupby("year")["q2_01"].agg(["mean", "count"])
    # The checks that the README beside the data lists.
    assert answers["mean"].round(4).tolist() == [3.1965, 3.3186]
    assert answers["count"].tolist() == [1018, 976]


def test_wordings_come_from_the_codebook(imported):
    police = imported[1].questionnaire("police")
    assert police.item("q5_01").text == {"en": "effectiveness of local police protection"}
    assert police.scale == (1, 5)
    assert [b.id for b in police.background] == ["method"]


def test_a_drafted_mapping_imports_the_same_file(tmp_path):
    made = draft(FILES[0])
    mapping, _ = write_draft(made, tmp_path)
    report = import_files(FILES[:1], mapping, tmp_path / "store")
    answers = open_store(tmp_path / "store").responses("wave")
    assert report.accepted == 1033
    assert round(answers["q2_01"].mean(), 4) == 3.1965
    assert "dont_know: [9]" in made.questionnaire
