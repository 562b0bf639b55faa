"""Surveys with next to nothing in them: every fact has a reason, every block is there, no one is seen."""

import re

import numpy as np
import pandas as pd
import pytest
from thin_survey import ITEMS, Thin, answers, show_all

from analysis.facts.table import NUMBERS

PLENTY = (answers("a", 2023, 40), answers("b", 2023, 35, seed=2), answers("a", 2025, 42, seed=3))
PLENTY = (*PLENTY, answers("b", 2025, 38, seed=4))
NOBODY_KNOWS = answers("a", 2025, 12).assign(**dict.fromkeys(ITEMS, np.nan))
CASES = {
    "no answers at all": Thin(()),
    "no answers and no units": Thin((), units=()),
    "nobody has a view": Thin((NOBODY_KNOWS,)),
    "one answer": Thin((answers("a", 2025, 1),)),
    "one answer a round": Thin((answers("a", 2023, 1), answers("a", 2025, 1))),
    "one answered item": Thin((answers("a", 2025, 1).assign(**dict.fromkeys(ITEMS[1:], np.nan)),)),
    "all the same answer": Thin(tuple(answers(u, y, 20, always=4) for u in "ab" for y in (2023, 2025))),
    "all the best answer": Thin(tuple(answers(u, y, 20, always=6) for u in "ab" for y in (2023, 2025))),
    "one unit only": Thin((PLENTY[0], PLENTY[2]), units=("a",)),
    "one unit of two answered": Thin((PLENTY[0], PLENTY[2])),
    "one round only": Thin(PLENTY[2:]),
    "one round asked for": Thin(PLENTY[2:], years=(2025,)),
    "an earlier round only": Thin(PLENTY[:2]),
    "one unit and one round": Thin(PLENTY[2:3], units=("a",), years=(2025,)),
    "an item without answers": Thin(tuple(rows.assign(staff_2=np.nan) for rows in PLENTY)),
    "overall not answered": Thin(tuple(rows.assign(all_in_all=np.nan) for rows in PLENTY)),
    "few in every unit": Thin(tuple(answers(u, y, 7) for u in "ab" for y in (2023, 2025))),
}


def written(blocks) -> str:
    """Return all words and numbers of the blocks."""
    return "\n".join(
        block if isinstance(block, str) else "\n".join((block.markdown, block.html, block.plain))
        for block in blocks.values()
    )


#: Blocks that have nothing to say where nothing is the matter.
SILENT = {
    "service.order-check",
    *(
        f"municipality.{name}"
        for name in ("followed", "comparison-group", "costs-words", "costs-table", "costs-peers")
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_fact_is_measured_or_says_why_not(case) -> None:
    facts = CASES[case].facts()
    assert facts["fact_id"].is_unique
    gone = facts["state"].ne("measured")
    assert facts.loc[~gone, "value"].notna().all()
    assert facts.loc[facts["state"].isin(("suppressed", "not_measured")), list(NUMBERS)].isna().all(axis=None)
    # The statistics that a report is made of are there in every case, with a number or a reason.
    last = facts[
        facts["topic"].eq("overall") & facts["unit"].eq("") & facts["year"].eq(max(CASES[case].years))
    ]
    assert {"mean", "index", "change", "national_difference", "variance_unit"} <= set(last["statistic"])
    assert {"respondents", "response_rate", "suppressed_facts"} <= set(facts["statistic"])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("language", "nation", "report"), [("nb", True, True), ("en", False, False)])
def test_every_cell_of_the_notebooks_shows_something(case, language, nation, report, tmp_path) -> None:
    thin = Thin(CASES[case].rows, CASES[case].units, CASES[case].years, nation)
    blocks = show_all(thin.facts(), thin.labels(language), tmp_path if report else None)
    assert len(blocks) > 20
    for name, block in blocks.items():
        text = block.markdown if report else block.html
        assert text.strip() or name in SILENT, f"{name} shows nothing"
        assert block.report == report
    words = re.sub(r"<svg.*?</svg>", "", written(blocks), flags=re.S)
    assert not re.search(r"\b(nan|NaN|None|NaT|<NA>|inf)\b", words)
    # Figures that the text names are there, in both of their forms.
    for picture in re.findall(r"!\[\]\((figures/[\w-]+)\)", words):
        assert (tmp_path / f"{picture}.svg").stat().st_size > 0
        assert (tmp_path / f"{picture}.png").stat().st_size > 0


def outcome(thin: Thin, folder) -> tuple[pd.DataFrame, str, dict[str, bytes]]:
    """Return all that leaves: facts, words, figures."""
    facts = thin.facts()
    folder.mkdir()
    blocks = show_all(facts, thin.labels("nb"), folder)
    figures = {path.name: path.read_bytes() for path in sorted(folder.rglob("*.*"))}
    return facts, written(blocks), figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # What one person answered, and what another might have.
        ((answers("a", 2025, 1, always=2),), (answers("a", 2025, 1, always=5),)),
        # Four who agree, four who do not, and one alone.
        ((answers("a", 2025, 4, always=3),), (answers("a", 2025, 4),)),
        ((answers("a", 2025, 4, always=3),), (answers("a", 2025, 1),)),
        # The few of an earlier round beside the many of this one.
        ((answers("a", 2023, 2, always=2), *PLENTY[2:]), (answers("a", 2023, 4), *PLENTY[2:])),
        # Twenty who all say the same, whatever that is.
        ((answers("a", 2025, 20, always=2),), (answers("a", 2025, 20, always=5),)),
        ((answers("a", 2025, 20, always=1),), (answers("a", 2025, 20, always=6),)),
    ],
    ids=["one answer", "four answers", "how few", "few before", "all alike", "all at an end"],
)
def test_what_is_hidden_changes_nothing_that_is_shown(one, other, tmp_path) -> None:
    facts, words, figures = outcome(Thin(one), tmp_path / "one")
    again, other_words, other_figures = outcome(Thin(other), tmp_path / "other")
    pd.testing.assert_frame_equal(facts, again)
    assert words == other_words
    assert figures == other_figures
