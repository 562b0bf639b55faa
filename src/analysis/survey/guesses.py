"""What the columns of an unknown file probably are: read from their names and their distinct values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from analysis.survey.columns import Coded, coded, decimal_number, whole
from analysis.survey.readers import Source

DONT_KNOW = frozenset(
    {
        *("vet ikke", "veit ikkje", "ikke aktuelt", "ikke relevant", "ubesvart", "ikke svart", "husker ikke"),
        *("ønsker ikke å svare", "don't know", "dont know", "do not know", "not applicable", "not relevant"),
        *("no answer", "refused", "n/a", "na"),
    }
)
#: Codes that questionnaires use for a don't know, where the scale leaves them free.
_DONT_KNOW_CODES = frozenset({-99, -98, -9, -8, -7, -1, 0, 7, 8, 9, 11, 66, 77, 88, 96, 97, 98, 99, 998, 999})
_WORD_SCALES = (
    "svært misfornøyd|misfornøyd|verken fornøyd eller misfornøyd|fornøyd|svært fornøyd",
    "svært misfornøyd|ganske misfornøyd|litt misfornøyd|litt fornøyd|ganske fornøyd|svært fornøyd",
    "helt uenig|delvis uenig|verken enig eller uenig|delvis enig|helt enig",
    "svært uenig|uenig|verken enig eller uenig|enig|svært enig",
    "svært dårlig|dårlig|verken god eller dårlig|god|svært god",
    "very dissatisfied|dissatisfied|neither satisfied nor dissatisfied|satisfied|very satisfied",
    "very dissatisfied|dissatisfied|neutral|satisfied|very satisfied",
    "strongly disagree|disagree|neither agree nor disagree|agree|strongly agree",
    "strongly disagree|disagree|neutral|agree|strongly agree",
    "very poor|poor|fair|good|very good",
)
_NAMES = {
    "respondent": r"respond[ea]nt|((response|record|svar|resp|respondent|case)[ _-]?)?id|l(ø|oe|o)penr.*",
    "year": r"(survey |måle)?(year|år|aar)|runde|round|m(å|aa)l(e|ing).?(år|aar)|skole(å|aa)r",
    "municipality": r"kommune(nr|nummer|navn|kode)?|municipality(_?code|_?id)?|council|local authority",
    "weight": r"weight|wt|vekt|(survey|resp|design|post).?weight|.*_vekt",
    "unit": r".*(enhet|unit|skole|school|barnehage|kindergarten|distri[ck]t|bydel|avdeling|department|"
    r"sykehjem|nursing.?home|institu[st]jon|institution|ward|virksomhet|sted|site|location).*",
    "background": r".*(kjønn|gender|sex|alder|\bage|language|språk|education|utdanning|relation|method).*",
    "overall": r".*(overall|alt i alt|helhet|samlet|totalt|in general).*",
}


@dataclass(frozen=True)
class Guess:
    """What a file's columns probably are, by the columns' names; None or empty where nothing fits."""

    respondent: str | None
    year: str | None
    municipality: str | None
    unit: str | None
    weight: str | None
    items: tuple[str, ...]
    background: tuple[str, ...]
    unread: tuple[str, ...]
    scale: tuple[int, int]
    dont_know: tuple[int, ...]
    dont_know_words: tuple[str, ...]
    values: dict[str, int]
    overall: str | None


def guess_columns(source: Source) -> Guess:
    """Guess what each column is.

    Guesses are for a person to check: none of them is safe.
    """
    cells = {name: coded(source, name) for name in source.columns}
    filled = {name: [v for v in column.values if v] for name, column in cells.items()}
    left = [name for name in source.columns if filled[name]]

    def take(role: str, *, fits: Callable[[str], bool]) -> str | None:
        for name in left:
            if re.fullmatch(_NAMES[role], name.strip().lower()) and fits(name):
                left.remove(name)
                return name
        return None

    rows = source.table.num_rows
    respondent = take("respondent", fits=lambda name: len(filled[name]) > 0.9 * rows)
    year = take("year", fits=lambda name: all(1900 <= (whole(v) or 0) <= 2100 for v in filled[name]))
    municipality = take("municipality", fits=lambda name: True)
    weight = take("weight", fits=lambda name: all(decimal_number(v, None) >= 0 for v in filled[name]))
    stems = Counter(_stem(name) for name in left)
    # "How good is the school?" is no unit, and neither is one of ten columns called school_1, school_2, ...
    unit = take(
        "unit",
        fits=lambda name: (
            len(filled[name]) < rows
            and not _long(filled[name])
            and len(name) <= 25
            and "?" not in name
            and stems[_stem(name)] < 3
        ),
    )
    words, values = _word_items(left, filled)
    numbers, scale, codes = _number_items([n for n in left if n not in words], filled)
    if words:
        scale, codes, numbers = (1, max(values.values())), (), []
    items = [name for name in left if name in words or name in numbers]
    rest = [name for name in left if name not in items]
    background = [n for n in rest if len(filled[n]) <= 30 and not _long(filled[n]) and len(filled[n]) < rows]
    asked = [name for name in items if re.fullmatch(_NAMES["overall"], name.lower())]
    used = {respondent, year, municipality, unit, weight, *items, *background}
    said = {v for name in items for v in filled[name] if v.casefold() in DONT_KNOW}
    return Guess(
        respondent=respondent,
        year=year,
        municipality=municipality,
        unit=unit,
        weight=weight,
        items=tuple(items),
        background=tuple(background),
        unread=tuple(name for name in source.columns if name not in used),
        scale=scale,
        dont_know=codes,
        dont_know_words=tuple(sorted(said)),
        values=values,
        overall=asked[0] if len(asked) == 1 else None,
    )


def _long(values: list[str]) -> bool:
    """Say whether the values are sentences: an open question's answers, not names or groups."""
    return max(len(value) for value in values) > 50


