"""Scores of respondents, the 0–100 index, top and bottom box."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    NotComparable,
    NotMeasured,
    OutOfRange,
    TooFewAnswers,
    bottom_box,
    dimension_scores,
    index_0_100,
    index_se,
    top_box,
    turned,
)

PLAIN = {"a": ("care", 1, 6, False), "b": ("care", 1, 6, False), "c": ("care", 1, 6, True)}


def frame(**columns):
    return pd.DataFrame(columns).astype("Int64")


def test_a_score_is_the_mean_of_the_answered_items_with_reversed_items_turned(make_questionnaire):
    responses = frame(a=[4, 6], b=[5, None], c=[1, 3])
    scores = dimension_scores(responses, make_questionnaire(PLAIN))
    # (4 + 5 + (7 - 1)) / 3 and (6 + (7 - 3)) / 2
    assert scores["care"].tolist() == [5.0, 5.0]
    assert scores.columns.tolist() == ["care", "overall"]


def test_a_score_needs_half_of_the_items_and_half_of_three_is_two(make_questionnaire):
    responses = frame(a=[4, 4, None], b=[5, None, None], c=[None, None, None])
    scores = dimension_scores(responses, make_questionnaire(PLAIN))["care"]
    assert scores[0] == 4.5
    assert scores[1:].isna().all()


def test_a_share_that_is_met_exactly_counts_as_met(make_questionnaire):
    items = {f"i{k}": ("care", 1, 6, False) for k in range(10)}
    responses = frame(**{item: [5 if k < 3 else None] for k, item in enumerate(items)})
    score = dimension_scores(responses, make_questionnaire(items), min_answered=0.3)
    assert score["care"].tolist() == [5.0]


def test_the_overall_item_is_the_overall_score_and_part_of_no_dimension(make_questionnaire):
    items = PLAIN | {"all_in_all": (None, 1, 10, True)}
    responses = frame(a=[4, 1], b=[4, 1], c=[3, 6], all_in_all=[2, None])
    scores = dimension_scores(responses, make_questionnaire(items, overall="all_in_all"))
    assert scores["care"].tolist() == [4.0, 1.0]
    assert scores["overall"][0] == 9.0
    assert np.isnan(scores["overall"][1])


def test_without_an_overall_item_overall_is_the_mean_of_all_items(make_questionnaire):
    items = {"a": ("care", 1, 6, False), "b": ("food", 1, 6, False), "c": ("food", 1, 6, False)}
    scores = dimension_scores(frame(a=[2], b=[5], c=[5]), make_questionnaire(items))
    assert scores.loc[0].to_dict() == {"care": 2.0, "food": 5.0, "overall": 4.0}


def test_scores_keep_the_responses_index(make_questionnaire):
    responses = frame(a=[1, 2], b=[1, 2], c=[6, 5]).set_axis(["r7", "r3"])
    scores = dimension_scores(responses, make_questionnaire(PLAIN))
    assert scores["care"].to_dict() == {"r7": 1.0, "r3": 2.0}


def test_answers_that_are_floats_with_nan_score_like_nullable_integers(make_questionnaire):
    nullable = frame(a=[4, None], b=[5, 2], c=[1, 3])
    floats = nullable.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    plain = pd.DataFrame(floats, columns=["a", "b", "c"])
    questionnaire = make_questionnaire(PLAIN)
    pd.testing.assert_frame_equal(
        dimension_scores(nullable, questionnaire), dimension_scores(plain, questionnaire)
    )


def test_scoring_refuses_what_it_cannot_score(make_questionnaire):
    questionnaire = make_questionnaire(PLAIN)
    with pytest.raises(TooFewAnswers):
        dimension_scores(frame(a=[], b=[], c=[]), questionnaire)
    with pytest.raises(NotMeasured, match="c"):
        dimension_scores(frame(a=[1], b=[1]), questionnaire)
    with pytest.raises(OutOfRange, match="1 of them"):
        dimension_scores(frame(a=[1, 9], b=[1, 1], c=[1, 1]), questionnaire)
    with pytest.raises(NotComparable, match="1–5 and 1–6"):
        dimension_scores(
            frame(a=[1], b=[1]), make_questionnaire({"a": ("x", 1, 6, False), "b": ("x", 1, 5, False)})
        )
    with pytest.raises(NotMeasured, match="food"):
        dimension_scores(frame(a=[1], b=[1], c=[1]), make_questionnaire(PLAIN, dimensions=["care", "food"]))
    with pytest.raises(NotMeasured, match="all_in_all"):
        dimension_scores(frame(a=[1], b=[1], c=[1]), make_questionnaire(PLAIN, overall="all_in_all"))
    with pytest.raises(NotComparable, match="overall"):
        dimension_scores(frame(a=[1]), make_questionnaire({"a": ("overall", 1, 6, False)}))
    with pytest.raises(OutOfRange):
        dimension_scores(frame(a=[1], b=[1], c=[1]), questionnaire, min_answered=0)


def test_the_index_runs_from_0_to_100_and_takes_arrays():
    # 4.6 on 1–6 and 7.5 on 1–10 are 72: the checks of the methods' description.
    assert round(index_0_100(4.6, 1, 6)) == 72
    assert round(index_0_100(7.5, 1, 10)) == 72
    assert index_0_100(np.array([1, 6]), 1, 6).tolist() == [0.0, 100.0]
    assert index_0_100(pd.Series([3.5]), 1, 6).tolist() == [50.0]
    assert index_se(0.25, 1, 6) == 5.0
    with pytest.raises(OutOfRange):
        index_0_100(3, 6, 1)


def test_turning_twice_gives_the_answers_back():
    answers = pd.Series([1, 2, 6])
    assert turned(turned(answers, 1, 6), 1, 6).tolist() == [1, 2, 6]


def test_boxes_hold_the_two_outermost_options_on_any_scale():
    six = [1, 2, 3, 4, 5, 6, 6, None]
    assert (top_box(six, minimum=1, maximum=6).successes, top_box(six, minimum=1, maximum=6).n) == (3, 7)
    assert bottom_box(six, minimum=1, maximum=6).successes == 2
    five = pd.Series([1, 2, 3, 4, 5], dtype="Int64")
    assert top_box(five, minimum=1, maximum=5).share == 0.4
    assert bottom_box(five, minimum=1, maximum=5).share == 0.4


def test_boxes_refuse_short_scales_stray_answers_and_no_answers():
    with pytest.raises(NotComparable):
        top_box([1, 2, 3], minimum=1, maximum=3)
    with pytest.raises(OutOfRange):
        bottom_box([0, 1], minimum=1, maximum=6)
    with pytest.raises(TooFewAnswers):
        top_box([None, None], minimum=1, maximum=6)
