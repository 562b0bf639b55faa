"""Verdicts and states as a sign and words: never a colour alone, never a direction that is not certain."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.core.language import NO_BREAK, Language
from analysis.facts.table import Fact

UP, DOWN, AS_REQUIRED, UNDECIDED, NOT_MEASURED, SUPPRESSED, BREAK = "▲", "▼", "●", "◇", "○", "⊘", "≠"


@dataclass(frozen=True)
class Verdict:
    """What is said of a result. `sign` is "" where there is nothing to mark."""

    sign: str
    word: str

    @property
    def certain(self) -> bool:
        """Whether a direction is certain."""
        return self.sign in (UP, DOWN)

    @property
    def text(self) -> str:
        """Sign and word, kept together."""
        return f"{self.sign}{NO_BREAK}{self.word}" if self.sign else self.word


def judge(language: Language, fact: Fact | None) -> Verdict:
    """Return what is said of a change or a difference: its verdict, or why there is none."""
    if fact is None:
        return Verdict(NOT_MEASURED, language.text("not measured"))
    if fact.state != "measured":
        return state(language, fact)
    words = {
        "no_certain_change": Verdict("", language.text("no certain change")),
        "no_certain_difference": Verdict("", language.text("no certain difference")),
        "no_difference": Verdict("", language.text("no difference found")),
        "above": Verdict(UP, language.text("above the others")),
        "below": Verdict(DOWN, language.text("below the others")),
    }
    if "change" in fact.statistic:
        words["higher"] = Verdict(UP, language.text("certain rise"))
        words["lower"] = Verdict(DOWN, language.text("certain fall"))
    else:
        words["higher"] = Verdict(UP, language.text("certainly higher"))
        words["lower"] = Verdict(DOWN, language.text("certainly lower"))
    return words.get(fact.verdict, Verdict("", ""))


def state(language: Language, fact: Fact | None) -> Verdict:
    """Return why a number is missing; nothing where it is there."""
    if fact is None or fact.state == "not_measured":
        return Verdict(NOT_MEASURED, language.text("not measured"))
    match fact.state:
        case "suppressed":
            return Verdict(SUPPRESSED, language.text("suppressed"))
        case "not_measured_common_template":
            return Verdict(NOT_MEASURED, language.text("not measured by the common template"))
        case "undecided" if fact.note == "few":
            return Verdict(UNDECIDED, language.text("cannot be decided with so few answers"))
        case "undecided" if fact.note == "one_unit":
            return Verdict(UNDECIDED, language.text("nothing to compare with"))
        case "undecided":
            return Verdict(UNDECIDED, language.text("cannot be decided"))
        case "not_comparable":
            return Verdict(BREAK, _break(language, fact.note))
    return Verdict("", "")


def shown(language: Language, fact: Fact | None, written: str) -> str:
    """Return the written number, or why there is none."""
    return written if fact is not None and fact.value is not None else state(language, fact).text


def _break(language: Language, note: str) -> str:
    match note:
        case "wording":
            return language.text("new wording, not comparable")
        case "unit":
            return language.text("changed unit, not comparable")
        case "one_round":
            return language.text("measured in one round only")
        case "no_other_municipalities":
            return language.text("too few municipalities to compare with")
    return language.text("not comparable")