def _word_items(names: list[str], filled: dict[str, list[str]]) -> tuple[list[str], dict[str, int]]:
    for scale in _WORD_SCALES:
        order = scale.split("|")
        known = {*order, *DONT_KNOW}
        fits = [n for n in names if {v.casefold() for v in filled[n]} <= known]
        fits = [n for n in fits if {v.casefold() for v in filled[n]} & set(order)]
        if fits:
            return fits, {word: i + 1 for i, word in enumerate(order)}
    return [], {}


def _number_items(
    names: list[str], filled: dict[str, list[str]]
) -> tuple[list[str], tuple[int, int], tuple[int, ...]]:
    runs: dict[str, tuple[set[int], set[int]]] = {}
    for name in names:
        numbers = [whole(v) for v in filled[name] if v.casefold() not in DONT_KNOW]
        if numbers and None not in numbers and not re.fullmatch(_NAMES["background"], name.lower()):
            inside, outside = _run(set(numbers))
            if inside and max(inside) <= 10 and min(inside) >= 0:
                runs[name] = inside, outside
    if not runs:
        return [], (1, 2), ()
    # The commonest top of the columns is the scale's; of two that are as common, the higher one.
    tops = Counter(max(inside) for inside, _ in runs.values())
    top = max(tops, key=lambda value: (tops[value], value))
    stems = Counter(_stem(name) for name in runs)
    items = [
        name
        for name, (inside, _) in runs.items()
        if max(inside) <= top and (len(inside) >= 3 or stems[_stem(name)] >= 3)
    ]
    if not items:
        return [], (1, 2), ()
    low = min(1, *(min(runs[name][0]) for name in items))
    outside = set().union(*(runs[name][1] for name in items))
    return items, (low, max(top, low + 1)), tuple(sorted(outside))


def _run(numbers: set[int]) -> tuple[set[int], set[int]]:
    """Split the numbers of a column into those on the scale and the codes beyond a gap."""
    inside = set(numbers)
    outside = {n for n in inside if n < 0}
    inside -= outside
    while inside:
        top = max(inside)
        below = max((n for n in inside if n < top), default=None)
        if below is None or top not in _DONT_KNOW_CODES or top - below < 2 or top <= 5:
            break
        inside.remove(top)
        outside.add(top)
    # 0 beside 1 to 5 is a code; beside 1 to 10 it is the scale's lowest answer.
    if 0 in inside and max(inside) < 10:
        inside.remove(0)
        outside.add(0)
    return inside, outside


def _stem(name: str) -> str:
    return re.sub(r"\d+", "#", name.lower())


def twins(cells: Coded, code_of: Callable[[str], str]) -> dict[str, str]:
    """Return the values that would get the same code as an earlier one, and which one that is."""
    first: dict[str, str] = {}
    return {
        value: first[code]
        for value in cells.values
        if value and (code := code_of(value)) is not None and first.setdefault(code, value) != value
    }
