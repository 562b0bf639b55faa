"""Names for places that exist nowhere: municipalities, counties, and the units of each service."""

from __future__ import annotations

import itertools

import numpy as np

#: Invented: compared with lists of Nordic municipalities and towns, none of which is called so.
MUNICIPALITIES = (
    "Skjolmvik",
    "Varnbygd",
    "Hjelvdal",
    "Tyrnøy",
    "Rauvfjord",
    "Snærheim",
    "Kvelmoen",
    "Drøvsund",
    "Felmås",
    "Drælstad",
    "Mjelmvoll",
    "Glimrenes",
    "Eskvær",
    "Brunkvær",
    "Tindrabygd",
    "Lyskvik",
    "Nevlåsen",
    "Kvelmdal",
    "Sølmhavn",
    "Dyrnlia",
    "Felmøy",
    "Havneim",
    "Vidrebygd",
    "Tjorvlid",
)
COUNTIES = ("Brimmark", "Tindrike", "Kvernskag", "Solvidde")

_STEMS = ("Skjolm", "Varn", "Hjelv", "Tyrn", "Rauv", "Snær", "Drøv", "Felm", "Mjelm", "Glimr", "Dyrn")
_STEMS += ("Aldr", "Vidr", "Nevl", "Sølm", "Brunk", "Eskv", "Kvelm", "Tjorv", "Dræl", "Skrelm", "Grælm")
_ENDS = (
    "ebygd",
    "edal",
    "efjord",
    "elia",
    "emark",
    "enes",
    "eskog",
    "estad",
    "esund",
    "evatn",
    "evik",
    "evoll",
)
_ENDS += ("ehaug", "eholt", "ekleiv", "emyr")

_FRONT = (
    "Bjørke",
    "Furu",
    "Gran",
    "Lerke",
    "Solsikke",
    "Trolls",
    "Kløver",
    "Lynghei",
    "Måke",
    "Ekorn",
    "Rogne",
)
_FRONT += ("Blåveis", "Tyttebær", "Vår", "Kastanje", "Humle", "Reve", "Orre", "Selje", "Hassel", "Linerle")
_BACK = {
    "kindergarten": ("tunet barnehage", "bakken barnehage", "stua barnehage", "lia barnehage"),
    "school": ("haugen skole", "moen skole", "åsen skole", "vollen skole"),
    "nursing-home": ("heimen sykehjem", "hagen sykehjem", "toppen bo- og omsorgssenter", "gården sykehjem"),
}
_AREAS = ("Sentrum", "Nord", "Sør", "Øst", "Vest", "Kysten", "Innlandet", "Fjellbygda", "Næringsområdene")
_AREAS += ("Øyene", "Hytteområdene", "Industrihavna", "Nordre bydel", "Søndre bydel", "Elvebredden")


def name_municipalities(count: int) -> list[str]:
    """Return that many municipality names, each once; the first ones are always the same.

    >>> name_municipalities(2)
    ['Skjolmvik', 'Varnbygd']
    """
    made = (stem + end for end, stem in itertools.product(_ENDS, _STEMS))
    unused = (name for name in made if name not in MUNICIPALITIES)
    return [*MUNICIPALITIES[:count], *itertools.islice(unused, max(0, count - len(MUNICIPALITIES)))]


def name_units(service: str, count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` (at most 15) names of units; building permits have areas instead of houses."""
    if service not in _BACK:
        return list(_AREAS[:count])
    # A front part once per service: two kindergartens called Bjørke-something are mixed up.
    fronts = rng.permutation(len(_FRONT))[:count]
    backs = rng.integers(len(_BACK[service]), size=count)
    return [_FRONT[f] + _BACK[service][b] for f, b in zip(fronts, backs, strict=True)]
