"""Sixteen further municipal services: their questionnaires and profiles, made from a short list."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analysis.demo.profiles import Profile, Trait
from analysis.survey import Questionnaire

_LIST = Path(__file__).with_name("further.yaml")

#: How much each dimension counts in the overall satisfaction; `aim` is what the service is there for.
_WEIGHTS = {
    "aim": 0.34,
    "information": 0.12,
    "participation": 0.10,
    "competence": 0.20,
    "respect": 0.14,
    "access": 0.10,
}
_BACKGROUND = {
    "age_group": (
        Trait("under-40", 0.34, -0.08, -0.10),
        Trait("from-40", 0.40),
        Trait("from-67", 0.26, 0.12, 0.12),
    ),
    "contact_length": (Trait("first-year", 0.28, 0.06), Trait("longer", 0.72)),
}


def further_services() -> list[tuple[Profile, Questionnaire]]:
    """Return profile and questionnaire of each further service, in the order in which a country takes them.

    >>> [questionnaire.service for _, questionnaire in further_services()][:3]
    ['after-school', 'home-care', 'practical-help']
    """
    return [(_profile(short), _questionnaire(short)) for short in _listed()["services"]]


@cache
def _listed() -> dict[str, Any]:
    return yaml.safe_load(_LIST.read_text(encoding="utf-8"))


def _profile(short: dict[str, Any]) -> Profile:
    return Profile(
        service=short["service"],
        # Sizes come from the country's number of respondents.
        typical_users=30,
        reply=0.50,
        level=short["level"],
        weights=_WEIGHTS,
        background=_BACKGROUND,
        spread={"age_group": 0.5, "contact_length": 0.3},
        max_units=short["max_units"],
    )


def _questionnaire(short: dict[str, Any]) -> Questionnaire:
    listed = _listed()
    asked = [{"id": "aim", "name": short["aim"], "items": short["own"]}, *listed["shared"]]
    items = [
        _item(f"{dimension['id']}_{number}", text, "agree", dimension["id"])
        for dimension in asked
        for number, text in enumerate(dimension["items"], start=1)
    ]
    return Questionnaire.model_validate(
        {
            **{key: short[key] for key in ("service", "name", "users", "unit", "units")},
            "overall": "satisfaction",
            "dimensions": [{"id": d["id"], "name": d["name"]} for d in asked],
            "items": [*items, _item("satisfaction", listed["overall"], "satisfied", None)],
            "background": listed["background"],
        }
    )


def _item(name: str, text: dict[str, str], ends: str, dimension: str | None) -> dict[str, Any]:
    asked = {"id": name, "text": text, "ends": _listed()["ends"][ends], "dont_know": [9]}
    return asked | ({"dimension": dimension} if dimension else {})
