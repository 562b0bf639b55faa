"""Who did not answer: response by group of users, and means weighted to all users."""

import numpy as np
import pandas as pd
import pytest
from by_hand import only, scored, topics_of
from made_up import answers, nation, survey
from scipy.stats import t as student

from analysis.core.settings import Disclosure
from analysis.facts import describe_service, tabulate
from analysis.facts.nonresponse import nonresponse


def described_alone(one) -> pd.DataFrame:
    return describe_service(one, nation(), thresholds=Disclosure())


def respondents(**counts: int) -> list[pd.DataFrame]:
    """Give one unit's rows with so many of each age; `unknown` gave none."""
    age = [None if value == "unknown" else value for value, n in counts.items() for _ in range(n)]
    return [answers("a", 2025, len(age), age=age)]


def groups(table: pd.DataFrame, statistic: str = "group_response") -> pd.DataFrame:
    rows = table[table["statistic"] == statistic]
    return rows.set_index(rows["category"].str.removeprefix("age="))


def wilson(k: int, n: int) -> tuple[float, float]:
    z, p = 1.959963984540054, k / n
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def test_response_and_shares_are_counted() -> None:
    rows = respondents(young=12, middle=20, old=8, unknown=3)
    table = described_alone(survey(rows, users={"young": 60, "middle": 50, "old": 10}))
    for value, n, users in (("young", 12, 60), ("middle", 20, 50), ("old", 8, 10)):
        rate = groups(table).loc[value]
        assert (rate["value"], rate["n"], rate["N"]) == (pytest.approx(n / users), n, users)
        assert (rate["low"], rate["high"]) == pytest.approx(wilson(n, users))
        among, share = (groups(table, s).loc[value] for s in ("respondents_share", "users_share"))
        assert (among["value"], among["n"], among["N"]) == (pytest.approx(n / 40), n, 40)
        assert (share["value"], share["n"]) == (pytest.approx(users / 120), 120)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"young": 20, "middle": 12, "old": 9}, set()),
        ({"young": 5, "middle": 12, "old": 9}, set()),
        ({"young": 4, "middle": 12, "old": 9}, {"young", "old"}),
        ({"young": 4, "middle": 3, "old": 9}, {"young", "middle"}),
        ({"young": 1, "middle": 2, "old": 9}, {"young", "middle", "old"}),
        ({"young": 0, "middle": 12, "old": 9}, set()),
        ({"young": 0, "middle": 3, "old": 9}, {"middle", "old"}),
        ({"young": 0, "middle": 3, "old": 1}, {"young", "middle", "old"}),
        # Few who gave it, among enough who answered: a group of none would tell them.
        ({"young": 0, "middle": 3, "old": 0, "unknown": 30}, {"young", "middle", "old"}),
    ],
)
def test_a_small_group_is_hidden_and_another_with_it(counts, hidden) -> None:
    table = described_alone(survey(respondents(**counts), users={"young": 90, "middle": 90, "old": 90}))
    for statistic in ("group_response", "respondents_share"):
        rows = groups(table, statistic)
        assert set(rows.index[rows["state"] == "suppressed"]) == hidden
        gone = rows[rows["state"] == "suppressed"]
        assert gone[["value", "low", "high", "n", "N"]].isna().all(axis=None)
    assert groups(table, "users_share")["state"].eq("measured").all()


def test_what_is_hidden_does_not_follow_from_what_is_shown() -> None:
    random = np.random.default_rng(3)
    hidden = 0
    for _ in range(40):
        counts = dict(
            zip(("young", "middle", "old", "unknown"), random.integers(0, 9, 4).tolist(), strict=True)
        )
        if not sum(counts.values()):
            continue
        one = survey(respondents(**counts), users={"young": 60, "middle": 60, "old": 60})
        rows = groups(tabulate(nonresponse(one)), "respondents_share")
        shown, gone = (rows[rows["state"].eq("suppressed") == side] for side in (False, True))
        assert not shown["n"].between(1, 4).any()
        if len(gone) and len(shown):
            assert len(gone) > 1
            assert shown["N"].iloc[0] - shown["n"].sum() >= 5
            hidden += 1
    assert hidden > 5


def test_more_answers_than_users_is_no_rate() -> None:
    table = described_alone(survey(respondents(young=12, old=20), users={"young": 10, "old": 50}))
    fact = groups(table).loc["young"]
    assert (fact["state"], fact["note"]) == ("not_measured", "more_answers_than_users")
    assert pd.isna(fact["value"])
    assert groups(table).loc["old", "value"] == pytest.approx(0.4)


