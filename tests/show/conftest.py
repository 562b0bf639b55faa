"""Facts of an invented service, made to measure: how many units, which are hidden, which stand out."""

from __future__ import annotations

import math

import pytest
from invented_statistics import with_statistics

from analysis.core.language import Language
from analysis.facts.labels import Labels
from analysis.facts.table import Fact, tabulate
from analysis.show import Canvas
from analysis.survey.codebook import Questionnaire

NAMES = (
    "Solbakken", "Myrvoll", "Tangen", "Kirkekroken", "Havgløtt", "Bjørkelia", "Nøisomhed", "Skogstua",
    "Øvre Langmyråsen natur- og gårdsbarnehage", "Vesletun", "Elvebredden", "Nordhaug", "Lia", "Fossekallen",
    "Ås",
)  # fmt: skip
DIMENSIONS = (
    ("wellbeing", "Trivsel", "Well-being"), ("information", "Informasjon", "Information"),
    ("participation", "Medvirkning", "Participation"), ("competence", "Kompetanse", "Staff competence"),
    ("respect", "Respektfull behandling", "Respectful treatment"),
    ("access", "Tilgjengelighet", "Accessibility"),
)  # fmt: skip
WORDING = (
    "Barnet mitt trives i barnehagen.",
    "Barnet mitt blir trøstet og hjulpet når det trenger det, også når det er hektisk i garderoben om "
    "morgenen.",
    "Jeg får vite det jeg trenger om barnets hverdag.",
    "Barnehagen gir beskjed i god tid om planer, planleggingsdager og endringer i åpningstiden.",
)


