"""A real survey from files to report: what the facts say is what others have computed of the same files.

The survey and its reference lie beside the project where they are at hand; without them this is skipped.
"""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from journey_project import ROOT, make_project

DATA = ROOT / ".." / "shared" / "data" / "kansas_city_resident_survey"
#: Computed by shared/reference/kansas_city.R with R's survey, lme4 and stats.
REFERENCE = ROOT / ".." / "shared" / "reference" / "kansas_city.json"
SERVICES = {
    "police": "police",
    "fire": "fire-and-emergency-medical",
    "streets": "streets-and-infrastructure",
}
CITY = "perceptions-of-the-city"
# The reference is printed with ten significant digits; closed forms must agree in all of them.
closed_form = {"rel": 2e-9, "abs": 1e-9}
pytestmark = pytest.mark.skipif(
    not (DATA.is_dir() and REFERENCE.is_file()),
    reason="the Kansas City survey and its reference are not beside the project",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Import with the mapping in params; run the three services of the reference, and the one of q2_01."""
    project = make_project(tmp_path_factory.mktemp("city") / "project")
    raw = shutil.copytree(DATA.resolve(), project.root / "raw")
    imported = project.tilstand(
        *("import", raw / "wave_2021_09.csv", raw / "wave_2022_03.csv"),
        *("--mapping", "params/mappings/kansas-city.yaml", "--into", "data/kansas-city"),
    )
    assert imported.returncode == 0, imported.stderr
    batch = (project.root / "params" / "kansas-city.yaml").read_text(encoding="utf-8")
    chosen = ", ".join((*SERVICES.values(), CITY))
    project.write("params/kansas-city.yaml", batch.replace("services: all", f"services: [{chosen}]"))
    ended = project.tilstand("run", "params/kansas-city.yaml")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return project.root / "build" / "kansas-city"


@pytest.fixture(scope="module")
def expected() -> dict:
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


def facts(city: Path, service: str, **chosen: object) -> pd.DataFrame:
    """Return a service's facts that have these values, by unit."""
    table = pd.read_parquet(city / "kansas-city" / "runs" / service / "facts.parquet")
    for name, value in chosen.items():
        table = table[table[name] == value]
    return table.set_index("unit")


def test_a_questions_means_are_those_that_the_data_are_known_to_have(city) -> None:
    found = facts(city, CITY, statistic="mean", topic="item.q2_01").set_index("year")
    # The checks that the README beside the data lists, don't-know left out.
    assert found["value"].round(4).to_dict() == {2021: 3.1965, 2022: 3.3186}
    assert found["n"].to_dict() == {2021: 1018, 2022: 976}


@pytest.mark.parametrize("name", SERVICES)
def test_means_of_districts_are_rs(city, expected, name) -> None:
    service = SERVICES[name]
    for cell in expected[name]["cells"]:
        fact = facts(city, service, statistic="mean", topic="overall", year=cell["year"]).loc[
            f"{service}-{cell['district']}"
        ]
        assert fact["state"] == "measured"
        assert fact["n"] == cell["n"]
        numbers = ("value", "se", "low", "high")
        assert [fact[x] for x in numbers] == pytest.approx(
            [cell["mean"], cell["se"], *cell["ci"]], **closed_form
        )


@pytest.mark.parametrize("name", SERVICES)
def test_the_units_model_is_lme4s(city, expected, name) -> None:
    service, mixed = SERVICES[name], expected[name]["mixed"]
    for statistic, value in (("unit", "var_district"), ("residual", "var_residual")):
        variance = facts(city, service, statistic=f"variance_{statistic}", topic="overall")
        assert variance["value"].iloc[0] == pytest.approx(mixed[value], rel=1e-3, abs=1e-12)
    shrunken = facts(city, service, statistic="shrunken_mean", topic="overall")["value"]
    last_round = sum(mixed["fixed"].values())
    assert shrunken.to_dict() == pytest.approx(
        {f"{service}-{d}": last_round + effect for d, effect in mixed["blup"].items()}, abs=1e-5
    )


@pytest.mark.parametrize("name", SERVICES)
def test_changes_of_districts_are_rs_welch_tests(city, expected, name) -> None:
    service = SERVICES[name]
    found = facts(city, service, statistic="change", topic="overall", against="year.2021")
    for test in expected[name]["welch_change"]:
        fact = found.loc[f"{service}-{test['district']}"]
        assert (fact["value"], fact["value"] / fact["se"], fact["p"]) == pytest.approx(
            (test["change"], test["t"], test["p"]), **closed_form
        )


def test_fire_has_no_difference_between_districts(city) -> None:
    service = SERVICES["fire"]
    variance = facts(city, service, statistic="variance_unit", topic="overall").iloc[0]
    assert (variance["value"], variance["verdict"]) == (0, "no_difference")
    assert facts(city, service, statistic="shrunken_mean", topic="overall")["value"].nunique() == 1
    assert set(facts(city, service, statistic="unit_difference")["verdict"]) == {"no_difference"}


def test_a_city_alone_is_compared_with_nobody_and_the_report_says_so(city) -> None:
    for service in (*SERVICES.values(), CITY):
        against = facts(city, service, against="nation")
        assert set(against["state"]) == {"not_comparable"}
        assert set(against["note"]) <= {"no_other_municipalities", "no_casemix"}
        page = (city / f"kansas-city/full/_report/service-{service}.html").read_text("utf-8")
        assert "No comparison with other municipalities is possible" in page
    for name in ("index.html", "kansas-city-kansas-city.pdf", "kansas-city-kansas-city.docx"):
        assert (city / "kansas-city" / "full" / "_report" / name).is_file()
