"""A synthetic country of any size, read in by the import as files are."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.core.errors import TilstandError
from analysis.core.settings import load_batch
from analysis.demo import make_nation
from analysis.demo.further import further_services
from analysis.survey import Store, open_store

SIZE = {"municipalities": 15, "services": 6, "respondents": 5_401}


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("nation") / "store"
    make_nation(folder, **SIZE)
    return open_store(folder)


def test_it_has_the_municipalities_services_and_respondents_that_were_asked_for(nation: Store):
    assert len(nation.municipalities()) == 15
    assert nation.services() == (
        *("after-school", "building-permits", "home-care", "kindergarten", "nursing-home", "school"),
    )
    answers = {service: nation.responses(service) for service in nation.services()}
    assert sum(map(len, answers.values())) == 5_401
    counts = [n for rows in answers.values() for n in rows.groupby("year").size()]
    assert len(counts) == 6 * 3
    assert max(counts) - min(counts) <= 1


def test_its_files_went_through_the_import_and_some_rows_were_refused(nation: Store):
    imports, reasons = nation.imports(), nation.import_reasons()
    assert set(imports["file"]) == {f"{s}_{y}.csv" for s in nation.services() for y in (2021, 2023, 2025)}
    assert (imports["rows_read"] == imports["accepted"] + imports["quarantined"]).all()
    assert set(reasons["reason"]) == {"outside_scale", "duplicate_respondent", "unknown_unit"}
    assert not (nation.path / ".files").exists()


def test_users_and_their_groups_are_known_of_every_unit(nation: Store):
    frame, groups = nation.frame(), nation.frame_groups()
    assert len(frame) == 3 * len(nation.units())
    assert (frame["invited"] <= frame["population"]).all()
    counted = groups.groupby(["unit", "year", "variable"])["population"].sum().reset_index()
    both = counted.merge(frame[["unit", "year", "population"]], on=["unit", "year"], suffixes=("", "_all"))
    assert len(both) == len(counted)
    assert (both["population"] == both["population_all"]).all()
    assert set(nation.municipalities()["peer_group"]) <= set("1234")
    assert set(nation.indicators()["topic"]) >= set(nation.services())


def test_large_municipalities_have_more_answers_and_more_units(nation: Store):
    sizes = nation.municipalities().set_index("code")["inhabitants"]
    largest, smallest = sizes.idxmax(), sizes.idxmin()
    for service in nation.services():
        rows = nation.responses(service)["municipality"].value_counts()
        assert rows[largest] > rows.get(smallest, 0)
    assert len(nation.units(municipality=largest)) > len(nation.units(municipality=smallest))


def test_the_same_size_and_seed_give_the_same_rows_and_another_service_changes_none(
    nation: Store, tmp_path: Path
):
    for name in ("again", "other"):
        make_nation(
            tmp_path / name, municipalities=15, services=1, respondents=900, seed=int(name == "other")
        )
    make_nation(tmp_path / "more", municipalities=15, services=2, respondents=1_800)
    make_nation(tmp_path / "again", municipalities=15, services=1, respondents=900)
    again, more, other = (open_store(tmp_path / name) for name in ("again", "more", "other"))
    kept = [s.content().hash("answers", "units", "frame", service="kindergarten") for s in (again, more)]
    assert kept[0] == kept[1] != other.content().hash("answers", "units", "frame", service="kindergarten")


@pytest.mark.parametrize(
    "size",
    [
        {"municipalities": 0},
        {"services": 21},
        {"services": 0},
        {"municipalities": 10, "services": 2, "respondents": 59},
    ],
)
def test_a_size_that_cannot_be_made_is_refused(tmp_path: Path, size: dict[str, int]):
    with pytest.raises(TilstandError, match="size cannot be made"):
        make_nation(tmp_path / "nation", **size)
    assert not (tmp_path / "nation").exists()


def test_other_data_are_left_alone(tmp_path: Path):
    (tmp_path / "mine.csv").write_text("a")
    with pytest.raises(TilstandError, match="not a synthetic country's"):
        make_nation(tmp_path, municipalities=2, services=1, respondents=6)


def test_sixteen_further_services_ask_twenty_things_in_both_languages():
    questionnaires = [questionnaire for _, questionnaire in further_services()]
    assert len({q.service for q in questionnaires}) == 16
    for q in questionnaires:
        assert len(q.items) == 20
        assert q.overall == "satisfaction"
        assert len({item.text["nb"] for item in q.items}) == 20
        texts = [
            q.name,
            q.users,
            q.unit,
            q.units,
            *(d.name for d in q.dimensions),
            *(i.text for i in q.items),
        ]
        texts += [b.name for b in q.background] + [t for b in q.background for t in b.values.values()]
        assert all(set(text) == {"nb", "en"} and all(text.values()) for text in texts)
    for profile, questionnaire in further_services():
        assert set(profile.weights) == {d.id for d in questionnaire.dimensions}
        assert sum(profile.weights.values()) == pytest.approx(1)


def test_the_countrys_batch_names_all_of_it(params: Path):
    batch = load_batch(params / "country.yaml")
    assert batch.synthetic
    assert (batch.municipalities, batch.services) == (("all",), ("all",))
    assert batch.store == params.parent / "data" / "country"
