"""Changes between rounds, against R's t.test and p.adjust."""

import pandas as pd
import pytest

from analysis.stats import (
    NotComparable,
    NotMeasured,
    NoVariation,
    TooFewAnswers,
    TooFewRounds,
    between_rounds,
    detectable_difference,
)


def rounds_of(**units):
    rows = [
        (unit, year, score) for unit, years in units.items() for year, ss in years.items() for score in ss
    ]
    return pd.DataFrame(rows, columns=["unit", "year", "score"])


def test_changes_of_units_are_rs_welch_tests_with_its_adjustment(r):
    three = r["data"].query("unit != 'west'")
    ours = between_rounds(three, "score", "year", "unit").table
    for found, expected in zip(ours.to_dict("records"), r["welch"], strict=True):
        assert (found["unit"], found["from_year"], found["to_year"]) == (expected["unit"], 2025, 2026)
        for name in ("difference", "se", "df", "low", "high", "p"):
            assert found[name] == pytest.approx(expected[name], rel=1e-8, abs=1e-10), name
    assert list(ours["p_bh"]) == pytest.approx(r["welch_bh"], rel=1e-8)


def test_the_detectable_change_rests_on_both_rounds_spread():
    frame = rounds_of(a={2025: [1, 2, 3, 4], 2026: [2, 4, 6]})
    row = between_rounds(frame, "score", "year").table.loc[0]
    # Pooled variance: (3 · 5/3 + 2 · 4) / 5
    assert row["detectable"] == pytest.approx(detectable_difference(4, 3, (13 / 5) ** 0.5))


def test_several_scores_are_one_family_with_a_row_each(r):
    frame = r["data"].assign(other=lambda d: 7 - d["score"])
    both = between_rounds(frame, ["score", "other"], "year").table
    one = between_rounds(frame, "score", "year").table
    assert list(both["score"]) == ["score", "other"]
    assert both["difference"][1] == pytest.approx(-both["difference"][0])
    # Two equal p values in one family: Benjamini and Hochberg leave them as they are.
    assert list(both["p_bh"]) == pytest.approx([one["p"][0]] * 2)


def test_the_earlier_round_is_the_groups_own_latest():
    frame = rounds_of(
        steady={2023: [1, 2, 3], 2025: [2, 3, 4], 2026: [3, 4, 6]}, away={2023: [1, 2, 2], 2026: [4, 5, 5]}
    )
    table = between_rounds(frame, "score", "year", "unit").table.set_index("unit")
    assert table["from_year"].to_dict() == {"away": 2023, "steady": 2025}
    named = between_rounds(frame, "score", "year", "unit", rounds=(2023, 2026)).table
    assert set(named["from_year"]) == {2023}


def test_comparisons_that_cannot_be_made_are_named_with_their_reason():
    frame = rounds_of(
        whole={2025: [3, 4, 5], 2026: [4, 5, 6]},
        new={2026: [4, 5, 6]},
        closed={2024: [4, 5], 2025: [4, 5]},
        tiny={2025: [3, 4], 2026: [5]},
        flat={2025: [4.1, 4.1], 2026: [4.1, 4.1]},
    )
    found = between_rounds(frame, "score", "year", "unit")
    assert list(found.table["unit"]) == ["whole"]
    assert found.left_out.set_index("unit")["reason"].to_dict() == {
        "new": "no_earlier_round",
        "closed": "not_in_round",
        "tiny": "too_few_answers",
        "flat": "no_variation",
    }
    assert not found.table.isna().any(axis=None)


def test_a_score_not_asked_in_the_last_round_reports_no_old_change():
    frame = rounds_of(a={2024: [1, 2, 3], 2025: [2, 3, 4], 2026: [3, 4, 6]})
    frame["dropped"] = frame["score"].where(frame["year"] < 2026)
    found = between_rounds(frame, ["score", "dropped"], "year")
    assert list(found.table["score"]) == ["score"]
    assert found.left_out[["score", "reason"]].values.tolist() == [["dropped", "not_in_round"]]


def test_a_change_refuses_what_it_cannot_test():
    with pytest.raises(TooFewAnswers):
        between_rounds(rounds_of(), "score", "year")
    with pytest.raises(TooFewRounds):
        between_rounds(rounds_of(a={2026: [1, 2, 3]}), "score", "year", "unit")
    with pytest.raises(TooFewAnswers):
        between_rounds(rounds_of(a={2025: [1, 2], 2026: [3]}), "score", "year")
    with pytest.raises(NoVariation):
        between_rounds(rounds_of(a={2025: [3, 3], 2026: [4, 4]}), "score", "year")
    with pytest.raises(NotMeasured, match="did you mean 'score'"):
        between_rounds(rounds_of(a={2025: [3, 3]}), "scores", "year")
    with pytest.raises(NotComparable):
        between_rounds(rounds_of(a={2025: [3, 3]}), "score", "year", rounds=(2026, 2025))
    with pytest.raises(NotComparable):
        between_rounds(rounds_of(a={2025: [3, 3]}), [], "year")


def test_changes_print_as_their_table(r):
    changes = between_rounds(r["data"], "score", "year")
    assert "difference" in str(changes)
    assert "<table" in changes._repr_html_()
