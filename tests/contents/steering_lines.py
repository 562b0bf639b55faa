"""Reading the steering chapters: what is said of targets, measures, costs and feedback, and is it so?"""

from __future__ import annotations

import re
from typing import Any

from fact_ledger import CERTAIN, Ledger, numbers_of
from known_names import NAME, Names
from messages import NUMBER, Messages, agrees, numbers_in
from report_pages import Piece
from steering_words import (
    ADVICE,
    BANDS,
    BOUNDS,
    COST_HEADINGS,
    COSTS,
    COUNTS,
    JUDGED,
    KINDS,
    OUTCOMES,
    REASONS,
    RISES,
    SIDES,
    WORSE,
)

from analysis.core.language import NO_BREAK

Said = tuple[str, str, str, str, str]


class SteeringReader:
    """Reads what hangs on a plan's target or measure; keeps the section's service, target and measure.

    `read` returns the text that is left for other readers, the service that it is about, and the faults;
    `said` holds (statistic, verdict, service, unit, topic or id) of all that was claimed.
    """

    def __init__(self, messages: Messages, names: Names, ledger: Ledger) -> None:
        self.messages, self.names, self.ledger = messages, names, ledger
        self.said: set[Said] = set()
        self.service = self.target = self.measure = self.side = ""

    def read(self, piece: Piece, text: str) -> tuple[str, str, list[str]]:
        """Take out what is claimed of targets, measures, costs and feedback, each checked."""
        self._faults: list[str] = []
        if piece.kind == "heading":
            self._open(text)
        name = piece.name.partition("-")[0]
        if piece.kind in ("cell", "head") and name in ("targets", "limits"):
            text = self._target_cell(piece, text)
        elif piece.kind == "cell" and name == "preserve":
            text = self._preserve_cell(piece, text)
        elif piece.block == "municipality.costs-heading":
            text = self._cost_heading(text)
        elif piece.block == "municipality.costs-words" and piece.kind == "item":
            text = self._costs(f"{self.names.hide(piece.lead)}: {text}").partition(": ")[2]
        elif piece.block == "municipality.costs" and piece.kind == "alternative":
            text = " ".join(self._costs(part) for part in re.split(rf"(?<=\.) (?={NAME}: )", text))
        else:
            text = self._line(piece, text)
        say = self.messages.language
        for message, share in BOUNDS.items():
            written = say.text(message, share=say.percent(share)).replace(NO_BREAK, " ")
            text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", " ¤ ", text)
        return text, piece.service or self._service_of(piece, text) or self.service, self._faults

    def _open(self, text: str) -> None:
        # "Service: …", "Service, unit: …", "Unit: …", "▼ target (service): …", "▲ Positive feedback".
        signs = re.findall(NAME, text)
        self.measure = self.target = self.side = ""
        self.service = next((s for sign in signs if (s := self.names.meant(sign, "service", ""))), "")
        if not self.service and signs:
            self.service = self.names.service_of(signs[0])
        if signs and (target := self.names.meant(signs[0], "target", self.service)):
            self.target = target
        for message, (sign, statistic) in SIDES.items():
            if text == f"{sign} {self.messages.language.text(message)}":
                self.side = statistic

    def _service_of(self, piece: Piece, text: str) -> str:
        found = re.match(NAME, piece.row if piece.kind == "cell" else piece.lead)
        found = found or re.match(NAME, self.names.hide(piece.lead or piece.row))
        return (self.names.meant(found[0], "service", "") or "") if found else ""

    def _claim(self, statistic: str, verdict: str, fact: Any | None, what: str) -> None:
        """Note what is said, and a fault where the fact says another thing."""
        if fact is None or not self.ledger.says(fact, verdict):
            told = "there is none" if fact is None else fact.verdict or fact.state
            self._faults.append(f"{verdict} is said, but {statistic} of {what} is {told}")
            return
        self.said.add((statistic, verdict, fact.service, fact.unit, fact.category or fact.topic))

    def _numbers(self, text: str, wanted: list[float]) -> None:
        written = numbers_in(re.sub(NAME, " ", text), self.messages.language)
        if len(written) != len(wanted) or not all(map(agrees, written, wanted)):
            self._faults.append(
                f"numbers {[n for n, _ in written]} where the facts hold {[round(w, 3) for w in wanted]}"
            )

    def _line(self, piece: Piece, text: str) -> str:
        lead = self.names.hide(piece.lead)
        if piece.kind == "cell" and text == f"{ADVICE[0]} {self.messages.language.text(ADVICE[1])}":
            return " ¤ "
        self._measure_named(piece, text, lead)
        text = self._counts(text)
        text = self._headings(piece, text)
        text = self._outcomes(piece, text, lead)
        text = self._reasons(piece, text, lead)
        if self.target:
            text = self._red_line(text)
        return text

    def _measure_named(self, piece: Piece, text: str, lead: str) -> None:
        whole = " ".join([*map(self.names.hide, piece.cells), lead, text])
        found = [m for sign in re.findall(NAME, whole) if (m := self.names.meant(sign, "measure", ""))]
        if found:
            self.measure = found[0]
        elif piece.cells or piece.kind == "heading":
            self.measure = ""

    def _counts(self, text: str) -> str:
        say = self.messages.language
        for sign, forms, statistics, verdicts in COUNTS:
            if len(forms) == 2:
                words = {say.plural(*forms, n).split(" ", 1)[1] for n in (1, 2)}
            else:
                words = {say.text(forms[0])}
            either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
            pattern = re.compile(rf"(?<!\w){sign} ?(\d+) (?:{either})(?!\w)" if sign
                                 else rf"(?<!\w)(\d+) (?:{either})(?!\w)")  # fmt: skip
            for found in pattern.finditer(text):
                so = [f for s in statistics for f in self.ledger.every(s) if f.verdict in verdicts]
                so = [f for f in so if f.state == "measured"]
                if int(found[1]) != len(so):
                    self._faults.append(f"{found[0]!r} is said, but it is so of {len(so)}")
            text = pattern.sub(" ¤ ", text)
        return text

    def _headings(self, piece: Piece, text: str) -> str:
        for message, (sign, _) in SIDES.items():
            text = re.sub(rf"^{sign} {re.escape(self.messages.language.text(message))}$", " ¤ ", text)
        if found := re.fullmatch(self.messages.pattern(RISES), text):
            changes = [f for f in self.ledger.every("report_change") if not f.unit and f.state == "measured"]
            counted = [sum(f.verdict == v for f in changes) for v in ("higher", "lower")]
            self._numbers(f"{found['better']} {found['worse']}", [float(n) for n in counted])
            return " ¤ "
        return text

    def _outcomes(self, piece: Piece, text: str, lead: str) -> str:
        fact = self.ledger.of_category("measure_effect", self.measure)
        for verdict, message in JUDGED.items():
            pattern = re.compile(self.messages.pattern(message))
            for found in pattern.finditer(text):
                self._claim("measure_effect", verdict, fact, self.measure or "a measure")
                said = f"{found['value']} {found['level']} {found['interval']}"
                self._numbers(said, _with_level(fact))
            text = pattern.sub(" ¤ ", text)
        for verdict, (sign, message) in OUTCOMES.items():
            word = re.escape(self.messages.language.text(message))
            pattern = re.compile(rf"{sign} ?{word}(?!\w)|(?<=: ){word}(?=\.)")
            for where in (lead, text):
                for _ in pattern.finditer(where):
                    self._claim("measure_effect", verdict, fact, self.measure or "a measure")
            text = pattern.sub(" ¤ ", text)
            lead = pattern.sub(" ¤ ", lead)
        if self.side == "" and piece.block == "municipality.status" and ("▲" in lead or "▼" in lead):
            self._signed_lead(lead)
        return text

    def _signed_lead(self, lead: str) -> None:
        # What people in a focus group found good and bad is their own words, under a word of its own.
        say = self.messages.language
        if lead not in (f"▲ {say.text('Positive')}", f"▼ {say.text('Negative')}"):
            self._faults.append(f"a direction without subject or fact ({lead!r})")

    def _reasons(self, piece: Piece, text: str, lead: str) -> str:
        if not self.side or piece.kind != "item":
            return text
        named = re.findall(NAME, lead)
        service = self.names.meant(named[0], "service", "") if named else None
        topic = self.names.meant(named[1], "topic", service) if service and len(named) == 2 else None
        fact = self.ledger.fact(self.side, service or "", topic or "")
        if fact is None:
            self._faults.append(f"no fact {self.side} of {self.names.show(lead)}")
            return text
        reason, _, rest = text.partition(". ")
        reason, _, other = reason.partition(self.messages.joint)
        for statistic, verdict in self.messages.sides(other):
            if not self.ledger.speaks(statistic, verdict, fact.service, fact.topic):
                self._faults.append(f"{statistic} {verdict} is said of {fact.service} {fact.topic}")
        good = self.side == "feedback_positive"
        if not self.ledger.spoken(fact.service, fact.topic, favour=not good) <= bool(other):
            self._faults.append(f"what speaks against {fact.service} {fact.topic} is not said")
        meant = {self.messages.language.text(m).rstrip("."): told for m, told in REASONS.items()}
        note, statistic, verdict = meant.get(reason, ("", "", ""))
        if note != fact.note:
            self._faults.append(f"{reason!r} is said, but {self.side} is there for {fact.note}")
        self.said.add((self.side, note, fact.service, "", fact.topic))
        if statistic:
            self._claim(statistic, verdict, self._reported(statistic, fact), f"{fact.service} {fact.topic}")
        for word, number in self.messages.numbered(rest):
            _, family, verdict = word
            statistic = "change" if family == "change" else "national_difference"
            beside = self._reported(statistic, fact)
            self._claim(statistic, verdict, beside, f"{fact.service} {fact.topic}")
            self._numbers(number, numbers_of(beside, ("value",)))
        said, rest = self.messages.words(rest)
        strange = [word for word in said if word[1] not in ("change", "difference")]
        self._faults += [f"{word} is said of a topic" for word in strange]
        mean = self.ledger.fact("mean", fact.service, fact.topic)
        level = rest.partition("(")[2].partition(")")[0]
        self._numbers(level, numbers_of(mean, ("interval", "n")))
        return rest

    def _reported(self, statistic: str, fact: Any) -> Any | None:
        # What is called certain here must be so over the whole report.
        return self.ledger.fact(f"report_{statistic}", fact.service, fact.topic)

    def _target_cell(self, piece: Piece, text: str) -> str:
        say, heads = self.messages.language, piece.column
        if piece.kind == "head":
            for sign, word in BANDS.values():
                text = text.replace(f"{sign} {say.text(word).capitalize()}", " ¤ ")
            return text
        if not piece.name.startswith("targets-") or heads not in (say.text("Change"), say.text("Status")):
            return text
        target = self._target_of(piece)
        if not target:
            self._faults.append("no target has this name")
            return text
        if heads == say.text("Change"):
            self._change(target, text)
            return text
        status = self.ledger.of_category("target_status", target)
        for verdict, (sign, word) in BANDS.items():
            if text == f"{sign} {say.text(word)}":
                self._claim("target_status", verdict, status, target)
                return " ¤ "
        return text

    def _target_of(self, piece: Piece) -> str:
        service = piece.name.partition("-")[2]
        signs = re.findall(NAME, self.names.hide(piece.cells[1]))
        named = self.names.meant(signs[0], "target", service) if signs else None
        topic = self.names.meant(signs[0], "topic", service) if signs else None
        unit = self.names.meant(signs[1], "unit", service) if len(signs) > 1 else ""
        if named or topic is None:
            return named or ""
        every = [f for f in self.ledger.of("target_status", service) if (f.topic, f.unit) == (topic, unit)]
        # The same topic may stand behind a target with a name of its own.
        unnamed = [f.category for f in every if not self.names.is_named("target", f.category)]
        return unnamed[0] if len(unnamed) == 1 else ""

    def _change(self, target: str, text: str) -> None:
        """Hold a change as a narrow cell writes it, "+0,3, sikker", against its fact."""
        say = self.messages.language
        fact = self.ledger.of_category("target_change", target)
        certain = bool(re.search(rf", {re.escape(say.text('certain'))}\.?$", text))
        if certain:
            verdict = fact.verdict if fact is not None and fact.verdict in CERTAIN else "certain"
            self._claim("target_change", verdict, fact, target)
        elif fact is not None and fact.state == "measured" and fact.verdict in CERTAIN:
            self._faults.append(f"target_change of {target} is {fact.verdict}, which is not said")
        if fact is not None and fact.value == fact.value and (found := re.match(NUMBER, text)):
            self._numbers(found[0], [fact.value])

    def _red_line(self, text: str) -> str:
        say = self.messages.language
        status = self.ledger.of_category("target_status", self.target)
        unacceptable = f"): {say.text('unacceptable')}"
        if text.startswith("▼ "):
            self._claim("target_status", "unacceptable", status, self.target)
            if not text.endswith(unacceptable):
                self._faults.append("▼ before a target that is not said to be unacceptable")
            return text.removeprefix("▼ ")
        if text.endswith(say.text(WORSE)):
            change = self.ledger.of_category("target_change", self.target)
            if change is None or change.verdict not in ("higher", "lower"):
                self._faults.append(f"certainly worse is said of {self.target}, which has not changed")
            return text.removesuffix(say.text(WORSE))
        pattern = re.compile(self.messages.pattern("Change since {before}: {change}.", ("change",)))
        if found := pattern.search(text):
            self._change(self.target, found["change"])
        return text

    def _preserve_cell(self, piece: Piece, text: str) -> str:
        say, cells = self.messages.language, [self.names.hide(cell) for cell in piece.cells]
        for message, (sign, statistic) in KINDS.items():
            if cells[1] != f"{sign} {say.text(message)}":
                continue
            service = self.names.meant(cells[0], "service", "") if re.fullmatch(NAME, cells[0]) else None
            topic = self.names.meant(cells[2], "topic", service) if re.fullmatch(NAME, cells[2]) else None
            fact = self.ledger.fact(statistic, service or "", topic or "")
            if text == cells[1]:
                self._claim(statistic, statistic, fact, f"{service} {topic}")
                return " ¤ "
            if text == cells[3] and text != cells[2]:
                self._numbers(text, numbers_of(fact, ("value", "interval", "n")))
        return text

    def _cost_heading(self, text: str) -> str:
        for message, fields in COST_HEADINGS.items():
            found = re.fullmatch(self.messages.pattern(message, fields), text)
            if found is None:
                continue
            every = [f for f in self.ledger.every("cost_per_user") if not (f.against or f.category or f.unit)]
            for field, verdict in fields.items():
                named = {self.names.meant(sign, "service", "") for sign in re.findall(NAME, found[field])}
                true = {f.service for f in every if f.verdict == verdict}
                if named != true:
                    self._faults.append(f"{verdict} is said of {named}, but it is so of {true}")
            return " ¤ "
        return text

    def _costs(self, text: str) -> str:
        service = self.names.meant(text[0], "service", "") or "" if re.match(NAME, text) else ""
        # "Overall satisfaction" is a topic's name, but in these messages a part of the sentence.
        text = self.names.show(text)
        for message, (statistic, topic, verdict) in COSTS.items():
            pattern = re.compile(self.messages.pattern(message))
            for found in pattern.finditer(text):
                own = [f for f in self.ledger.of(statistic, service) if not f.against and not f.category]
                fact = next((f for f in own if f.topic == topic), None)
                if statistic == "national_difference":
                    fact = self.ledger.fact(f"report_{statistic}", service, topic)
                    mean = self.ledger.fact("mean", service, topic)
                    self._numbers(
                        f"{found['mean']} {found['interval']}", numbers_of(mean, ("value", "interval"))
                    )
                self._claim(statistic, verdict, fact, service or "a product")
            text = pattern.sub(" ¤ ", text)
        return self.names.hide(text)


def _with_level(fact: Any | None) -> list[float]:
    value, level, interval = (numbers_of(fact, (part,)) for part in ("value", "level", "interval"))
    return [*value, *level, *interval]
