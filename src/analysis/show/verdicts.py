"""Verdicts and states as a sign and words: never a colour alone, never a direction that is not certain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    if fact.statistic == "expected_range":
        return _expected(language, fact)
    return _judged(language, fact.verdict, change="change" in fact.statistic)


@cache
def _judged(language: Language, verdict: str, *, change: bool) -> Verdict:
    words = {
        "depends_on_method": Verdict(UNDECIDED, language.text("depends on the method")),
        "keeps_verdict": Verdict("", language.text("stays certain")),
        "changes_verdict": Verdict(UNDECIDED, language.text("rests on one unit")),
        "prioritise": Verdict("", language.text("prioritise")),
        "preserve": Verdict("", language.text("preserve")),
        "improve_if_possible": Verdict("", language.text("improve if possible")),
        "lower_priority": Verdict("", language.text("lower priority")),
        "no_certain_change": Verdict("", language.text("no certain change")),
        "no_certain_difference": Verdict("", language.text("no certain difference")),
        "no_difference": Verdict("", language.text("no difference found")),
        "above": Verdict(UP, language.text("above the others")),
        "below": Verdict(DOWN, language.text("below the others")),
    }
    if change:
        words["higher"] = Verdict(UP, language.text("certain rise"))
        words["lower"] = Verdict(DOWN, language.text("certain fall"))
    else:
        words["higher"] = Verdict(UP, language.text("certainly higher"))
        words["lower"] = Verdict(DOWN, language.text("certainly lower"))
    return words.get(verdict, Verdict("", ""))


def _expected(language: Language, fact: Fact) -> Verdict:
    if fact.verdict == "above":
        return Verdict(UP, language.text("above the expected"))
    if fact.verdict == "below":
        return Verdict(DOWN, language.text("below the expected"))
    if is_within(fact):
        return Verdict("", language.text("as expected"))
    return Verdict("", language.text("outside, but not certain"))


def is_within(fact: Fact | None) -> bool:
    """Tell whether a result lies within the range that is expected of it."""
    if fact is None or fact.verdict != "expected":
        return False
    # Of many ordinary units some lie outside their own band: the adjusted test says if that means anything.
    return fact.p is None or fact.level is None or fact.p >= 1 - fact.level


def state(language: Language, fact: Fact | None) -> Verdict:
    """Return why a number is missing; nothing where it is there."""
    if fact is None or fact.state == "not_measured":
        return Verdict(NOT_MEASURED, language.text("not measured"))
    match fact.state:
        case "suppressed":
            return Verdict(SUPPRESSED, language.text("suppressed"))
        case "not_measured_common_template":
            return Verdict(NOT_MEASURED, language.text("not measured by the common template"))
        case "undecided":
            return Verdict(UNDECIDED, _undecided(language, fact.note))
        case "not_comparable":
            return Verdict(BREAK, _break(language, fact.note))
    return Verdict("", "")


def shown(language: Language, fact: Fact | None, written: str) -> str:
    """Return the written number, or why there is none."""
    return written if fact is not None and fact.value is not None else state(language, fact).text


def _undecided(language: Language, note: str) -> str:
    match note:
        case "few":
            return language.text("cannot be decided with so few answers")
        case "one_unit":
            return language.text("nothing to compare with")
        case "crosses":
            return language.text("cannot be decided, too near the line")
        case "few_in_group":
            return language.text("too few answers in a group of users")
        case "too_uneven":
            return language.text("a few answers would count for many")
    return language.text("cannot be decided")


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
        case "few_units":
            return language.text("too few units to compare with")
        case "no_peers":
            return language.text("too few municipalities in the peer group")
        case "no_casemix":
            return language.text("who the users are is not known")
    return language.text("not comparable")
