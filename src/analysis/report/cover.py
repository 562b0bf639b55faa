"""The lines of a report's cover: which services, which rounds, and how many answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.core.language import Language
from analysis.core.names import FACTS

#: More services than this are counted on the cover; the table of contents names them.
_NAMED = 6


def cover_lines(
    facts: pd.DataFrame, services: Sequence[str], *, year: int, language: Language
) -> tuple[str, ...]:
    """Return the cover's lines as plain text.

    `facts` are the municipality's own, after disclosure control; `services` are names as readers know them.
    The last line is left out where how many answered or were invited is suppressed or not known.
    """
    answered = facts[(facts["statistic"] == "respondents") & (facts["service"] == "") & (facts["unit"] == "")]
    years = sorted({int(y) for y in answered["year"] if int(y) <= year} | {year})
    lines = [_listed(services, language)]
    rounds = language.series([str(y) for y in years])
    lines.append(
        language.text("Round in {year}", year=rounds)
        if len(years) == 1
        else language.text("Rounds in {years}", years=rounds)
    )
    last = answered[(answered["year"].astype(int) == year) & (answered["state"] == "measured")]
    if len(last) == 1:
        n, invited = last["n"].iloc[0], last["N"].iloc[0]
        if pd.notna(n) and pd.notna(invited) and invited > 0:
            lines.append(
                language.text(
                    "{n} of {invited} invited answered ({share})",
                    n=language.count(int(n)),
                    invited=language.count(int(invited)),
                    share=language.percent(int(n) / int(invited)),
                )
            )
    return tuple(lines)


def read_cover(run: Path, services: Sequence[str], *, year: int, language: Language) -> tuple[str, ...]:
    """Return the cover's lines from the facts that the municipality's run saved in the folder `run`."""
    facts = pd.read_parquet(Path(run) / FACTS)
    return cover_lines(facts, services, year=year, language=language)


def _listed(services: Sequence[str], language: Language) -> str:
    if len(services) > _NAMED:
        return language.plural("{n} service", "{n} services", len(services))
    first, *others = services
    return language.series([first, *map(_inside_a_sentence, others)])


def _inside_a_sentence(name: str) -> str:
    """Write a service's name as it stands inside a sentence; what is written in capitals stays so.

    >>> _inside_a_sentence("Barnehage"), _inside_a_sentence("SFO")
    ('barnehage', 'SFO')
    """
    return name[0].lower() + name[1:] if name[1:2].islower() else name
