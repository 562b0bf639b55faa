"""The catalogue: services as products in groups, checked against what is surveyed and counted."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.core.errors import SettingsError
from analysis.steering.catalogue import default_catalogue, load_catalogue
from analysis.survey.codebook import Questionnaire

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = ("kindergarten", "school", "nursing-home", "building-permits")
FILE = """
service_groups:
  - id: children
    name: {nb: Oppvekst, en: Children}
    product_groups:
      - id: early
        name: Early years
        products:
          - {id: place, name: Place, service: kindergarten, cost: cost_per_user}
          - {id: open-place, name: Open place}
"""


def asked(*services: str) -> dict[str, Questionnaire]:
    return {
        name: Questionnaire.model_validate(
            {"service": name, "name": name.title(), "items": ({"id": "q1", "text": "How is it?"},)}
        )
        for name in services
    }


def figures(*pairs: tuple[str, str]) -> pd.DataFrame:
    rows = [
        {"municipality": "9901", "topic": t, "indicator": i, "year": 2025, "value": 1.0} for t, i in pairs
    ]
    return pd.DataFrame(rows)


def written(folder: Path, text: str = FILE) -> Path:
    path = folder / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_catalogue_names_products_groups_and_what_they_are_measured_by(tmp_path) -> None:
    catalogue = load_catalogue(written(tmp_path), questionnaires=asked("kindergarten"))
    places = {placed.product.id: placed for placed in catalogue.products()}
    assert list(places) == ["place", "open-place"]
    assert places["place"].product.cost_topic == "kindergarten"
    assert (places["place"].product_group.id, places["place"].service_group.id) == ("early", "children")
    # A product without a survey of its own is filed under its own id.
    assert places["open-place"].product.cost_topic == "open-place"


def test_a_surveyed_service_that_the_file_leaves_out_stands_last_by_itself(tmp_path) -> None:
    catalogue = load_catalogue(written(tmp_path), questionnaires=asked("school", "kindergarten", "early"))
    assert catalogue.services == ("kindergarten", "school", "early")
    # Its id is taken by a group of the file.
    assert [group.id for group in catalogue.service_groups] == ["children", "school", "early-2"]


def test_without_a_file_every_service_is_a_group_of_its_own() -> None:
    catalogue = load_catalogue(None, questionnaires=asked(*SERVICES))
    assert catalogue == default_catalogue(asked(*SERVICES))
    assert [len(group.product_groups) for group in catalogue.service_groups] == [1] * len(SERVICES)
    with pytest.raises(SettingsError, match="no services"):
        default_catalogue({})


def test_the_demo_s_catalogue_fits_the_demo() -> None:
    known = figures(*((service, "cost_per_user") for service in SERVICES))
    catalogue = load_catalogue(
        PROJECT / "params" / "catalogue.yaml", questionnaires=asked(*SERVICES), indicators=known
    )
    assert set(catalogue.services) == set(SERVICES)
    assert [len({p.service_group.id for p in catalogue.products(s)}) for s in SERVICES] == [1] * 4


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("service: kindergarten", "service: kindergarden", "products[0].service", "mean 'kindergarten'"),
        ("cost: cost_per_user", "cost: cost_per_usr", "products[0].cost", "did you mean 'cost_per_user'"),
        ("cost: cost_per_user", "cost: cost_per_user, topic: kinder", "products[0].topic", "kindergarten"),
        ("{id: open-place, name: Open place}", "{id: place, name: Open place}", "", "once"),
        ("id: early\n", "id: early\n        size: 3\n", "size", "unknown key"),
        ("{id: open-place, name: Open place}", "{id: o, name: O, topic: x}", "products", "cost"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_key_and_what_to_do(tmp_path, old, new, where, said) -> None:
    path = written(tmp_path, FILE.replace(old, new))
    known = figures(("kindergarten", "cost_per_user"))
    with pytest.raises(SettingsError) as error:
        load_catalogue(path, questionnaires=asked("kindergarten"), indicators=known)
    assert str(path) in str(error.value)
    assert where in str(error.value)
    assert said in str(error.value)


def test_a_service_stands_in_one_service_group(tmp_path) -> None:
    twice = FILE + FILE.partition("service_groups:")[2].replace("children", "other").replace(
        "early", "second"
    ).replace("id: place", "id: place-2").replace("open-place", "open-2")
    with pytest.raises(SettingsError, match="one service group"):
        load_catalogue(written(tmp_path, twice), questionnaires=asked("kindergarten"))


def test_figures_that_have_not_come_are_no_error_in_the_catalogue(tmp_path) -> None:
    path = written(tmp_path)
    assert load_catalogue(path, questionnaires=asked("kindergarten"), indicators=figures()).services


@given(st.permutations([*SERVICES, "library"]))
def test_services_come_in_the_catalogue_s_order_and_none_is_lost(given_order) -> None:
    catalogue = default_catalogue(asked(*SERVICES))
    ordered = catalogue.ordered(given_order)
    assert sorted(ordered) == sorted(given_order)
    assert [service for service in ordered if service in SERVICES] == list(SERVICES)
