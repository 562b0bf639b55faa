"""The reader's language: catalogues for words, Babel's locale data for numbers and dates."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import Translations

from analysis.core.errors import SettingsError

CATALOGUES = Path(__file__).parent / "locale"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@cache
def known_languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a catalogue, for instance `("en", "nb")`."""
    return tuple(sorted(p.parent.parent.name for p in CATALOGUES.glob("*/LC_MESSAGES/tilstand.po")))


@cache
def _catalogue(code: str) -> Translations:
    # Compiled in memory from the .po file: no compiled file that can be older than its source.
    source = CATALOGUES / code / "LC_MESSAGES" / "tilstand.po"
    with source.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain="tilstand")


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


@cache
def _signs(tag: str) -> dict[int, str]:
    # What stands between thousands and before decimals, from a comma and a point.
    signs = {",": get_group_symbol(_locale(tag)), ".": get_decimal_symbol(_locale(tag))}
    return str.maketrans({sign: theirs.replace("\u202f", NO_BREAK) for sign, theirs in signs.items()})


@cache
def _last_place(decimals: int) -> Decimal:
    return Decimal(10) ** -decimals


@dataclass(frozen=True)
class Language:
    """Words and numbers as the readers of one report write them.

    >>> Language("nb").number(4.651, 1), Language("en").percent(0.612)
    ('4,7', '61%')
    """

    code: str

    def __post_init__(self) -> None:
        if self.code not in known_languages():
            raise SettingsError(
                "no catalogue for this language",
                where="language",
                found=repr(self.code),
                expected="one of " + ", ".join(known_languages()),
            )

    @property
    def tag(self) -> str:
        """The full language tag that PDF and HTML carry: `nb` alone becomes `nb-US` in Typst."""
        return {"nb": "nb-NO", "en": "en-GB"}.get(self.code, self.code)

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return _locale(self.tag)

    def text(self, message: str, /, **values: object) -> str:
        """Return `message` (an English msgid with `{name}` fields) in this language, fields filled in."""
        return _catalogue(self.code).ugettext(message).format(**values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form of the message that `n` takes; `{n}` is filled with the written number."""
        return _catalogue(self.code).ungettext(one, many, n).format(n=self.count(n), **values)

    def pick(self, words: Mapping[str, str] | str) -> str:
        """Return the wording in this language of a text that a settings file gives per language."""
        if isinstance(words, str):
            return words
        for code in (self.code, "en", "nb"):
            if code in words:
                return words[code]
        return next(iter(words.values()))

    def number(self, value: float, decimals: int, *, sign: bool = False) -> str:
        """Write a number with that many decimals, a real minus sign, and a plus sign where `sign`.

        What rounds to zero carries no sign: −0,04 with one decimal is "0,0".
        """
        if not math.isfinite(value):
            raise ValueError(f"no number to write: {value}")
        # As the number reads, not as it is held: 0.15 is held as a little less, and is a half to round.
        rounded = abs(Decimal(str(value))).quantize(_last_place(decimals), ROUND_HALF_EVEN)
        written = f"{rounded:,f}".translate(_signs(self.tag))
        if not any(digit in written for digit in "123456789"):
            return written
        return (MINUS if value < 0 else "+" if sign else "") + written

    def count(self, n: int) -> str:
        """Write a whole number, thousands apart."""
        return self.number(n, 0)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Write a share (0–1) as per cent: "61 %" with a space that does not break, in English "61%"."""
        return f"{self.number(100 * share, decimals)}{'' if self.code == 'en' else NO_BREAK}%"

    def date(self, day: dt.date) -> str:
        """Write a date in long form."""
        return format_date(day, format="long", locale=self.locale)

    def series(self, parts: list[str]) -> str:
        """Join parts as a sentence does: a, b and c.

        Where a part holds an "and" of its own a comma takes the last one's place, and semicolons part what
        holds commas, or the parts would run together.

        >>> say = Language("en")
        >>> say.series(["Roads", "Parks", "Water"]), say.series(["Roads", "Arts and sport", "Parks"])
        ('Roads, Parks and Water', 'Roads, Arts and sport, Parks')
        >>> say.series(["Budget 2024, adopted in 2023", "Action programme"])
        'Budget 2024, adopted in 2023; Action programme'
        """
        if len(parts) <= 1:
            return "".join(parts)
        if any(", " in part for part in parts[:-1]):
            return "; ".join(parts)
        joint = self.text("{first} and {last}", first="", last="")
        if any(joint in part for part in parts):
            return ", ".join(parts)
        return self.text("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])