def questionnaire(*, dimensions: int = 6, items: int = 16) -> Questionnaire:
    """An invented questionnaire; without dimensions all items stand alone."""
    known = DIMENSIONS[:dimensions]
    ends = [{"nb": "Helt uenig", "en": "Strongly disagree"}, {"nb": "Helt enig", "en": "Strongly agree"}]
    asked = [
        {
            "id": f"i{i}",
            "dimension": known[i * len(known) // items][0] if known else None,
            "text": {"nb": WORDING[i % 4], "en": WORDING[i % 4]},
            "ends": ends,
        }
        for i in range(items)
    ]
    asked.append(
        {"id": "satisfaction", "text": {"nb": "Alt i alt, hvor fornøyd er du?", "en": "All in all?"}}
    )
    return Questionnaire(
        service="kindergarten",
        name={"nb": "Barnehage", "en": "Kindergarten"},
        users={"nb": "foreldre", "en": "parents"},
        unit={"nb": "barnehage", "en": "kindergarten"},
        units={"nb": "barnehager", "en": "kindergartens"},
        dimensions=[{"id": i, "name": {"nb": nb, "en": en}} for i, nb, en in known],
        items=asked,
        overall="satisfaction",
        background=[
            {
                "id": "child_age",
                "name": {"nb": "Barnets alder", "en": "The child's age"},
                "values": {
                    "under-3": {"nb": "under 3 år", "en": "under 3"},
                    "over-3": {"nb": "3 år og eldre", "en": "3 and over"},
                },
            }
        ],
    )


def service_facts(
    asked: Questionnaire,
    *,
    units: int = 8,
    years: tuple[int, ...] = (2021, 2023, 2025),
    state: str = "",
    nation=True,
):
    """Facts of one service run. `state` makes every number missing for that reason."""
    last, out = years[-1], []
    topics = ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]
    items = [f"item.{i.id}" for i in asked.items]
    codes = [f"u{i}" for i in range(units)]

    def fact(statistic, **fields):
        numbers = {k: v for k, v in fields.items() if k in ("se", "low", "high")}
        made = Fact(
            statistic=statistic,
            **{"municipality": "9901", "service": "kindergarten", "scale": "1-6", **fields},
        )
        if numbers:
            made = Fact(**{**made.__dict__, "level": 0.95})
        hidden = made.unit == "u5" and units > 6
        if state or hidden:
            made = made.missing(state or "suppressed")
        out.append(made)

    for y, year in enumerate(years):
        for u, unit in enumerate(["", *codes]):
            n, invited = (40 + 7 * u, 70 + 9 * u) if unit else (320, 520)
            n = 9 if unit == "u6" else n
            fact("respondents", unit=unit, year=year, value=n, n=n, N=invited, scale="count")
            p, half = n / invited, 1.96 * math.sqrt(n / invited * (1 - n / invited) / invited)
            rate = {"value": p, "low": p - half, "high": p + half, "n": n, "N": invited, "scale": "share"}
            if unit == "u7":
                out.append(
                    Fact(
                        statistic="response_rate",
                        municipality="9901",
                        service="kindergarten",
                        unit=unit,
                        year=year,
                        scale="share",
                        state="not_measured",
                    )
                )
            else:
                fact("response_rate", unit=unit, year=year, **rate)
            for t, topic in enumerate([*topics, *([] if unit else items)]):
                value = 4.75 + 0.12 * y - 0.17 * (t % 7) + (0.55 - 0.17 * u if unit else 0)
                half = 1.1 * 1.96 / math.sqrt(n)
                fact(
                    "mean",
                    unit=unit,
                    year=year,
                    topic=topic,
                    value=value,
                    se=half / 1.96,
                    low=value - half,
                    high=min(6, value + half),
                    n=n,
                )
        if nation:
            for t, topic in enumerate(topics):
                value = 4.85 - 0.15 * t + 0.02 * y
                fact(
                    "mean",
                    municipality="",
                    year=year,
                    topic=topic,
                    value=value,
                    se=0.05,
                    low=value - 0.1,
                    high=value + 0.1,
                    n=8000,
                    N=24,
                )
    for topic in items:
        shares = [0.04, 0.05, 0.08, 0.18, 0.35, 0.30]
        shift = (hash_of(topic) % 5) * 0.02
        shares = [shares[0] + shift, *shares[1:5], shares[5] - shift]
        for c, share in enumerate(shares, 1):
            fact(
                "share",
                year=last,
                topic=topic,
                category=str(c),
                value=share,
                low=max(0, share - 0.03),
                high=share + 0.03,
                n=310,
                scale="share",
            )
        fact("top_box", year=last, topic=topic, value=0.62, low=0.56, high=0.67, n=310, scale="share")
        fact("bottom_box", year=last, topic=topic, value=0.09, low=0.06, high=0.13, n=310, scale="share")
        fact("missing_share", year=last, topic=topic, value=0.03, scale="share")
    cases = ("higher", "no_certain_change", "lower", "few", "wording", "no_certain_change", "suppressed")
    for t, topic in enumerate(topics):
        for before in years[:-1]:
            value = {"higher": 0.32, "lower": -0.28}.get(cases[t % 7], 0.04)
            shape = {"year": last, "topic": topic, "against": f"year.{before}"}
            base = Fact(
                statistic="change", municipality="9901", service="kindergarten", scale="points", **shape
            )
            match cases[t % 7]:
                case "few":
                    out.append(base.missing("undecided", "few"))
                case "wording" if before == 2021 or len(years) == 2:
                    out.append(base.missing("not_comparable", "wording"))
                case "suppressed":
                    out.append(base.missing("suppressed"))
                case case:
                    verdict = case if case in ("higher", "lower") else "no_certain_change"
                    fact(
                        "change",
                        **shape,
                        value=value,
                        se=0.08,
                        low=value - 0.16,
                        high=value + 0.16,
                        n=320,
                        p=0.01,
                        p_adjusted=0.02,
                        scale="points",
                        verdict=verdict,
                    )
        fact("alpha", year=last, topic=topic, value=0.83, n=290) if topic != "overall" else None
        fact(
            "variance_unit",
            year=last,
            topic=topic,
            value=0.05,
            verdict="ranking" if t % 2 == 0 else "no_ranking",
        )
        fact(
            "national_difference",
            year=last,
            topic=topic,
            against="nation",
            value=0.1 - 0.1 * t,
            se=0.05,
            low=-0.1 * t,
            high=0.2 - 0.1 * t,
            p=0.2,
            p_adjusted=0.3,
            scale="points",
            verdict="lower" if t > 3 else "no_certain_difference",
        ) if nation else None
        for u, unit in enumerate(codes):
            if units < 2 or unit == "u5":
                continue
            shape = {"unit": unit, "year": last, "topic": topic, "against": "other_units"}
            if unit == "u6":
                out.append(
                    Fact(
                        statistic="unit_difference",
                        municipality="9901",
                        service="kindergarten",
                        scale="points",
                        **shape,
                    ).missing("undecided", "few")
                )
                continue
            verdict = "above" if u == 0 else "below" if u == 7 else "no_certain_difference"
            fact(
                "unit_difference",
                **shape,
                value=0.5 - 0.15 * u,
                se=0.1,
                low=0.3 - 0.15 * u,
                high=0.7 - 0.15 * u,
                p=0.01,
                p_adjusted=0.02,
                scale="points",
                verdict=verdict,
            )
            fact("reliability", unit=unit, year=last, topic=topic, value=0.8, n=40, scale="share")
    for year in years:
        for statistic, n in (("rows_read", 330), ("rows_accepted", 322)):
            out.append(
                Fact(
                    statistic=statistic,
                    municipality="9901",
                    service="kindergarten",
                    year=year,
                    value=n,
                    scale="count",
                )
            )
        out.append(
            Fact(
                statistic="rows_quarantined",
                municipality="9901",
                service="kindergarten",
                year=year,
                category="duplicate_respondent",
                value=8,
                scale="count",
            )
        )
    out.append(
        Fact(
            statistic="suppressed_facts",
            municipality="9901",
            service="kindergarten",
            year=last,
            value=12,
            scale="count",
        )
    )
    return tabulate(out)


def hash_of(text: str) -> int:
    return sum(map(ord, text))


def make_canvas(asked: Questionnaire, folder=None, *, language: str = "nb", units: int = 15):
    labels = Labels(
        language=Language(language),
        municipality="Fjordvik",
        questionnaires={"kindergarten": asked},
        units={f"u{i}": NAMES[i] for i in range(units)},
    )
    return Canvas(report=folder is not None, folder=folder, prefix="kindergarten", labels=labels)


@pytest.fixture(scope="session")
def asked() -> Questionnaire:
    return questionnaire()


@pytest.fixture(scope="session")
def facts(asked):
    return service_facts(asked)


@pytest.fixture(scope="session")
def rich(asked, facts):
    """The facts with those of every statistic beyond means."""
    return with_statistics(facts, asked)


@pytest.fixture(scope="session")
def thin(asked, facts):
    """The facts where answers, units and municipalities are too few for the statistics beyond means."""
    return with_statistics(facts, asked, thin=True)


@pytest.fixture
def report(asked, tmp_path):
    return make_canvas(asked, tmp_path)


@pytest.fixture
def lab(asked):
    return make_canvas(asked)


@pytest.fixture
def make():
    """The makers themselves, for tests that need another service, language or number of units."""

    class Makers:
        questionnaire = staticmethod(questionnaire)
        facts = staticmethod(service_facts)
        canvas = staticmethod(make_canvas)
        with_statistics = staticmethod(with_statistics)

    return Makers
