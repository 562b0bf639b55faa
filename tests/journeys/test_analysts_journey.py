"""An analyst opens the notebooks as they stand in JupyterLab, sets another municipality and runs all."""

import re

import pytest
from journey_project import files_in
from lab_server import running_lab

from analysis.core.language import Language
from analysis.survey import open_store

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def store(demo_project):
    return open_store(demo_project.root / "data" / "demo")


@pytest.fixture(scope="module")
def lab(demo_project, tmp_path_factory):
    with running_lab(demo_project.root, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


def run_all(lab, name: str, **parameters: str) -> dict[str, list[dict]]:
    """Run every cell of a notebook, other values set in its parameters cell; outputs by the cell's id."""
    path = f"notebooks/{name}.ipynb"
    outputs = {}
    with lab.kernel(path) as kernel:
        for cell in lab.cells(path):
            code = cell["source"]
            if "parameters" in cell["metadata"].get("tags", []):
                for key, value in parameters.items():
                    code, changed = re.subn(rf'(?m)^{key} = ".*?"', f'{key} = "{value}"', code)
                    assert changed == 1, f"{key} is no parameter of {name}"
            outputs[cell["id"]] = kernel.run(code)
    return outputs


def shown(outputs: dict[str, list[dict]]) -> str:
    """Return all that was shown, and fail where a cell raised or a warning stood beside the results."""
    everything = [output for cell in outputs.values() for output in cell]
    wrong = [output for output in everything if output["type"] in ("error", "stream")]
    assert wrong == []
    return "\n".join(output["data"].get("text/html", "") for output in everything)


def test_a_service_shows_the_other_municipalitys_figures(lab, store, demo_project) -> None:
    before = files_in(demo_project.root)
    page = shown(outputs := run_all(lab, "service", municipality="9912", service="nursing-home"))

    asked = store.questionnaire("nursing-home")
    answers = store.responses("nursing-home", municipality="9912", years=[2025])[asked.overall]
    assert Language("nb").number(answers.mean(), 1) in outputs["level"][0]["data"]["text/html"]
    assert page.count('<svg role="img"') >= 5
    own = store.units(municipality="9912", service="nursing-home")
    still_open = own.loc[own["valid_to"].isna(), "name"]
    assert len(still_open) > 3
    assert all(name in page for name in still_open)
    others = store.units(municipality="9903", service="kindergarten")["name"]
    assert not any(name in page for name in others)
    # What leaves the rows are facts: no respondent is named anywhere.
    assert not any(name in page for name in store.responses("nursing-home", municipality="9912").respondent)
    assert files_in(demo_project.root) == before


def test_the_national_picture_of_another_service(lab, store) -> None:
    outputs = run_all(lab, "reference", service="school")
    table = shown(outputs)
    places = store.municipalities()
    assert f"<td>{len(places)}</td>" in table
    assert all(f"<td>{year}</td>" in table for year in store.years("school"))


def test_all_services_of_another_municipality(lab, store) -> None:
    page = shown(run_all(lab, "municipality", municipality="9908"))
    for service in store.services():
        assert store.questionnaire(service).name["nb"] in page


def test_a_municipality_that_is_not_there_is_named_with_the_nearest(lab) -> None:
    path = "notebooks/service.ipynb"
    with lab.kernel(path) as kernel:
        for cell in lab.cells(path)[:2]:
            outputs = kernel.run(cell["source"].replace('"9903"', '"9903x"'))
    assert outputs[-1]["type"] == "error"
    assert outputs[-1]["ename"] == "SettingsError"
    assert "no such municipality in the data" in outputs[-1]["evalue"]
    assert "did you mean '9903'?" in outputs[-1]["evalue"]