def test_users_of_an_unknown_composition_give_no_weights() -> None:
    table = described_alone(survey(respondents(young=30, old=30)))
    assert not {"group_response", "users_share", "respondents_share"} & set(table["statistic"])
    rows = table[table["statistic"].isin(("weighted_mean", "design_effect"))]
    assert set(zip(rows["state"], rows["note"], strict=True)) == {("not_measured", "no_groups")}
    assert len(rows) == 4


def test_weights_need_thirty_answers_with_background() -> None:
    for n, state in ((29, "undecided"), (30, "measured")):
        rows = respondents(young=n - 10, old=10, unknown=4)
        table = described_alone(survey(rows, users={"young": 50, "old": 50}))
        assert only(table, statistic="design_effect")["state"] == state


def test_a_group_that_nobody_answered_for_leaves_the_weights_undecided() -> None:
    table = described_alone(survey(respondents(young=40), users={"young": 50, "old": 50}))
    fact = only(table, statistic="weighted_mean", topic="overall")
    assert (fact["state"], fact["note"]) == ("undecided", "no_weights")


def weighted(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """Return the weighted mean, its linearised standard error and half its interval."""
    mean = (weights * values).sum() / weights.sum()
    n = len(values)
    se = np.sqrt(n / (n - 1) * ((weights * (values - mean) / weights.sum()) ** 2).sum())
    return mean, se, student.ppf(0.975, n - 1) * se


def test_one_margin_gives_each_group_the_weight_of_its_users() -> None:
    rows = respondents(young=12, middle=20, old=10, unknown=3)
    table = described_alone(survey(rows, users={"young": 60, "middle": 50, "old": 10}))
    weight = {"young": 60 / 120 / (12 / 42), "middle": 50 / 120 / (20 / 42), "old": 10 / 120 / (10 / 42)}
    w = rows[0]["age"].map(weight).astype(float).fillna(1.0).to_numpy()
    effect = only(table, statistic="design_effect")
    assert effect.value == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2, rel=1e-6)
    assert effect.n == 45
    fact = only(table, statistic="weighted_mean", topic="dimension.staff")
    mean, se, half = weighted(rows[0]["staff_1"].to_numpy(), w)
    assert [fact.value, fact.se, fact.low, fact.high] == pytest.approx([mean, se, mean - half, mean + half])
    assert fact.n == 45


def raked(levels: pd.DataFrame, shares: dict[str, pd.Series]) -> pd.Series:
    """Give each margin in turn its users' shares until all hold: iterative proportional fitting."""
    weights = pd.Series(1.0, index=levels.index)
    for _ in range(200):
        for name, share in shares.items():
            held = weights.groupby(levels[name]).sum() / weights.sum()
            weights = weights * levels[name].map(share / held)
    return weights / weights.mean()


@pytest.mark.parametrize(("municipality", "service"), [("9903", "school"), ("9908", "kindergarten")])
def test_means_are_weighted_to_the_users_composition(described, municipality, service) -> None:
    table = described.facts(municipality, service)
    rows = scored(described.store, service, municipality=municipality, years=[2025])
    users = described.store.frame_groups(municipality=municipality, service=service, years=[2025])
    counts = users.groupby(["variable", "value"])["population"].sum()
    names = [v.id for v in described.store.questionnaire(service).background]
    shares = {name: counts[name] / counts[name].sum() for name in names}
    known = rows[names].notna().all(axis=1)
    weights = raked(rows.loc[known, names], shares).reindex(rows.index, fill_value=1.0)
    assert 0 < (~known).sum() < 0.2 * len(rows)
    for topic in topics_of(rows):
        answered = rows[topic].notna()
        mean, se, half = weighted(rows.loc[answered, topic].to_numpy(), weights[answered].to_numpy())
        fact = only(table, statistic="weighted_mean", topic=topic)
        assert [fact.value, fact.se] == pytest.approx([mean, se], rel=1e-6)
        assert [fact.low, fact.high] == pytest.approx([mean - half, mean + half], rel=1e-6)
        assert fact.n == answered.sum()
    effect = only(table, statistic="design_effect")
    assert effect.value == pytest.approx(len(rows) * (weights**2).sum() / weights.sum() ** 2, rel=1e-6)
    for name in names:
        for value, population in counts[name].items():
            fact = only(table, statistic="group_response", category=f"{name}={value}")
            n = (rows[name] == value).sum()
            assert (fact.n, fact.N, fact.value) == (n, population, pytest.approx(n / population))
