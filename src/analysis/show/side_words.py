"""What speaks for or against a topic, in words that end the sentence on it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.core.language import Language


def say_sides(language: Language, reasons: Sequence[str]) -> str:
    """Return reasons of `analysis.facts.sides` as part of a sentence, for instance after "but"."""
    words = {
        "rise": language.text("certainly better than last time"),
        "above": language.text("certainly above the municipalities' mean"),
        "above_peers": language.text("certainly above the comparison group's mean"),
        "desired": language.text("with the desired result by its target"),
        "preserve": language.text("in the priority map's corner to preserve"),
        "fall": language.text("certainly poorer than last time"),
        "below": language.text("certainly below the municipalities' mean"),
        "below_peers": language.text("certainly below the comparison group's mean"),
        "unacceptable": language.text("with an unacceptable result by its target"),
        "prioritise": language.text("in the priority map's corner to prioritise"),
    }
    return language.series([words[reason] for reason in reasons])


def but(language: Language, sentence: str, reasons: Sequence[str]) -> str:
    """Return a sentence with what speaks against it in the same sentence, as it is where nothing does."""
    if not reasons:
        return sentence
    other = say_sides(language, reasons)
    return language.text("{sentence}, but {other}.", sentence=sentence.rstrip("."), other=other)
