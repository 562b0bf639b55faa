"""What is planted where: the list of things that a sound analysis finds, or must not find."""

from __future__ import annotations

from dataclasses import dataclass

#: Places by their number in the country, counted from 0. The first three are the default batch's.
MANY_CHANGES, MANY_SMALL, NO_CHANGE = 2, 7, 11
DEFAULT_PLACES = (MANY_CHANGES, MANY_SMALL, NO_CHANGE)
#: Where nothing at all changes between rounds: not the level, not who the users are, not who is asked.
STILL_PLACES = (NO_CHANGE, 4, 15, 20, 22)
MINIMUM_MUNICIPALITIES = 12


@dataclass(frozen=True)
class Script:
    """One thing to plant, before units have ids. `place` counts from 0, `units` from 1.

    Of merged units the last is the one that takes over the others' users. `effect` is in points before
    rounding, from the round `since` on (all rounds where None). `answers` is the exact number of answers in
    those rounds.
    """

    kind: str
    place: int
    service: str
    units: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    since: int | None = None
    effect: float = 0.0
    answers: int | None = None


_HOME, _PERMITS, _GARTEN, _SCHOOL = "nursing-home", "building-permits", "kindergarten", "school"

SCRIPTS = (
    # A place of 12 kindergartens with a few hundred answers a service.
    Script("change_up", 2, _GARTEN, topics=("information",), since=2025, effect=0.60),
    Script("unit_low", 2, _GARTEN, units=(4,), effect=-0.90),
    Script("unit_high", 2, _GARTEN, units=(7,), effect=0.70),
    Script("few_answers", 2, _GARTEN, units=(11,), since=2025, answers=7),
    Script("few_answers", 2, _GARTEN, units=(12,), since=2025, answers=22),
    Script(
        "measure_worked", 2, _SCHOOL, units=(2, 5, 8, 9), topics=("participation",), since=2025, effect=0.65
    ),
    Script("unit_low", 2, _SCHOOL, units=(10,), effect=-0.40, answers=8),
    Script("no_variance", 2, _HOME),
    Script("change_down", 2, _PERMITS, topics=("access",), since=2025, effect=-0.70),
    # A place with every threshold of disclosure control.
    Script("only_hidden_unit", 7, _GARTEN, units=(6,), since=2025, answers=3),
    Script("new_unit", 7, _GARTEN, units=(8,), since=2025),
    Script("change_down", 7, _SCHOOL, topics=("wellbeing",), since=2025, effect=-0.50),
    Script("measure_without_effect", 7, _SCHOOL, topics=("learning",), since=2025),
    Script("few_answers", 7, _HOME, units=(1,), since=2025, answers=4),
    Script("few_answers", 7, _HOME, units=(2,), since=2025, answers=7),
    Script("same_answer", 7, _HOME, units=(3,), topics=("environment_2",), since=2025, answers=15),
    Script("end_of_scale", 7, _HOME, units=(4,), topics=("respect",), since=2025, answers=12),
    Script("merged_unit", 7, _HOME, units=(5, 6)),
    Script("no_answers", 7, _HOME, units=(7,), since=2025, answers=0),
    Script("measure_too_small", 7, _PERMITS, units=(2,), topics=("processing",), since=2025, effect=0.30),
    Script("few_answers", 7, _PERMITS, units=(2,), answers=7),
    # A place where nothing changes, though its units differ.
    Script("unit_low", 11, _GARTEN, units=(2,), effect=-0.80),
    Script("unit_high", 11, _SCHOOL, units=(3,), effect=0.60),
    Script("few_answers", 11, _GARTEN, units=(5,), answers=6),
    # The rest of the country.
    Script("change_up", 0, _SCHOOL, topics=("learning",), since=2025, effect=0.45),
    Script("change_down", 5, _HOME, since=2025, effect=-0.50),
    Script("unit_low", 9, _SCHOOL, units=(1,), effect=-0.80),
    Script("no_variance", 10, _PERMITS),
    Script("merged_unit", 13, _HOME, units=(1, 2, 5)),
    Script("new_unit", 13, _HOME, units=(5,), since=2024),
    Script("change_down", 16, _PERMITS, topics=("processing",), since=2025, effect=-0.70),
    Script("unit_high", 17, _GARTEN, units=(3,), effect=0.70),
    Script("change_up", 19, _GARTEN, topics=("environment",), since=2025, effect=0.45),
)

#: An item asked in other words before the year in its questionnaire stood this much lower then.
OLD_WORDING_EFFECT = -0.45
#: The year from which the last of merged units has the others' users, and in which measures began.
MERGED_FROM = 2024
MEASURE_START = 2024


def scripts_for(service: str, municipalities: int) -> list[Script]:
    """Return what is planted in a service of a country of that size.

    >>> [s.kind for s in scripts_for("building-permits", 12)][:2]
    ['change_down', 'measure_too_small']
    """
    return [s for s in SCRIPTS if s.service == service and s.place < municipalities]
