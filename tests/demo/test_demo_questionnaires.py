"""The four questionnaires that the synthetic country uses, and that others can start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.core.settings import load_batch
from analysis.survey import Questionnaire, load_questionnaire

SERVICES = ("building-permits", "kindergarten", "nursing-home", "school")


def _read(params: Path, service: str) -> Questionnaire:
    return load_questionnaire(params / "questionnaires" / f"{service}.yaml")


@pytest.mark.parametrize("service", SERVICES)
def test_every_text_stands_in_norwegian_and_english(params: Path, service: str):
    q = _read(params, service)
    texts = [q.name, q.users, q.unit, q.units, *(d.name for d in q.dimensions), *(i.text for i in q.items)]
    texts += [end for i in q.items for end in i.ends]
    texts += [b.name for b in q.background] + [text for b in q.background for text in b.values.values()]
    for text in texts:
        assert set(text) == {"nb", "en"}
        assert all(words.strip() == words and words for words in text.values())


@pytest.mark.parametrize("service", SERVICES)
def test_a_questionnaire_has_five_to_seven_dimensions_of_two_to_four_items(params: Path, service: str):
    q = _read(params, service)
    assert 5 <= len(q.dimensions) <= 7
    for dimension in q.dimensions:
        assert 2 <= sum(i.dimension == dimension.id for i in q.items) <= 4


@pytest.mark.parametrize("service", SERVICES)
def test_satisfaction_is_asked_once_and_belongs_to_no_dimension(params: Path, service: str):
    q = _read(params, service)
    assert q.overall == "satisfaction"
    assert [i.id for i in q.items if i.dimension is None] == ["satisfaction"]
    assert q.scale == (1, 6)
    assert all(i.dont_know == (9,) for i in q.items)


def test_one_item_was_asked_in_other_words_before_2023(params: Path):
    changed = {(s, i.id, i.comparable_from, i.wording) for s in SERVICES for i in _read(params, s).items}
    assert {c for c in changed if c[2]} == {("kindergarten", "participation_2", 2023, 2)}


def test_reversed_items_stand_in_two_questionnaires(params: Path):
    turned = {(s, i.id) for s in SERVICES for i in _read(params, s).items if i.reversed}
    assert turned == {("school", "wellbeing_3"), ("building-permits", "processing_3")}


def test_the_demo_batch_names_three_places_and_says_that_it_is_synthetic(params: Path):
    batch = load_batch(params / "demo.yaml")
    assert batch.synthetic
    assert batch.municipalities == ("9903", "9908", "9912")
    assert batch.years == (2021, 2023, 2025)
    assert batch.store == (params.parent / "data" / "demo")
