"""Names of topics, services and units as signs of their own, so that they are no words of a sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.core.settings import Words
from analysis.facts import Labels
from analysis.steering import Steering

_FIRST_SIGN = 0xE000
#: Any name, once it is a sign.
NAME = "[\ue000-\uf8ff]"


@dataclass(frozen=True)
class Subject:
    """What a name may stand for.

    kind: topic, unit, group, service, municipality, target, measure, or words that are the municipality's.
    """

    kind: str
    service: str
    id: str


class Names:
    """The names of one report: `hide` puts a sign for each, `meant` says what a sign stands for."""

    def __init__(self, labels: Labels, facts: pd.DataFrame, steering: Steering) -> None:
        written: dict[str, set[Subject]] = defaultdict(set)
        for service, asked in labels.questionnaires.items():
            written[labels.service(service)].add(Subject("service", service, service))
            topics = ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]
            for topic in (*topics, *(f"item.{item.id}" for item in asked.items)):
                name = labels.topic(service, topic)
                for variant in _variants(name):
                    written[variant].add(Subject("topic", service, topic))
            for asked_of in asked.background:
                for words in (asked_of.name, *asked_of.values.values()):
                    written[labels.language.pick(words)].add(Subject("group", service, asked_of.id))
        seen = facts.loc[facts["unit"] != "", ["service", "unit"]].drop_duplicates()
        for row in seen.itertuples():
            written[labels.unit(row.unit)].add(Subject("unit", row.service, row.unit))
        written[labels.municipality].add(Subject("municipality", "", ""))
        for subject, words in _planned(steering):
            name = labels.language.pick(words)
            for variant in _variants(name):
                written[variant].add(subject)
        meanings = sorted({frozenset(s) for s in written.values()}, key=lambda s: sorted(map(str, s)))
        self._meanings = {chr(_FIRST_SIGN + i): meaning for i, meaning in enumerate(meanings)}
        signs = {meaning: sign for sign, meaning in self._meanings.items()}
        self._signs = {name: signs[frozenset(subjects)] for name, subjects in written.items()}
        longest_first = sorted(self._signs, key=lambda name: (-len(name), name))
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def hide(self, text: str) -> str:
        """Return the text with a sign in place of every name."""
        return self._pattern.sub(lambda found: self._signs[found[0]], text)

    def meant(self, sign: str, kind: str, service: str) -> str | None:
        """Return the id that a sign stands for, in a service; None where it does not name such a thing."""
        found = {
            s.id
            for s in self._meanings.get(sign, ())
            if s.kind == kind and (s.service == service or not service)
        }
        return found.pop() if len(found) == 1 else None

    def service_of(self, sign: str) -> str:
        """Return the service of the unit or target that a sign stands for, "" where it is not one."""
        found = {s.service for s in self._meanings.get(sign, ()) if s.kind in ("unit", "target")}
        return found.pop() if len(found) == 1 else ""

    def is_named(self, kind: str, identity: str) -> bool:
        """Tell whether something has a name of its own."""
        return any(s.kind == kind and s.id == identity for found in self._meanings.values() for s in found)

    def show(self, text: str) -> str:
        """Return the text with names again, for a message."""
        first = {}
        for name, sign in self._signs.items():
            first.setdefault(sign, name)
        return re.sub(NAME, lambda found: first.get(found[0], found[0]), text)


def _variants(name: str) -> set[str]:
    # As it begins a line, within a sentence, and in quotation marks.
    small = name[:1].lower() + name[1:]
    return {name, small, name.rstrip("."), small.rstrip(".")}


def _planned(steering: Steering) -> Iterator[tuple[Subject, Words]]:
    """Give the municipality's own names of targets, measures and products, and its own sentences."""
    plan, words = steering.plan, Subject("words", "", "")
    yield from ((Subject("target", t.service, t.id), t.name) for t in plan.targets if t.name)
    for measure in plan.measures:
        yield Subject("measure", measure.service, measure.id), measure.title
        yield from ((words, text) for text in (measure.owner, measure.tool) if text)
        if measure.outcome is not None:
            yield words, measure.outcome.text
    yield from ((words, area.text) for area in plan.focus_areas)
    yield from ((words, point.text) for note in plan.notes for point in note.points)
    if plan.main_goal is not None:
        yield words, plan.main_goal
    for stage in steering.model.stages:
        yield from ((words, text) for text in (stage.name, stage.purpose, stage.document))
