"""The ordinal check changes a verdict only where the two methods disagree, and shows its model."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import benjamini_hochberg, holm
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.facts import Fact
from analysis.facts.order import with_ordinal_check

CHANGE = Fact(
    statistic="change", municipality="9901", service="library", year=2025, against="year.2023",
    value=0.3, se=0.1, low=0.1, high=0.5, level=0.95, n=60, p=0.003, p_adjusted=0.006, scale="1-6",
    verdict="higher", method="welch",
)  # fmt: skip
SAME = (np.repeat([3.0, 4, 5], 20), np.repeat([3.0, 4, 5], 20))
UP = (np.repeat([2.0, 3, 4], 20), np.repeat([4.0, 5, 6], 20))
#: Most answer one higher, some fall to the bottom: nothing in the mean, much in the order.
ORDER_ONLY = (np.array([4.0] * 50 + [3.0] * 10), np.array([5.0] * 36 + [4.0] * 8 + [1.0] * 16))


def uncertain(fact: Fact, value: float = 0.0) -> Fact:
    return replace(fact, value=value, p=0.8, p_adjusted=0.8, verdict="no_certain_change")


def family(*topics: str) -> list[Fact]:
    return [replace(CHANGE, topic=topic) for topic in topics]


def test_a_shared_verdict_stands_and_no_model_is_shown() -> None:
    facts = [*family("a"), uncertain(replace(CHANGE, topic="b"))]
    assert with_ordinal_check(facts, [UP, SAME], "ordinal_change") == facts


def test_an_order_that_says_more_than_the_mean_makes_the_verdict_depend_on_the_method() -> None:
    quiet = uncertain(replace(CHANGE, topic="a"), -0.03)
    checked, model = with_ordinal_check([quiet], [ORDER_ONLY], "ordinal_change")
    assert checked == replace(quiet, verdict="depends_on_method")
    assert (model.statistic, model.scale, model.method) == ("ordinal_change", "log-odds", "cumulative_logit")
    assert (model.verdict, model.n, model.against) == ("higher", quiet.n, quiet.against)


def test_an_order_that_says_less_than_the_mean_does_so_too() -> None:
    checked, model = with_ordinal_check(family("a"), [SAME], "ordinal_change")
    assert checked.verdict == "depends_on_method"
    assert checked.value == CHANGE.value
    assert model.verdict == "no_certain_change"
    assert model.value == pytest.approx(0, abs=1e-6)


def test_opposite_directions_are_a_disagreement() -> None:
    downwards = replace(CHANGE, value=-0.3, verdict="lower")
    checked, *models = with_ordinal_check([downwards], [UP], "ordinal_change")
    assert checked.verdict == "depends_on_method"
    assert len(models) <= 1


def test_the_model_is_the_cumulative_logit_of_the_two_groups() -> None:
    quiet = uncertain(replace(CHANGE, topic="a"))
    _, model = with_ordinal_check([quiet], [ORDER_ONLY], "ordinal_change")
    score = np.concatenate(ORDER_ONLY)
    group = np.repeat([0.0, 1.0], [len(side) for side in ORDER_ONLY])
    fit = OrderedModel(score, group[:, None], distr="logit").fit(method="newton", disp=False)
    assert model.value == pytest.approx(fit.params[0], abs=1e-5)
    assert model.se == pytest.approx(fit.bse[0], rel=1e-3)
    z = stats.norm.ppf(0.975)
    assert [model.low, model.high] == pytest.approx([model.value - z * model.se, model.value + z * model.se])
    assert model.p == pytest.approx(2 * stats.norm.sf(abs(model.value / model.se)))


def rank_p(before: np.ndarray, after: np.ndarray) -> float:
    return stats.mannwhitneyu(after, before, use_continuity=False, method="asymptotic").pvalue


@pytest.mark.parametrize(("adjust", "by_hand"), [("bh", benjamini_hochberg), ("holm", holm)])
def test_the_models_p_is_adjusted_over_the_family_like_the_means(adjust, by_hand) -> None:
    facts = [uncertain(f) for f in family("a", "b", "c")]
    fewer = tuple(side[::2] for side in ORDER_ONLY)
    pairs = [SAME, ORDER_ONLY, fewer]
    *_, more, less = with_ordinal_check(facts, pairs, "ordinal_change", adjust=adjust)
    assert (more.topic, less.topic) == ("b", "c")
    assert more.p < less.p < 0.01
    wanted = by_hand([rank_p(*SAME), more.p, less.p])
    assert [more.p_adjusted, less.p_adjusted] == pytest.approx(list(wanted[1:]), rel=1e-9, abs=0)


def test_what_was_not_tested_is_left_as_it_is_and_counts_in_no_family() -> None:
    hidden = replace(CHANGE, topic="a").missing("suppressed")
    few = replace(CHANGE, topic="b", p=None, p_adjusted=None, verdict="", state="undecided", note="few")
    assert with_ordinal_check([hidden, few], [ORDER_ONLY, UP], "ordinal_change") == [hidden, few]
    quiet = uncertain(replace(CHANGE, topic="c"))
    alone = with_ordinal_check([quiet], [ORDER_ONLY], "ordinal_change")
    assert with_ordinal_check([hidden, few, quiet], [UP, UP, ORDER_ONLY], "ordinal_change") == [
        hidden, few, *alone
    ]  # fmt: skip


def test_no_fact_is_no_family() -> None:
    assert with_ordinal_check([], [], "ordinal_change") == []


def test_units_are_above_and_below() -> None:
    unit = replace(
        CHANGE, statistic="unit_difference", unit="u", topic="overall", against="other_units",
        value=0.0, p=0.9, p_adjusted=0.9, verdict="no_certain_difference",
    )  # fmt: skip
    _, model = with_ordinal_check([unit], [ORDER_ONLY], "ordinal_difference", adjust="holm")
    assert (model.statistic, model.verdict, model.unit) == ("ordinal_difference", "above", "u")
    down = (6 - ORDER_ONLY[0], 6 - ORDER_ONLY[1])
    assert with_ordinal_check([unit], [down], "ordinal_difference")[1].verdict == "below"


def test_groups_wholly_apart_have_no_model_and_the_rank_test_stands() -> None:
    quiet = uncertain(replace(CHANGE, topic="a"))
    apart = (np.repeat([1.0, 2.0], 20), np.repeat([5.0, 6.0], 20))
    checked = with_ordinal_check([quiet], [apart], "ordinal_change")
    assert [f.verdict for f in checked] == ["depends_on_method"]
