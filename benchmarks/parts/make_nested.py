"""Write scores of units in municipalities as a CSV: `make_nested FOLDER MUNICIPALITIES UNITS PER_UNIT`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2021, 2023, 2025)


def make_answers(municipalities: int, units: int, per_unit: int, *, seed: int = 1) -> pd.DataFrame:
    """Draw scores in thirds from 1 to 6, a third of each unit's in each of three rounds, in no order."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(municipalities * units), per_unit)
    municipality = unit // units
    year = np.tile(np.resize(YEARS, per_unit), municipalities * units)
    level = 4 + 0.2 * random.standard_normal(municipalities)[municipality]
    level += 0.25 * random.standard_normal(municipalities * units)[unit] + 0.1 * (year == YEARS[-1])
    score = np.clip(np.round(3 * (level + 1.1 * random.standard_normal(unit.size))) / 3, 1, 6)
    frame = pd.DataFrame(
        {
            "municipality": np.char.add("m", (1000 + municipality).astype(str)),
            "unit": np.char.add("u", (unit % units).astype(str)),
            "year": year,
            "score": score,
        }
    )
    return frame.sample(frac=1, random_state=seed)


if __name__ == "__main__":
    answers = make_answers(*map(int, sys.argv[2:5]))
    answers.to_csv(Path(sys.argv[1]) / "answers.csv", index=False)
