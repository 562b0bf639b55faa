"""The planted truths, saved beside the store, for tests that ask whether an analysis finds them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core.errors import DataError
from analysis.core.paths import write_text, written_whole

TRUTH, MEANS = "truth.json", "truth_means.parquet"


@dataclass(frozen=True)
class Planting:
    """One planted truth. `units` empty: the whole municipality; `topics` empty: all dimensions.

    `effect` is in points before rounding, `true_change` what it comes to on the scale, averaged over the
    topics: from round `before` to round `year`, or, for units that are low or high, against the rest of the
    municipality in `year`. `detectable` says whether a t test at 5 % finds it in four of five surveys of
    this size. `start` is a measure's first whole year, `answers` a planted number of answers.
    """

    kind: str
    municipality: str
    service: str
    units: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    year: int | None = None
    before: int | None = None
    start: int | None = None
    effect: float = 0.0
    true_change: float | None = None
    detectable: bool | None = None
    answers: int | None = None


@dataclass(frozen=True)
class Truth:
    """Everything that was planted, and the true means it leads to.

    `means` has municipality, service, unit ("" for the whole municipality), year, topic (a dimension's or an
    item's id), mean, mean_answering, answers (see `analysis.demo.expected`). `parameters` holds, per service,
    `case_mix` (variable, then value: the points that it moves every answer before rounding),
    `weights_in_satisfaction` (per dimension) and `sd` (the standard deviations).
    """

    seed: int
    years: tuple[int, ...]
    municipalities: tuple[str, ...]
    services: tuple[str, ...]
    plantings: tuple[Planting, ...]
    parameters: dict[str, dict]
    means: pd.DataFrame

    def planted(
        self, kind: str, *, municipality: str | None = None, service: str | None = None
    ) -> list[Planting]:
        """Return the plantings of a kind, in a place or service where one is named."""
        return [
            p
            for p in self.plantings
            if p.kind == kind and municipality in (None, p.municipality) and service in (None, p.service)
        ]

    def mean(
        self,
        municipality: str,
        service: str,
        topic: str,
        *,
        year: int,
        unit: str = "",
        answering: bool = False,
    ) -> float:
        """Return one true mean on the scale; raise KeyError where there is none."""
        m = self.means
        row = m[
            (m["municipality"] == municipality)
            & (m["service"] == service)
            & (m["unit"] == unit)
            & (m["year"] == year)
            & (m["topic"] == topic)
        ]
        if row.empty:
            raise KeyError((municipality, service, unit, year, topic))
        return float(row["mean_answering" if answering else "mean"].iloc[0])

    def change(
        self, municipality: str, service: str, topic: str, *, before: int, year: int, unit: str = ""
    ) -> float:
        """Return the true change of a mean from one round to a later one."""
        earlier = self.mean(municipality, service, topic, year=before, unit=unit)
        return self.mean(municipality, service, topic, year=year, unit=unit) - earlier


def save_truth(truth: Truth, store: Path) -> Path:
    """Write `truth.json` and `truth_means.parquet` into the store's folder; return the first one's path."""
    path = Path(store) / TRUTH
    with written_whole(path.with_name(MEANS)) as beside:
        # Without pandas' metadata, which holds its version: the same truth is the same bytes.
        table = pa.Table.from_pandas(truth.means, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(table, beside, compression="zstd")
    content = {
        "synthetic": True,
        "seed": truth.seed,
        "years": truth.years,
        "municipalities": truth.municipalities,
        "services": truth.services,
        "plantings": [{k: v for k, v in asdict(p).items() if v not in (None, ())} for p in truth.plantings],
        "parameters": truth.parameters,
    }
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def read_truth(path: Path) -> Truth:
    """Read the truth of a synthetic country from its store's folder or its `truth.json`.

    Raises DataError where there is none: real data have no known truth.
    """
    path = Path(path) / TRUTH if Path(path).is_dir() else Path(path)
    if not path.is_file():
        raise DataError(
            "no truth here",
            where=str(path.parent),
            expected=f"{TRUTH}, as a synthetic country has it",
            todo="make one with: tilstand demo",
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    plantings = tuple(
        Planting(**{k: tuple(v) if isinstance(v, list) else v for k, v in planting.items()})
        for planting in content["plantings"]
    )
    return Truth(
        seed=content["seed"],
        years=tuple(content["years"]),
        municipalities=tuple(content["municipalities"]),
        services=tuple(content["services"]),
        plantings=plantings,
        parameters=content["parameters"],
        means=pd.read_parquet(path.with_name(MEANS)),
    )
