"""What every statistic does with the columns it is given."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.errors import StatisticsError
from analysis.stats import errors
from analysis.stats.errors import NotMeasured, OutOfRange
from analysis.stats.frames import complete_rows, float_array, group_moments


def test_rows_come_back_complete_sorted_and_in_plain_types():
    frame = pd.DataFrame({"unit": ["b", None, "a"], "score": [2, 3, 1], "other": [0, 0, 0]})
    rows = complete_rows(frame.convert_dtypes(), ["unit", "score"])
    assert rows.to_dict("list") == {"unit": ["a", "b"], "score": [1, 2]}
    assert rows["score"].dtype == np.int64


def test_a_missing_column_is_named_with_the_nearest_one():
    with pytest.raises(NotMeasured, match="did you mean 'safety'"):
        complete_rows(pd.DataFrame({"safety": [1]}), ["saftey"])


def test_an_infinite_number_is_refused():
    with pytest.raises(OutOfRange, match="infinite"):
        complete_rows(pd.DataFrame({"score": [1.0, np.inf]}), ["score"])


def test_equal_values_have_a_variance_of_exactly_zero():
    rows = pd.DataFrame({"unit": ["a"] * 7, "score": [4.1] * 7})
    assert group_moments(rows, ["unit"], "score").at[0, "variance"] == 0.0


def test_null_of_any_kind_becomes_nan():
    for column in ([1, None], pd.array([1, pd.NA], dtype="Int64"), pd.Series([1, np.nan]), [1, pd.NA]):
        assert np.isnan(float_array(column)).tolist() == [False, True]


def test_every_refusal_is_a_statistics_error_with_a_sentence_of_its_own():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind is not StatisticsError]
    assert len(kinds) == 11
    assert all(issubclass(kind, StatisticsError) and kind.__doc__ for kind in kinds)
    assert len({kind.__doc__ for kind in kinds}) == len(kinds)
