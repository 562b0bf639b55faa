"""The catalogue's messages as patterns: which of them stands in a text, and with what in its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from directions import FINDINGS, SENTENCES, STATIC, WORDS, direction_words
from known_names import NAME
from steering_words import BUT

from analysis.core.language import NO_BREAK, Language

NUMBER = rf"[+−]?\d+(?:[,{NO_BREAK}]\d{{3}}(?!\d))*(?:[.,]\d+)?"
_NAMED = {"service", "topic", "topics", "names"}
_YEARS = {"year", "before", "first"}
#: Fields that hold neither a number nor a topic.
_FREE = {
    "document": "[^.;]+?", "points": "[^.]+?", "middle": "[^.]+?", "change": ".+",
    "other": "[^.]+?", "scale": r"\d+–\d+",
    "name": f"{NAME}+", "successor": NAME, "measure": f"{NAME}+",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A message that stands in a text, and what its fields hold."""

    message: str
    fields: dict[str, str]
    more: bool


class Messages:
    """What can be read in one language; `units` are the words for the services' units."""

    def __init__(self, code: str, units: Iterable[str]) -> None:
        self.language = Language(code)
        self.directions = direction_words(code)
        self._units = "|".join(sorted({re.escape(word) for word in units}, key=len, reverse=True))

    def sentences(self, text: str) -> tuple[list[Found], str]:
        """Return the messages that claim something of the subjects they name, and the rest of the text."""
        found = []
        for message, pattern in self._sentences:
            for match in pattern.finditer(text):
                fields = match.groupdict()
                more = fields.pop("more", None) is not None
                found.append(Found(message, {k: v for k, v in fields.items() if v is not None}, more))
            text = pattern.sub(" ¤ ", text)
        return found, text

    def words(self, text: str) -> tuple[list[tuple[str, str, str]], str]:
        """Return what is said beside a subject (sign, statistic, verdict), and the rest of the text."""
        said = []
        for message, pattern in self._words:
            text, times = pattern.subn(" ¤ ", text)
            said += [WORDS[message]] * times
        return said, text

    def held(self, message: str, field: str, text: str) -> list[str]:
        """Return what a field of the message holds, each time that it stands in the text."""
        pattern = self._template(message, {field}).replace(self._series, ".+?", 1)
        return [found[field] for found in re.finditer(pattern, text)]

    def numbered(self, text: str) -> list[tuple[tuple[str, str, str], str]]:
        """Return what is said with a number in brackets after it, and the number."""
        return [
            (WORDS[message], found["size"])
            for message, pattern in self._words
            for found in re.finditer(rf"{pattern.pattern} \((?P<size>[^()]*)\)", text)
        ]

    def pattern(self, message: str, named: Iterable[str] = ()) -> str:
        """Return a message as a pattern, with a group for each field; `named` hold names."""
        return self._template(message, named)

    @cached_property
    def joint(self) -> str:
        """Return what stands between a sentence and what speaks against it: ", but "."""
        return self.language.text("{sentence}, but {other}.", sentence="", other="").removesuffix(".")

    def sides(self, text: str) -> list[tuple[str, str]]:
        """Return what is said to speak for or against a topic, as statistic and verdict."""
        return [said for message, said in BUT.items() if self.language.text(message) in text]

    def without_static(self, text: str) -> str:
        """Return the text without the messages that say nothing of any result."""
        for pattern in self._static:
            text = pattern.sub(" ¤ ", text)
        return text

    def finding(self, head: str) -> str | None:
        """Return what stands under this head of the table of findings: strength, improvement or neither."""
        for message, (sign, statistic) in FINDINGS.items():
            if head == f"{sign} {self.language.text(message)}":
                return statistic
        return None

    def is_head(self, head: str, message: str) -> bool:
        """Tell whether a column's head is this message."""
        return re.fullmatch(self._template(message, ()), head) is not None

    @cached_property
    def _sentences(self) -> list[tuple[str, re.Pattern[str]]]:
        # Long ones first: "above the others" stands within "above the others, B below".
        # The list's full stop tells it from the heading.
        ordered = sorted(SENTENCES, key=lambda m: (not m.endswith("."), -len(self._template(m, ()))))
        return [
            (m, re.compile(rf"(?<!\w){self._template(m, {s.field for s in SENTENCES[m]})}(?!\w)"))
            for m in ordered
        ]

    @cached_property
    def _static(self) -> list[re.Pattern[str]]:
        ordered = sorted(STATIC, key=len, reverse=True)
        return [re.compile(rf"(?<!\w){self._template(m, ())}(?!\w)") for m in ordered]

    @cached_property
    def _words(self) -> list[tuple[str, re.Pattern[str]]]:
        return [
            (m, re.compile(rf"(?<!\w)(?:{sign} ?)?{self._template(m, ())}(?!\w)"))
            for m, (sign, _, _) in WORDS.items()
        ]

    def _template(self, message: str, named: Iterable[str]) -> str:
        fields = set(re.findall(r"\{(\w+)\}", message))
        marked = self.language.text(message, **{field: f"\x01{field}\x02" for field in fields})
        parts = re.split("\x01(\\w+)\x02", marked.replace(NO_BREAK, " "))
        seen: set[str] = set()
        out = []
        for i, part in enumerate(parts):
            if i % 2 == 0:
                out.append(re.escape(part))
                continue
            held = self._held(part, message, set(named))
            out.append(f"(?:{held})" if part in seen else f"(?P<{part}>{held})")
            seen.add(part)
        written = "".join(out)
        # A heading may stand within a sentence, small.
        if parts[0][:1].isalpha():
            written = f"(?i:{parts[0][0]}){written[1:]}"
        return written + (self._more if parts[-1] == "" and parts[-2:-1] == ["topics"] else "")

    @property
    def _more(self) -> str:
        return rf"(?P<more>{re.escape(self.language.text(' and more'))})?"

    def _held(self, field: str, message: str, named: set[str]) -> str:
        if field in _FREE:
            return _FREE[field]
        if field in named | _NAMED or (field == "unit" and message.startswith("{unit}, ")):
            return self._series
        if field in _YEARS:
            return r"\d{4}"
        if field == "unit" and "{successor}" in message:
            return NAME
        if field in ("unit", "units"):
            return self._units
        return r"[^()]+" if field == "interval" else rf"{NUMBER}(?: ?(?:%|kr))?"

    @cached_property
    def _series(self) -> str:
        last = re.escape(self.language.text("{first} and {last}", first="", last=""))
        areas = self.language.plural("{n} area", "{n} areas", 2).removeprefix("2").strip()
        one = re.escape(self.language.text("one question"))
        each = rf"{NAME}(?: {NUMBER} \([^()]*\))?"
        listed = rf"{each}(?:(?:, |; (?!{NAME}: )|{last})(?:{each}|{one}))*(?:(?:, |{last}){self.left_over})?"
        return rf"{listed}|\d+ (?:{areas}|{self._units})|{one}"

    @cached_property
    def left_over(self) -> str:
        """What stands for the names that a list leaves out: "2 more"."""
        words = {self.language.plural("{n} more", "{n} more", n).split(" ", 1)[1] for n in (1, 2)}
        return rf"\d+ (?:{'|'.join(map(re.escape, sorted(words)))})"


def numbers_in(text: str, language: Language) -> list[tuple[float, int]]:
    """Return the numbers in a text, each with how many decimals it is written with."""
    thousands, point = (",", ".") if language.code == "en" else (NO_BREAK, ",")
    found = re.findall(rf"[+−]?\d+(?:{thousands}\d{{3}}(?!\d))*(?:{re.escape(point)}\d+)?", text)
    plain = [f.replace(thousands, "").replace(point, ".").replace("−", "-") for f in found]
    return [(float(f), len(f.partition(".")[2])) for f in plain]


def agrees(written: tuple[float, int], value: float) -> bool:
    """Tell whether a number is this value, rounded to the decimals it is written with."""
    number, decimals = written
    return abs(number - value) <= 0.5 * 10**-decimals + 1e-9
