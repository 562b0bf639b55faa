"""What each service of the synthetic country is like: its size, its users and what they weigh."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trait:
    """One answer to a background question.

    `share` of the users have it (before units differ); it moves their answers by `score` points and their
    readiness to answer by `reply` standard deviations.
    """

    value: str
    share: float
    score: float = 0.0
    reply: float = 0.0


@dataclass(frozen=True)
class Profile:
    """One service. `typical_users` is the median unit's; `reply` the share that answers in the median unit.

    `weights` says how much each dimension counts in the overall satisfaction; they sum to 1.
    `spread` is how much units differ in who their users are, per background variable.
    """

    service: str
    typical_users: int
    reply: float
    level: float
    weights: dict[str, float]
    background: dict[str, tuple[Trait, ...]]
    spread: dict[str, float]
    max_units: int = 15


_PLACE = (Trait("centre", 0.35, -0.08), Trait("suburb", 0.45), Trait("countryside", 0.20, 0.12, 0.05))

KINDERGARTEN = Profile(
    service="kindergarten",
    typical_users=56,
    reply=0.58,
    level=4.60,
    weights={
        "wellbeing": 0.34,
        "information": 0.10,
        "participation": 0.08,
        "competence": 0.26,
        "respect": 0.12,
        "access": 0.06,
        "environment": 0.04,
    },
    background={
        "child_age": (Trait("under-3", 0.40, 0.16, 0.10), Trait("from-3", 0.60)),
        "contact_length": (
            Trait("first-year", 0.36, 0.10, 0.08),
            Trait("second-year", 0.30),
            Trait("longer", 0.34, -0.06),
        ),
        "place_type": _PLACE,
    },
    spread={"child_age": 0.7, "contact_length": 0.3, "place_type": 1.6},
)

SCHOOL = Profile(
    service="school",
    typical_users=130,
    reply=0.46,
    level=4.35,
    weights={
        "wellbeing": 0.30,
        "learning": 0.30,
        "information": 0.12,
        "participation": 0.10,
        "respect": 0.14,
        "environment": 0.04,
    },
    background={
        "school_stage": (
            Trait("grades-1-4", 0.42, 0.20, 0.15),
            Trait("grades-5-7", 0.32),
            Trait("grades-8-10", 0.26, -0.24, -0.15),
        ),
        "contact_length": (Trait("first-year", 0.22, 0.08), Trait("longer", 0.78)),
        "place_type": _PLACE,
    },
    spread={"school_stage": 1.2, "contact_length": 0.2, "place_type": 1.6},
)

NURSING_HOME = Profile(
    service="nursing-home",
    typical_users=46,
    reply=0.55,
    level=4.40,
    weights={
        "care": 0.36,
        "everyday": 0.14,
        "information": 0.16,
        "participation": 0.08,
        "respect": 0.16,
        "access": 0.07,
        "environment": 0.03,
    },
    background={
        "relation": (
            Trait("partner", 0.24, 0.14, 0.15),
            Trait("child", 0.58),
            Trait("other", 0.18, 0.05, -0.25),
        ),
        "contact_length": (Trait("under-half-year", 0.30, -0.10), Trait("longer", 0.70)),
        "visits": (
            Trait("weekly", 0.62, -0.06, 0.20),
            Trait("monthly", 0.26),
            Trait("seldom", 0.12, 0.10, -0.30),
        ),
    },
    spread={"relation": 0.4, "contact_length": 0.4, "visits": 0.4},
)

BUILDING_PERMITS = Profile(
    service="building-permits",
    typical_users=76,
    reply=0.42,
    level=3.95,
    weights={"information": 0.18, "access": 0.16, "processing": 0.36, "competence": 0.18, "respect": 0.12},
    background={
        "applicant": (Trait("private", 0.58, 0.05), Trait("firm", 0.42, -0.10, 0.12)),
        "case_type": (Trait("small", 0.46, 0.15), Trait("dwelling", 0.34), Trait("other", 0.20, -0.22)),
        "experience": (Trait("first-case", 0.44, -0.08), Trait("earlier-cases", 0.56)),
    },
    spread={"applicant": 0.5, "case_type": 0.5, "experience": 0.4},
    max_units=8,
)

#: In the order in which a smaller country takes them.
PROFILES = (KINDERGARTEN, SCHOOL, NURSING_HOME, BUILDING_PERMITS)

#: Standard deviations of the parts of an answer, in points on the scale before rounding. With three items a
#: dimension they give a respondent's score a standard deviation near 1 and an alpha near 0.8.
PERSON_SD = 0.80
PERSON_DIMENSION_SD = 0.45
ITEM_SD = 0.80
UNIT_SD = 0.20
UNIT_DIMENSION_SD = 0.08
MUNICIPALITY_SD = 0.13
MUNICIPALITY_DIMENSION_SD = 0.06
#: A place's own small movements from one round to the next, where nothing else is planted.
DRIFT_SD = 0.04
#: How much readier to answer a user is who is one PERSON_SD more satisfied, in standard deviations.
REPLY_BY_SATISFACTION = 0.10
