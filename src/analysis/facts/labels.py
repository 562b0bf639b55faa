"""What places and subjects are called in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.core.language import Language
from analysis.survey.codebook import Questionnaire


@dataclass(frozen=True)
class Labels:
    """Names for the codes that facts carry. All are plain text: whoever shows them escapes them."""

    language: Language
    municipality: str
    questionnaires: Mapping[str, Questionnaire]
    units: Mapping[str, str]

    def service(self, service: str) -> str:
        """Return a service's name, for instance "Barnehage"."""
        return self.language.pick(self.questionnaires[service].name)

    def users(self, service: str) -> str:
        """Return what those who answered are called, in the plural, for instance "foreldre"."""
        return self.language.pick(self.questionnaires[service].users)

    def unit(self, unit: str) -> str:
        """Return a unit's name."""
        return self.units.get(unit, unit)

    def unit_word(self, service: str, *, plural: bool = False) -> str:
        """Return what a unit of the service is called, for instance "barnehage" or "barnehager"."""
        asked = self.questionnaires[service]
        return self.language.pick(asked.units if plural else asked.unit)

    def topic(self, service: str, topic: str) -> str:
        """Return what is measured: a dimension's name, an item's wording, or overall satisfaction.

        `topic` is "overall", "dimension.<id>" or "item.<id>".
        """
        asked = self.questionnaires[service]
        kind, _, name = topic.partition(".")
        if kind == "dimension":
            return self.language.pick(next(d.name for d in asked.dimensions if d.id == name))
        if kind == "item":
            item = asked.item(name)
            wording = self.language.pick(item.text)
            wording = wording[:1].upper() + wording[1:]
            # Its scores are turned, so that high is good; the reader of the question must be told.
            return self.language.text("{wording} (turned)", wording=wording) if item.reversed else wording
        text = self.language.text
        return text("Overall satisfaction") if asked.overall else text("All items together")

    def end(self, service: str, item: str, *, highest: bool) -> str:
        """Return what the lowest or highest answer of an item means, "" where it is not said."""
        ends = self.questionnaires[service].item(item).ends
        return self.language.pick(ends[int(highest)]) if ends else ""
