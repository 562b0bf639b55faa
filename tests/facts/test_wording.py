"""Sentences say what their facts say, and no more."""

import re

import pytest

from analysis.core.language import Language
from analysis.facts import Fact, Labels, wording

CERTAIN = {
    "nb": re.compile(
        r"\b(over de andre|under de andre|over snittet|under snittet|sikker økning|sikker nedgang)\b"
    ),
    "en": re.compile(r"\b(above|below|certain rise|certain fall)\b"),
}


@pytest.fixture(params=["nb", "en"])
def labels(request, described) -> Labels:
    store = described.store
    units = store.units(municipality="9903")
    return Labels(
        language=Language(request.param),
        municipality="Hjelvdal",
        questionnaires={s: store.questionnaire(s) for s in store.services()},
        units=dict(zip(units["unit"], units["name"], strict=True)),
    )


def every_sentence(facts, labels):
    means = facts["municipality"].eq("") & facts["statistic"].eq("mean")
    national = facts[means].set_index(["topic", "year"])
    detectable = facts[facts["statistic"] == "detectable_change"].set_index(["unit", "topic"])
    for fact in facts[facts["municipality"] != ""].itertuples():
        if fact.statistic == "change":
            yield fact, wording.change(fact, labels, detectable=detectable.loc[(fact.unit, fact.topic)])
        elif fact.statistic == "unit_difference":
            yield fact, wording.unit(fact, labels)
        elif fact.statistic == "national_difference":
            yield fact, wording.nation(fact, national.loc[(fact.topic, fact.year)], labels)
        elif fact.statistic == "mean":
            yield fact, wording.level(fact, labels)
        elif fact.statistic in ("respondents", "response_rate"):
            yield fact, wording.response(fact, labels)
        elif fact.statistic == "variance_unit":
            yield fact, wording.ranking(fact, labels)


@pytest.mark.parametrize("service", ["kindergarten", "school", "nursing-home", "building-permits"])
@pytest.mark.parametrize("municipality", ["9903", "9908", "9912"])
def test_a_direction_is_said_only_where_the_verdict_has_one(described, labels, municipality, service) -> None:
    facts = described.facts(municipality, service)
    said = 0
    for fact, sentence in every_sentence(facts, labels):
        claims = bool(CERTAIN[labels.language.code].search(sentence))
        assert claims == (fact.verdict in ("higher", "lower", "above", "below")), (fact.fact_id, sentence)
        said += 1
    assert said > 100


def test_a_suppressed_fact_is_said_without_a_number(described, labels) -> None:
    facts = described.facts("9908", "nursing-home")
    hidden = facts[facts["state"] == "suppressed"]
    sentences = [s for _, s in every_sentence(hidden[hidden["statistic"].ne("change")], labels)]
    assert sentences
    for sentence in sentences:
        assert not re.search(r"\d[.,]\d", sentence), sentence


def test_no_sentence_is_left_untranslated(described, labels) -> None:
    if labels.language.code == "en":
        pytest.skip("English is the language of the messages")
    for fact, sentence in every_sentence(described.facts("9903", "school"), labels):
        assert not re.search(r"\b(the|and|of|answers?|confidence)\b", sentence), (fact.fact_id, sentence)


def test_a_certain_change_is_never_written_as_zero(labels) -> None:
    class Small:
        scale, verdict, value, low, high, level = "1-6", "higher", 0.04, 0.01, 0.07, 0.95

    assert wording.amount(Small, labels, sign=True) in ("+0,04", "+0.04")


def test_what_depends_on_the_method_is_said_without_a_direction(labels) -> None:
    place = {"municipality": "9903", "service": "school", "year": 2025, "topic": "overall", "scale": "1-6"}
    numbers = {"value": 0.3, "low": 0.1, "high": 0.5, "level": 0.95, "n": 90, "verdict": "depends_on_method"}
    change = Fact(statistic="change", against="year.2023", **place, **numbers)
    unit = Fact(statistic="unit_difference", against="other_units", unit="u1", **place, **numbers)
    seen = Fact(statistic="detectable_change", against="year.2023", value=0.2, n=90, **place)
    for sentence in (wording.change(change, labels, detectable=seen), wording.unit(unit, labels)):
        assert ("depends on the method" in sentence) or ("avhenger av metoden" in sentence)
        assert not CERTAIN[labels.language.code].search(sentence)
        assert "0,3" not in sentence
        assert "0.3" not in sentence
    assert re.search(r"0[.,]2", wording.change(change, labels, detectable=seen))


@pytest.mark.parametrize(
    ("verdict", "high", "explained"),
    [("no_certain_difference", -0.1, True), ("no_certain_difference", 0.1, False), ("below", -0.1, False)],
)
def test_an_interval_without_nil_is_explained_where_the_difference_is_not_certain(
    labels, verdict, high, explained
) -> None:
    fact = Fact(
        statistic="unit_difference", municipality="9903", service="school", unit="9903-school-01", year=2025,
        topic="overall", value=-0.3, low=-0.6, high=high, level=0.95, scale="1-6", verdict=verdict, n=40,
    )  # fmt: skip
    said = {"nb": "flere prøves samtidig", "en": "several are tested at once"}[labels.language.code]
    assert (said in wording.unit(fact, labels)) is explained
