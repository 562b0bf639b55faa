"""What an import would have left: files and rows read, rows set aside with their reasons; other figures."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core.paths import written_whole

#: Reasons for which rows were set aside, and the share of rows it happened to.
_REASONS = {"outside_scale": 0.004, "duplicate_respondent": 0.003, "unknown_unit": 0.002}

#: Figures from other sources: spread between places and movement a year (of the logarithm), unit of measure.
_INDICATORS = {
    "cost_per_user": (0.10, 0.03, "kr"),
    "users_per_position": (0.08, 0.02, ""),
    "sick_leave": (0.15, 0.05, "%"),
}
#: The typical place's value of each of them.
_TYPICAL = {
    "kindergarten": (231_000, 5.7, 11.2),
    "school": (148_000, 11.9, 8.6),
    "nursing-home": (1_420_000, 0.95, 11.8),
    "building-permits": (21_500, 88.0, 6.9),
}
_TYPICAL_ELSEWHERE = (24_000, 14.0, 9.4)

#: What no survey asks about is filed under a service of its own, as the catalogue calls it.
_DESK = "citizen-service"
#: Figures on it: in the typical place, what a year adds (of the logarithm), and decimals. Inquiries at the
#: service desk and followers in social media are counts (here per inhabitant), visits are per inhabitant.
_DESK_FIGURES = {
    "desk_inquiries": (0.62, -0.04, 0),
    "web_visits": (8.4, 0.05, 1),
    "followers": (0.16, 0.09, 0),
}


def make_trail(
    rounds: dict[tuple[str, int], pd.DataFrame], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return imports, import reasons and quarantined rows for the answers of every service and year.

    Accepted rows are the ones in the store; the quarantined ones are made to be refused.
    """
    imports, reasons, set_aside = [], [], []
    for (service, year), frame in rounds.items():
        rng = np.random.default_rng([seed, 3, year, *service.encode()])
        file = f"{service}_{year}.csv"
        bad = _refused_rows(frame, service, year, rng)
        content = pd.concat([frame, bad[[c for c in frame.columns if c in bad]]]).to_csv(index=False)
        digest = hashlib.sha256(content.encode()).hexdigest()
        counts = bad.groupby("municipality").size()
        places = frame.groupby("municipality").size()
        quarantined = counts.reindex(places.index, fill_value=0)
        imports.append(
            pd.DataFrame(
                {
                    "file": file,
                    "sha256": digest,
                    "service": service,
                    "year": year,
                    "municipality": places.index,
                    "rows_read": (places + quarantined).to_numpy(),
                    "accepted": places.to_numpy(),
                    "quarantined": quarantined.to_numpy(),
                }
            )
        )
        keys = ["municipality", "reason"]
        reasons.append(
            bad.groupby(keys)
            .size()
            .rename("count")
            .reset_index()
            .assign(file=file, service=service, year=year)
        )
        set_aside.append(bad.assign(file=file, sha256=digest, service=service, year=year))
    return tuple(pd.concat(parts, ignore_index=True) for parts in (imports, reasons, set_aside))


