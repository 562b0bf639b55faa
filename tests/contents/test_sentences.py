"""Every sentence of the demo's reports, read against its facts: no direction is said that is not certain."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.pofile import read_po
from claims import unsaid
from demo_reports import Report, make_reports
from directions import CLASSIFIED, direction_words
from fact_ledger import CERTAIN, Ledger, numbers_of
from known_names import NAME, Names
from listed_names import LISTINGS
from messages import Messages, agrees, numbers_in
from report_pages import Piece, read_page
from sentences import Reader
from steering_words import BLOCKS

from analysis.core.language import CATALOGUES, known_languages
from analysis.demo import make_country
from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.survey import open_store

SERVICES = ("building-permits", "kindergarten", "nursing-home", "school")
#: The demo's municipalities that have adopted targets and measures, and those read in English too.
PLANNED = ("9903", "9908", "9912")
IN_ENGLISH = (*PLANNED, "9901")
#: Tables that must say every certain verdict: block, its table's name, the statistic, which of its facts.
MUST_SAY = [
    ("service.scorecard", "scorecard", "change", lambda f: not f.unit),
    ("service.change", "change", "change", lambda f: not f.unit),
    ("service.nation", "nation", "national_difference", None),
    ("service.nation", "nation", "national_difference_adjusted", None),
    ("service.nation", "nation", "expected_range", lambda f: not f.unit),
    ("service.peers", "peers", "peer_difference", None),
    ("service.peers", "peers", "peer_difference_adjusted", None),
    ("service.units", "units", "unit_difference", lambda f: f.topic == "overall"),
    ("service.units", "units", "expected_range", lambda f: f.unit and f.topic == "overall"),
    ("service.funnel", "funnel", "expected_range", lambda f: f.unit and f.topic == "overall"),
    ("service.units-table", "units-table", "unit_difference", None),
    ("municipality.certain", "", "report_change", None),
    ("municipality.certain", "", "report_national_difference", None),
    ("municipality.certain", "", "report_unit_difference", None),
    ("municipality.services", "services", "report_change", lambda f: f.topic == "overall"),
    ("municipality.services", "services", "report_national_difference", lambda f: f.topic == "overall"),
]


class Read:
    """All reports, taken apart and read, each once."""

    def __init__(self, reports: list[Report]) -> None:
        self.reports = {report.municipality: report for report in reports}
        self.pieces = cache(self._pieces)
        self.names = cache(self._names)
        self.messages = cache(self._messages)
        self.ledger = cache(lambda municipality: Ledger(self.reports[municipality].facts))
        self.reader = cache(self._reader)

    def in_language(self, code: str) -> list[str]:
        """Return the municipalities whose report is there in the language."""
        return [name for name, report in self.reports.items() if code in report.labels]

    def fresh(self, municipality: str, code: str, facts: pd.DataFrame | None = None) -> Reader:
        """Return a reader that has read nothing yet, of these facts in place of the report's own."""
        ledger = self.ledger(municipality) if facts is None else Ledger(facts)
        return Reader(self.messages(code), self.names(municipality, code), ledger)

    def _names(self, municipality: str, code: str) -> Names:
        report = self.reports[municipality]
        return Names(report.labels[code], report.facts, report.steering)

    def _messages(self, code: str) -> Messages:
        labels = next(report.labels[code] for report in self.reports.values() if code in report.labels)
        asked = labels.questionnaires
        return Messages(code, [labels.unit_word(s, plural=p) for s in asked for p in (False, True)])

    def _pieces(self, municipality: str, code: str) -> list[Piece]:
        shown = self.reports[municipality].shown[code]
        return [piece for cell in shown for piece in read_page(cell, SERVICES)]

    def _reader(self, municipality: str, code: str) -> Reader:
        return self.fresh(municipality, code).read(self.pieces(municipality, code))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The reports of every second municipality of the demo in Norwegian, and some of them in English too.

    The three that have adopted something are among them. Half of the country holds every kind of claim, in
    half the time.
    """
    folder: Path = tmp_path_factory.mktemp("sentences") / "demo"
    make_country(folder)
    codes = list(open_store(folder).municipalities()["code"])
    chosen = [code for i, code in enumerate(codes) if i % 2 == 0 or code in PLANNED]
    return Read(make_reports(folder, {c: ("nb", "en") if c in IN_ENGLISH else ("nb",) for c in chosen}))


@pytest.mark.parametrize("code", known_languages())
def test_every_message_with_a_word_for_a_direction_is_classified(code) -> None:
    strange, met = [], set()
    with (CATALOGUES / code / "LC_MESSAGES" / "tilstand.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    for entry in catalogue:
        ids, texts = ((part,) if isinstance(part, str) else part for part in (entry.id, entry.string))
        said = [(code, text) for text in texts] + [("en", text) for text in ids]
        if any(direction_words(language).search(text) for language, text in said):
            met |= set(ids)
            strange += [text for text in ids if text not in CLASSIFIED]
    assert strange == []
    if code == "nb":
        # Whatever is classified is a message that holds such a word, in Norwegian or in English.
        assert CLASSIFIED - met == set()


@pytest.mark.parametrize("code", ["nb", "en"])
def test_no_sentence_says_a_direction_that_its_fact_does_not_say(read, code) -> None:
    municipalities = read.in_language(code)
    faults = [f"{m}: {fault}" for m in municipalities for fault in read.reader(m, code).faults]
    assert faults == [], f"{len(faults)} faults, the first: {faults[:5]}"
    assert len(municipalities) == {"nb": 14, "en": 4}[code]
    # All of it was read: every service's blocks, and enough of each kind of claim to mean something.
    scorecards = {
        (m, p.service) for m in municipalities for p in read.pieces(m, code) if p.name == "scorecard"
    }
    assert len(scorecards) == 4 * len(municipalities)
    told = Counter(c.statistic for m in municipalities for c in read.reader(m, code).claims)
    for statistic in {s for _, _, s, _ in MUST_SAY} | {"priority", "strength", "improvement", "top_box"}:
        assert told[statistic] >= 5, (statistic, told)
    assert sum(read.reader(m, code).read_numbers for m in municipalities) > 2000 * len(municipalities)


def missing(reader: Reader) -> list[str]:
    """Return the certain verdicts that the tables and lists which must say them do not."""
    out = []
    for service in reader.ledger.services():
        for block, name, statistic, wanted in MUST_SAY:
            rows = [f for f in reader.ledger.certain(statistic, service) if wanted is None or wanted(f)]
            # The scorecard and its like show dimensions: single items are no rows of theirs.
            rows = [f for f in rows if not f.topic.startswith("item.")]
            out += unsaid(reader.claims, block, name, statistic, rows)
    return out


def test_every_certain_verdict_is_said_where_it_belongs(read) -> None:
    assert [f"{m}: {left}" for m in read.reports for left in missing(read.reader(m, "nb"))] == []


@pytest.mark.parametrize("code", ["nb", "en"])
def test_what_hangs_on_method_unit_or_users_is_listed(read, code) -> None:
    municipalities = read.in_language(code)
    assert [f"{m}: {left}" for m in municipalities for left in read.reader(m, code).unlisted()] == []
    met = Counter(listing.what for m in municipalities for _, listing in read.reader(m, code).lists)
    # A verdict that allowing for the users turns, and not by a hair's breadth, is rare: tests/show has one.
    rare = {"national_difference", "peer_difference"}
    assert set(met) | rare == {listing.what for listing in LISTINGS}


def test_both_languages_say_the_same(read) -> None:
    # Whether a heading names a question hangs on how long it is in that language.
    for municipality in read.in_language("en"):
        nb, en = (
            {claim for claim in read.reader(municipality, code).claims if claim.statistic != "top_box"}
            for code in ("nb", "en")
        )
        assert nb == en
        assert read.reader(municipality, "nb").steering.said == read.reader(municipality, "en").steering.said


@pytest.mark.parametrize("code", ["nb", "en"])
def test_the_steering_chapters_claims_are_read(read, code) -> None:
    told = Counter((s, v) for m in read.in_language(code) for s, v, *_ in read.reader(m, code).steering.said)
    for wanted in [
        ("target_status", "desired"), ("target_status", "unacceptable"), ("target_change", "lower"),
        ("measure_effect", "worked"), ("feedback_positive", "rise"), ("feedback_negative", "fall"),
        ("service_strength", "service_strength"), ("service_improvement", "service_improvement"),
        ("cost_per_user", "highest_quarter"), ("change", "higher"), ("national_difference", "lower"),
    ]:  # fmt: skip
        assert told[wanted] > 0, (wanted, told)
    # Every target that is reached or missed is marked so in the scorecard, every verdict on a measure told.
    for municipality in PLANNED:
        said = read.reader(municipality, code).steering.said
        for statistic in ("target_status", "measure_effect"):
            facts = [f for f in read.ledger(municipality).every(statistic) if f.state == "measured"]
            for fact in facts:
                if fact.verdict != "no_certain_effect":
                    assert (statistic, fact.verdict, fact.service, fact.unit, fact.category) in said


def test_nothing_is_to_be_preserved_or_improved_against_what_is_certain(read) -> None:
    wrong, told = [], 0
    for municipality in read.reports:
        ledger = read.ledger(municipality)
        for name, favour in (("strength", False), ("improvement", True)):
            for statistic in (name, f"service_{name}"):
                for fact in ledger.every(statistic):
                    told += 1
                    if ledger.spoken(fact.service, fact.topic, favour=favour):
                        wrong.append((municipality, statistic, fact.service, fact.topic))
        named = {s: {(f.service, f.topic) for f in ledger.every(s)} for s in ("strength", "improvement")}
        for statistic, kept in (("improvement", "strength"), ("strength", "improvement")):
            other = {(f.service, f.topic) for f in ledger.every(f"service_{kept}")}
            wrong += [(municipality, statistic, *subject) for subject in named[statistic] & other]
    assert wrong == []
    assert told > 50


def sentence_of(fact: Fact, report: Report, ledger: Ledger, code: str) -> tuple[str, list[float]]:
    """Return the sentence on a change or difference, and the numbers that it must hold."""
    labels, numbers = report.labels[code], numbers_of(fact, ("value", "level", "interval"))
    measured = fact.state == "measured" and fact.verdict != "depends_on_method"
    if fact.statistic == "change":
        seen = ledger.fact("detectable_change", fact.service, fact.topic, unit=fact.unit)
        since = [float(fact.against.partition(".")[2])]
        shown = seen if fact.state == "measured" and fact.verdict not in CERTAIN else None
        return wording.change(fact, labels, detectable=seen), [
            *(since + numbers if measured else since), *numbers_of(shown, ("value",)),
        ]  # fmt: skip
    if fact.statistic == "unit_difference":
        return wording.unit(fact, labels), numbers if measured else []
    nation = ledger.fact("nation.mean", fact.service, fact.topic)
    beside = [float(nation.N), *numbers_of(nation, ("value",))]
    return wording.nation(fact, nation, labels), beside + numbers if measured else []


@pytest.mark.parametrize("code", ["nb", "en"])
def test_a_fact_told_in_a_sentence_says_its_own_verdict_and_numbers(read, code) -> None:
    told = 0
    for municipality in read.in_language("en"):
        report, reader = read.reports[municipality], read.fresh(municipality, code)
        language = reader.messages.language
        for service in SERVICES:
            for statistic in ("change", "unit_difference", "national_difference"):
                for fact in reader.ledger.of(statistic, service):
                    text, numbers = sentence_of(fact, report, reader.ledger, code)
                    reader.claims.clear()
                    reader.read([Piece("sentence", text, "wording", service)])
                    said = {(c.statistic, c.verdict, c.unit, c.topic) for c in reader.claims}
                    certain = fact.verdict in CERTAIN
                    assert said == ({(statistic, fact.verdict, fact.unit, fact.topic)} if certain else set())
                    written = numbers_in(re.sub(NAME, " ", reader.names.hide(text)), language)
                    assert len(written) == len(numbers), (fact.fact_id, text, numbers)
                    assert all(map(agrees, written, numbers)), (fact.fact_id, text, numbers)
                    told += 1
        assert reader.faults == []
    assert told > 1000


#: What a certain verdict may turn into while the sentence stays: no verdict, another method's, the opposite.
TURNED = {
    "not certain": {"change": "no_certain_change", "": "no_certain_difference"},
    "hangs on the method": {"": "depends_on_method"},
    "turned round": {"higher": "lower", "lower": "higher", "above": "below", "below": "above"},
}


def turned(verdict: str, statistic: str, how: str) -> str:
    """Return the verdict that the fact is given."""
    words = TURNED[how]
    return words.get(verdict) or (words.get("change") if "change" in statistic else None) or words[""]


def one_certain(read: Read, statistic: str, wanted=None) -> tuple[str, Fact]:
    """Return a municipality and a certain fact of that statistic in its report."""
    for municipality in read.reports:
        ledger = read.ledger(municipality)
        for service in SERVICES:
            for fact in ledger.certain(statistic, service):
                if not fact.topic.startswith("item.") and (wanted is None or wanted(fact)):
                    return municipality, fact
    raise AssertionError(f"the demo has no certain {statistic}")


def with_fact(facts: pd.DataFrame, fact: Fact, **values: object) -> pd.DataFrame:
    """Return the facts of its service with one changed."""
    facts = facts[facts["service"] == fact.service].copy()
    for column, value in values.items():
        facts.loc[facts["fact_id"] == fact.fact_id, column] = value
    return facts


@pytest.mark.parametrize("how", TURNED)
@pytest.mark.parametrize(("block", "name", "statistic", "wanted"), MUST_SAY)
def test_a_sentence_that_outlives_its_verdict_is_found(read, block, name, statistic, wanted, how) -> None:
    municipality, fact = one_certain(read, statistic, wanted)
    verdict = turned(fact.verdict, statistic, how)
    facts = with_fact(read.reports[municipality].facts, fact, verdict=verdict)
    pieces = [p for p in read.pieces(municipality, "nb") if p.block == block]
    assert read.fresh(municipality, "nb").read(pieces).faults == []
    faults = read.fresh(municipality, "nb", facts).read(pieces).faults
    assert any(f"is said, but {statistic}" in fault and fault.startswith(fact.verdict) for fault in faults)


@pytest.mark.parametrize("statistic", sorted({s for _, _, s, _ in MUST_SAY if "expected" not in s}))
def test_a_verdict_against_its_own_number_is_found(read, statistic) -> None:
    municipality, fact = one_certain(read, statistic)
    facts = with_fact(read.reports[municipality].facts, fact, value=-fact.value)
    pieces = [p for p in read.pieces(municipality, "nb") if p.service == fact.service or p.lead]
    faults = read.fresh(municipality, "nb", facts).read(pieces).faults
    assert any(f"is said, but {statistic}" in fault for fault in faults)


@pytest.mark.parametrize(
    ("statistic", "name", "column"),
    [
        ("change", "scorecard", "value"), ("change", "change", "low"), ("mean", "scorecard", "high"),
        ("national_difference", "nation", "low"), ("peer_difference", "peers", "value"),
        ("unit_difference", "units", "verdict"), ("expected_range", "funnel", "low"),
    ],
)  # fmt: skip
def test_a_number_that_is_not_the_facts_is_found(read, statistic, name, column) -> None:
    municipality = "9903"
    ledger = read.ledger(municipality)
    rows = ledger.of(statistic, "kindergarten")
    wanted = name in ("units", "funnel")
    fact = next(f for f in rows if f.topic == "overall" and bool(f.unit) == wanted and f.state == "measured")
    new = "above" if column == "verdict" and fact.verdict != "above" else "below"
    value = new if column == "verdict" else getattr(fact, column) + 0.2
    facts = with_fact(read.reports[municipality].facts, fact, **{column: value})
    pieces = [p for p in read.pieces(municipality, "nb") if p.service == "kindergarten" and p.name == name]
    assert read.fresh(municipality, "nb").read(pieces).faults == []
    reader = read.fresh(municipality, "nb", facts).read(pieces)
    # A verdict that came without a word beside the unit leaves no fault, but is left unsaid.
    assert reader.faults or unsaid(
        reader.claims, "service.units", "units", statistic, [replace_fact(fact, new)]
    )


def replace_fact(fact: Fact, verdict: str) -> Fact:
    """Return the row with another verdict."""
    return fact._replace(verdict=verdict)


#: A fact of 9903's steering, and what it turns into while the chapters stay.
STEERED = [
    ("target_status", "building-permits-access", {"verdict": "acceptable"}),
    ("target_status", "school-satisfaction", {"verdict": "", "state": "undecided"}),
    ("target_change", "school-participation", {"verdict": "no_certain_change"}),
    ("target_change", "school-satisfaction", {"verdict": "lower"}),
    ("target_change", "building-permits-access", {"value": 0.8}),
    ("measure_effect", "school-participation-2024", {"verdict": "no_certain_effect"}),
    ("measure_effect", "school-participation-2024", {"value": 0.4}),
]


@pytest.mark.parametrize(("statistic", "category", "values"), STEERED)
def test_a_word_on_a_target_or_measure_that_outlives_its_fact_is_found(
    read, statistic, category, values
) -> None:
    fact = read.ledger("9903").of_category(statistic, category)
    facts = read.reports["9903"].facts.copy()
    for column, value in values.items():
        facts.loc[facts["fact_id"] == fact.fact_id, column] = value
    pieces = [p for p in read.pieces("9903", "nb") if p.block in BLOCKS]
    assert read.fresh("9903", "nb").read(pieces).faults == []
    assert read.fresh("9903", "nb", facts).read(pieces).faults


@pytest.mark.parametrize(
    ("statistic", "service", "topic", "block"),
    [
        ("report_change", "building-permits", "dimension.access", "municipality.status"),
        ("report_change", "building-permits", "dimension.access", "municipality.ledger"),
        ("report_national_difference", "nursing-home", "dimension.care", "municipality.status"),
        ("report_national_difference", "nursing-home", "dimension.care", "municipality.ledger"),
        ("feedback_positive", "school", "dimension.participation", "municipality.status"),
        ("strength", "kindergarten", "dimension.access", "municipality.ledger"),
        ("service_improvement", "school", "dimension.environment", "municipality.preserve"),
        ("cost_per_user", "kindergarten", "indicator.cost_per_user", "municipality.costs"),
    ],
)
def test_a_finding_told_in_the_steering_chapters_that_is_no_more_is_found(
    read, statistic, service, topic, block
) -> None:
    whole = read.reports["9903"].facts
    gone = whole["statistic"].eq(statistic) & whole["service"].eq(service) & whole["topic"].eq(topic)
    assert gone.any()
    pieces = [p for p in read.pieces("9903", "nb") if p.block == block]
    assert read.fresh("9903", "nb").read(pieces).faults == []
    assert read.fresh("9903", "nb", whole[~gone]).read(pieces).faults


#: A piece of the steering chapters of 9903 in Norwegian, and what it is changed into: each is a lie.
STEERING_LIES = {
    "a target that is missed, as reached": ("targets", "▼ uakseptabelt", "▲ ønsket"),
    "a change that is not certain, as certain": ("targets", "0,0, ikke sikker", "0,0, sikker"),
    "a certain change of another size": ("targets", "+0,3, sikker", "+0,5, sikker"),
    "more targets reached": ("targets", "▲ 6 ønsket", "▲ 7 ønsket"),
    "a red line for another target": (
        "red-lines",
        "▼ Søkere får tak i saksbehandler",
        "▼ Sykefravær i skolen",
    ),
    "more certain findings": ("model", "▲ 10 sikre", "▲ 11 sikre"),
    "the other direction in a line": (
        "ledger",
        "sikker økning i informasjon",
        "sikker nedgang i informasjon",
    ),
    "a measure without effect, as effective": (
        "status",
        "ingen sikker virkning av tiltaket:",
        "at tiltaket virket:",
    ),
    "another reason": ("status", "Sikkert bedre enn sist.", "Sikkert bedre enn snittet av kommunene."),
    "another comparison": ("status", "sikker økning (+0,5)", "sikker nedgang (+0,5)"),
    "more certain changes": ("status-heading", "Sikre økninger: 2", "Sikre økninger: 3"),
    "the other advice": ("preserve", "▲ Bevar", "▼ Forbedre"),
    "the other quarter": ("costs", "blant den høyeste firedelen", "blant den laveste firedelen"),
    "the other quarter in words": (
        "costs-words",
        "blant den høyeste firedelen",
        "blant den laveste firedelen",
    ),
    "another service's cost": ("costs-heading", "i høyeste firedel: Barnehage", "i høyeste firedel: Skole"),
    "a service more": (
        "costs-heading",
        "i høyeste firedel: Barnehage",
        "i høyeste firedel: Barnehage og Skole",
    ),
}


@pytest.mark.parametrize("lie", STEERING_LIES)
def test_a_lie_in_the_steering_chapters_is_found(read, lie) -> None:
    cell, true, false = STEERING_LIES[lie]
    pieces = [p for p in read.pieces("9903", "nb") if p.block == f"municipality.{cell}"]
    at = next((i for i, p in enumerate(pieces) if true in p.text), None)
    assert at is not None, f"the demo does not say {true!r}: choose another sentence"
    told = pieces[at]
    cells = tuple(each.replace(true, false, 1) if each == told.text else each for each in told.cells)
    lying = replace(told, text=told.text.replace(true, false, 1), cells=cells)
    assert read.fresh("9903", "nb").read(pieces[: at + 1]).faults == []
    assert read.fresh("9903", "nb").read([*pieces[:at], lying]).faults


#: A piece of the Norwegian report of 9903's kindergartens, and what it is changed into: each is a lie.
LIES = {
    "another topic's name": ("heading", "Sikker økning i informasjon", "Sikker økning i trivsel"),
    "one topic more": ("heading", "i informasjon siden", "i informasjon og trivsel siden"),
    "the other direction": ("heading", "Sikker økning i", "Sikker nedgang i"),
    "the other direction, in an alternative text": ("alternative", "sikker økning)", "sikker nedgang)"),
    "the other sign": ("cell", "▲ sikker økning", "▼ sikker økning"),
    "the other word": ("cell", "▲ sikker økning", "▼ sikker nedgang"),
    "a change where a difference stands": ("cell", "▲ sikkert over:", "▲ sikker økning:"),
    "a direction for an ordinary unit": ("alternative", "svar), forventet", "svar), over forventet"),
    "a unit as expected": ("alternative", ": som forventet", ": under forventet"),
    "a direction in a caption": ("caption", "sikker endring.", "sikker økning."),
    "more in the caption of the marks": (
        "caption",
        "▲ sikkert over",
        "▲ Solsikkestua barnehage sikkert over",
    ),
    "a verdict for none": ("cell", "ingen sikker endring", "▼ sikker nedgang"),
    "a difference for none": ("cell", "ingen sikker forskjell:", "▼ sikkert under:"),
    "a sign in a narrow cell": ("cell", "5,1 (4,8–5,4)", "▲ 5,1 (4,8–5,4)"),
    "another priority": ("alternative", "lavere prioritet", "prioriter"),
    "another unit's name": ("heading", "Solsikkestua barnehage ligger", "Orrelia barnehage ligger"),
    "another number": ("cell", "+0,44 til +0,60", "+0,34 til +0,60"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found(read, lie) -> None:
    kind, true, false = LIES[lie]
    pieces = [p for p in read.pieces("9903", "nb") if p.service == "kindergarten"]
    at = next((i for i, p in enumerate(pieces) if p.kind == kind and true in p.text), None)
    assert at is not None, f"the demo does not say {true!r} in any {kind}: choose another sentence"
    assert read.fresh("9903", "nb").read([pieces[at]]).faults == []
    lying = replace(pieces[at], text=pieces[at].text.replace(true, false, 1))
    assert read.fresh("9903", "nb").read([lying]).faults


#: Sentences that no catalogue holds: nobody can say what they rest on.
INVENTED = {
    "nb": (
        "Foreldrene er mer fornøyd enn før.", "Trivsel er bedre enn i 2023.", "Resultatet har falt.",
        "Barnehagene ligger over andre kommuner.", "sikker økning", "▲", "Prioriter", "Høyest: Trivsel",
    ),
    "en": (
        "Parents are less satisfied than before.", "Well-being improved.", "The result is worse.",
        "The kindergartens lie above other municipalities.", "certain fall", "▼", "Preserve",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code in INVENTED for text in INVENTED[code]])
@pytest.mark.parametrize("kind", ["heading", "sentence", "item", "caption", "head", "alternative", "cell"])
def test_a_direction_that_no_message_says_is_found(read, code, text, kind) -> None:
    municipality = read.in_language("en")[0]
    piece = Piece(kind, text, "service.change", "kindergarten", "change")
    assert len(read.fresh(municipality, code).read([piece]).faults) == 1


def test_a_certain_verdict_that_the_scorecard_leaves_out_is_found(read) -> None:
    municipality, fact = one_certain(read, "change", lambda f: not f.unit)
    pieces = read.pieces(municipality, "nb")
    shown = [p for p in pieces if p.name == "scorecard" and p.service == fact.service]
    left = [replace(p, text=re.sub("[▲▼].*", "ingen sikker endring", p.text)) for p in shown]
    said, silent = (read.fresh(municipality, "nb").read(part) for part in (shown, left))
    assert unsaid(said.claims, "service.scorecard", "scorecard", "change", [fact]) == []
    assert silent.faults == []
    assert unsaid(silent.claims, "service.scorecard", "scorecard", "change", [fact])
