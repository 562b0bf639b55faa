"""Values that other programs computed, and data to compute them from."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.stats import dimension_scores

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / ".." / "shared"


@pytest.fixture(scope="session")
def r():
    """Numbers from R, made by r_reference.R, with the data they were made from as data frames."""
    values = json.loads((HERE / "r_reference.json").read_text(encoding="utf-8"))
    return values | {name: pd.DataFrame(values[name]) for name in ("data", "flat", "nested")}


@pytest.fixture(scope="session")
def make_questionnaire():
    """Build what scoring reads of a questionnaire from {item: (dimension, low, high, reversed)}."""

    def make(items, overall=None, dimensions=None):
        named = dict.fromkeys(dimension for dimension, *_ in items.values() if dimension)
        return SimpleNamespace(
            items=tuple(
                SimpleNamespace(id=item, dimension=dimension, minimum=low, maximum=high, reversed=turned)
                for item, (dimension, low, high, turned) in items.items()
            ),
            dimensions=tuple(SimpleNamespace(id=name) for name in dimensions or named),
            overall=overall,
        )

    return make


@pytest.fixture(scope="session")
def kansas_city(make_questionnaire):
    """Scores of the resident survey of Kansas City, and what R's packages computed from them."""
    reference = SHARED / "reference" / "kansas_city.json"
    folder = SHARED / "data" / "kansas_city_resident_survey"
    if not (reference.exists() and folder.exists()):
        pytest.skip("the folder with Kansas City's survey and R's values for it is not there")
    expected = json.loads(reference.read_text(encoding="utf-8"))
    waves = {"wave_2021_09.csv": 2021, "wave_2022_03.csv": 2022}
    answers = pd.concat(
        [pd.read_csv(folder / file).assign(year=year) for file, year in waves.items()], ignore_index=True
    )
    items = {item: (s, 1, 5, False) for s in ("police", "fire", "streets") for item in expected[s]["items"]}
    # 9 is don't know.
    answers[list(items)] = answers[list(items)].where(answers[list(items)].isin(range(1, 6))).astype("Int64")
    scores = dimension_scores(answers, make_questionnaire(items))
    return SimpleNamespace(answers=answers.join(scores), expected=expected)