def _refused_rows(frame: pd.DataFrame, service: str, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows like those of a real file that cannot be used: bad answers, second copies, lost units."""
    items = [c for c in frame.columns if pd.api.types.is_integer_dtype(frame[c])]
    counts = [max(1, round(share * len(frame))) for share in _REASONS.values()]
    copied = rng.choice(len(frame), size=sum(counts), replace=False)
    # Numbers of lines in the file: the heading is line 1.
    lines = np.sort(rng.choice(len(frame) + sum(counts), size=sum(counts), replace=False)) + 2
    reason = rng.permutation(np.repeat(list(_REASONS), counts))
    rows = frame.iloc[copied].reset_index(drop=True)
    rows["reason"], rows["row"] = reason, lines
    new = reason != "duplicate_respondent"
    rows.loc[new, "respondent"] = [f"{service}-{year}-9{line:05d}" for line in lines[new]]
    lost = reason == "unknown_unit"
    rows.loc[lost, "unit"] = rows.loc[lost, "municipality"] + f"-{service}-77"
    rows.loc[reason == "outside_scale", items[0]] = 7
    rows["column"] = pd.Series(reason).map(
        {"outside_scale": items[0], "duplicate_respondent": "respondent", "unknown_unit": "unit"}
    )
    rows["value"] = [str(rows.at[i, column]) for i, column in enumerate(rows["column"])]
    return rows


def write_quarantine(store: Path, rows: pd.DataFrame) -> list[Path]:
    """Write the refused rows into the store's `_quarantine`, one file per file read; return their paths.

    As an import leaves them: what was wrong, then the row as it stood, its columns called `file: <name>`.
    """
    paths = []
    for (file, digest), part in rows.groupby(["file", "sha256"], sort=True):
        path = Path(store) / "_quarantine" / f"{Path(file).stem}-{digest[:8]}.csv"
        said = part[["row", "service", "year", "municipality", "column", "value", "reason"]]
        # Columns of other services are empty here.
        content = part.drop(columns=[*said.columns.drop("municipality"), "file", "sha256"])
        content = content.dropna(axis="columns", how="all").add_prefix("file: ")
        with written_whole(path) as beside:
            pd.concat([said, content], axis=1).to_csv(
                beside, index=False, encoding="utf-8-sig", lineterminator="\n"
            )
        paths.append(path)
    return paths


def make_indicators(
    municipalities: pd.DataFrame, services: list[str], years: tuple[int, ...], seed: int
) -> pd.DataFrame:
    """Return figures from other sources per municipality, service and year.

    Cost, staffing and sick leave of each service; inquiries, visits to the web pages and followers of all.
    """
    every_year = range(min(years), max(years) + 1)
    parts = []
    for service in services:
        rng = np.random.default_rng([seed, 4, *service.encode()])
        for (name, (spread, movement, unit)), typical in zip(
            _INDICATORS.items(), _TYPICAL.get(service, _TYPICAL_ELSEWHERE), strict=True
        ):
            own = rng.normal(0, spread, (len(municipalities), 1))
            steps = np.cumsum(rng.normal(0, movement, (len(municipalities), len(every_year))), axis=1)
            values = typical * np.exp(own + steps)
            rounded = values.round({"kr": -2, "%": 1}.get(unit, 2))
            parts.append(_in_rows(municipalities, every_year, rounded, service, name, unit))
    parts.append(_desk_figures(municipalities, every_year, seed))
    return pd.concat(parts, ignore_index=True)


def _desk_figures(municipalities: pd.DataFrame, years: range, seed: int) -> pd.DataFrame:
    # A stream of its own: these figures change no others.
    rng = np.random.default_rng([seed, 4, *_DESK.encode()])
    inhabitants = municipalities["inhabitants"].to_numpy()[:, None]
    parts = []
    for name, (typical, trend, decimals) in _DESK_FIGURES.items():
        own = rng.normal(0, 0.20, (len(municipalities), 1))
        steps = np.cumsum(rng.normal(trend, 0.03, (len(municipalities), len(years))), axis=1)
        size = 1 if decimals else inhabitants
        values = typical * size * np.exp(own + steps)
        parts.append(_in_rows(municipalities, years, values.round(decimals), _DESK, name, ""))
    return pd.concat(parts, ignore_index=True)


def _in_rows(
    municipalities: pd.DataFrame, years: range, values: np.ndarray, topic: str, name: str, unit: str
) -> pd.DataFrame:
    """Return an indicator's values, municipalities × years, with one row each."""
    return pd.DataFrame(
        {
            "municipality": np.repeat(municipalities["code"].to_numpy(), len(years)),
            "topic": topic,
            "indicator": name,
            "year": np.tile(list(years), len(municipalities)),
            "value": values.ravel(),
            "unit": unit,
            "source": "synthetic",
        }
    )
