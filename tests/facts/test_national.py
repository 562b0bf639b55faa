"""The national picture is what the rows say, and it finds what was planted in them."""

import weakref

import numpy as np
import pandas as pd
import pytest
from by_hand import ROUNDING, only, scored, shapley, topics_of
from made_up import TOPICS, answers, questionnaire
from scipy import optimize

from analysis.demo import profiles, read_truth
from analysis.facts import describe_country, gather, grouped
from analysis.facts.national import shown_groups

SERVICES = ("kindergarten", "school", "nursing-home", "building-permits")
#: E of the square of a standard normal that is cut at its 10th and 90th percentile, c = 1.2816:
#: 0.8 − 2cφ(c) + 0.2c², as docs/methods/expected-range.md has it.
CUT_SQUARE = 0.6787


def of_municipalities(scores: pd.Series, places: pd.Series) -> pd.DataFrame:
    """Return n, mean and variance of every municipality with five answers."""
    found = scores.groupby(places).agg(["count", "mean", "var"])
    return found[found["count"] >= 5]


def same(value: float, exact: float) -> bool:
    return value == round(value, 3) and abs(value - exact) <= ROUNDING


def country_of(rows, year: int = 2025, **asked):
    peers = {f"99{i:02d}": "1" for i in range(1, 30)}
    return gather(pd.concat(rows), questionnaire(**asked), year=year, peers=grouped(peers))


def small_country(places: int, **asked):
    rows = [
        answers(f"u{i}", 2025, 30, municipality=f"99{i:02d}", seed=i, overall=np.tile([2, 4, 5], 10))
        for i in range(1, places + 1)
    ]
    return country_of(rows, **asked)


@pytest.mark.parametrize("service", ["school", "building-permits"])
def test_the_national_mean_counts_each_municipality_once(described, service) -> None:
    national = described.national(service)
    rows = scored(described.store, service)
    for year in (2021, 2023, 2025):
        now = rows[rows["year"] == year]
        for topic in topics_of(rows):
            by_place = of_municipalities(now[topic], now["municipality"])
            fact = only(national, statistic="mean", topic=topic, year=year)
            assert same(fact.value, by_place["mean"].mean())
            assert same(fact.se, np.sqrt((by_place["var"] / by_place["count"]).sum()) / len(by_place))
            assert (fact.n, fact.N) == (by_place["count"].sum(), len(by_place))


def test_the_mean_of_peers_is_that_of_their_municipalities(described) -> None:
    national = described.national("kindergarten")
    rows = scored(described.store, "kindergarten")
    group = rows["municipality"].map(described.store.municipalities().set_index("code")["peer_group"])
    for (peers, year), part in rows.groupby([group, "year"]):
        for topic in ("overall", "dimension.information"):
            by_place = of_municipalities(part[topic], part["municipality"])
            fact = only(national, statistic="peer_mean", category=peers, topic=topic, year=year)
            assert same(fact.value, by_place["mean"].mean())
            assert len(by_place) == fact.N


def test_a_municipality_with_fewer_than_five_answers_does_not_count() -> None:
    rows = [answers(f"u{i}", 2025, 12, municipality=f"990{i}", overall=[3, 5] * 6) for i in range(1, 5)]
    few = answers("u5", 2025, 4, municipality="9905", overall=1)
    enough = answers("u6", 2025, 5, municipality="9906", overall=[4, 4, 4, 4, 2])
    national = describe_country([country_of([*rows, few, enough])])
    assert only(national, statistic="adjusted_mean", topic="overall").N == 5
    assert set(national.loc[national["statistic"] == "sd_within", "N"]) == {5}
    fact = only(national, statistic="mean", topic="overall")
    assert fact.N == 5
    assert fact.n == 4 * 12 + 5
    assert fact.value == pytest.approx((4 * 4.0 + 3.6) / 5)


def test_where_means_are_shown_from_more_answers_fewer_count_in_no_national_figure() -> None:
    rows = [answers(f"u{i}", 2025, 12, municipality=f"990{i}", overall=[3, 5] * 6) for i in range(1, 6)]
    rows.append(answers("u6", 2025, 9, municipality="9906", overall=1))
    codes = {f"990{i}": "1" for i in range(1, 7)}
    asked = {"year": 2025, "peers": grouped(codes)}
    country = gather(pd.concat(rows), questionnaire(), shown_from=10, **asked)
    national = describe_country([country])
    means = national[national["statistic"].isin(["mean", "peer_mean", "adjusted_mean"])]
    assert set(means.loc[means["topic"].eq("overall") & means["state"].eq("measured"), "N"]) == {5}
    # Below five none counts, whatever a batch shows.
    assert gather(pd.concat(rows), questionnaire(), shown_from=2, **asked).minimum_answers == 5


def test_every_national_figure_is_saved_with_three_decimals(described) -> None:
    for service in SERVICES:
        numbers = described.national(service)[["value", "se", "low", "high"]]
        assert (numbers.isna() | (numbers == numbers.round(3))).all(axis=None)


def test_there_is_no_national_picture_of_as_few_municipalities_as_the_minimum() -> None:
    three = describe_country([small_country(3)], minimum_municipalities=3)
    assert not three["state"].eq("measured").any()
    assert three["value"].isna().all()
    assert not three["statistic"].isin(("share", "casemix_beta", "importance")).any()
    means = three[three["statistic"].isin(("mean", "peer_mean", "theta", "tau"))]
    assert set(zip(means["state"], means["note"], strict=True)) == {
        ("not_comparable", "no_other_municipalities")
    }
    four = describe_country([small_country(4)], minimum_municipalities=3)
    assert only(four, statistic="mean", topic="overall")["state"] == "measured"


def test_a_peer_group_of_as_few_as_the_minimum_has_no_mean() -> None:
    country = small_country(12)
    peers = {f"99{i:02d}": "aaabbbbccccc"[i - 1] for i in range(1, 13)}
    national = describe_country([gather(country.responses, questionnaire(), year=2025, peers=grouped(peers))])
    a, b, c = (only(national, statistic="peer_mean", topic="overall", category=c) for c in "abc")
    assert (a["state"], a["note"]) == ("not_comparable", "no_other_municipalities")
    # Three follow from all and the other two groups: the next smallest group is hidden with them.
    assert b["state"] == "not_comparable"
    assert (c["state"], c["N"]) == ("measured", 5)
    two = {place: "b" if group == "a" else group for place, group in peers.items()}
    national = describe_country([gather(country.responses, questionnaire(), year=2025, peers=grouped(two))])
    rows = national[(national["statistic"] == "peer_mean") & (national["topic"] == "overall")]
    assert rows["state"].eq("measured").all()


def test_quartiles_and_shares_are_counted(described) -> None:
    national = described.national("school")
    rows = described.store.responses("school", years=[2025])
    overall = described.store.questionnaire("school").overall
    means = of_municipalities(rows[overall], rows["municipality"])["mean"]
    for percent in (25, 50, 75):
        fact = only(national, statistic="quartile", topic="overall", category=str(percent))
        assert same(fact.value, np.quantile(means, percent / 100))
    assert not describe_country([small_country(8)])["statistic"].eq("quartile").any()
    n = rows["wellbeing_3"].count()
    for answer in range(1, 7):
        fact = only(national, statistic="share", topic="item.wellbeing_3", category=str(answer))
        p, z = (rows["wellbeing_3"] == answer).sum() / n, 1.959964
        middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        assert same(fact.value, p)
        assert same(fact.low, (middle - half) / (1 + z**2 / n))
        assert same(fact.high, (middle + half) / (1 + z**2 / n))
        assert (fact.n, fact.N) == (n, 24)


def within_units(rows: pd.DataFrame, topic: str, names: list[str], references: dict[str, str]):
    """Regress a topic on background between users of the same unit: β, their errors, and the centre."""
    complete = rows.dropna(subset=[topic, *names])
    levels = [(v, level) for v in names for level in sorted(complete[v].unique()) if level != references[v]]
    x = pd.DataFrame({f"{v}={level}": (complete[v] == level).astype(float) for v, level in levels})
    own = complete["unit"]
    y = complete[topic] - complete[topic].groupby(own).transform("mean")
    centred = x - x.groupby(own).transform("mean")
    beta, left, *_ = np.linalg.lstsq(centred.to_numpy(), y.to_numpy(), rcond=None)
    variance = left[0] / (len(y) - own.nunique() - len(beta))
    errors = np.sqrt(variance * np.diag(np.linalg.inv(centred.T @ centred)))
    return pd.DataFrame({"beta": beta, "se": errors, "centre": x.mean()}, index=x.columns)


@pytest.mark.parametrize("service", ["school", "nursing-home"])
def test_case_mix_is_what_users_of_the_same_unit_differ_by_and_the_means_are_adjusted_by_it(
    described, service
) -> None:
    national = described.national(service)
    rows = scored(described.store, service, years=[2025])
    names = [v.id for v in described.store.questionnaire(service).background if v.casemix]
    group = rows["municipality"].map(described.store.municipalities().set_index("code")["peer_group"])
    for topic in ("overall", topics_of(rows)[2]):
        effects = national[(national["statistic"] == "casemix_beta") & (national["topic"] == topic)]
        references = dict(c.split("=") for c in effects.loc[effects["note"] == "reference", "category"])
        assert references == {v: rows[v].value_counts().index[0] for v in names}
        found = within_units(rows, topic, names, references)
        for term, row in found.iterrows():
            effect = only(effects, category=term)
            centre = only(national, statistic="casemix_centre", topic=topic, category=term)
            assert same(effect.value, row["beta"])
            assert same(effect.se, row["se"])
            assert same(centre.value, row["centre"])
            assert centre.scale == "share"
        rounded = found.round(3)
        shift = sum(
            rounded.at[term, "beta"] * ((rows[term.split("=")[0]] == term.split("=")[1]) - row["centre"])
            for term, row in rounded.iterrows()
        )
        # Who left a question on background open counts with the score as it is.
        even = rows[topic] - shift.where(rows[names].notna().all(axis=1), 0.0)
        by_place = of_municipalities(even, rows["municipality"])
        fact = only(national, statistic="adjusted_mean", topic=topic)
        assert same(fact.value, by_place["mean"].mean())
        assert same(fact.se, np.sqrt((by_place["var"] / by_place["count"]).sum()) / len(by_place))
        peers = of_municipalities(even[group == "3"], rows["municipality"])
        fact = only(national, statistic="adjusted_peer_mean", topic=topic, category="3")
        assert same(fact.value, peers["mean"].mean())


def test_planted_effects_of_background_are_found(country, described) -> None:
    truth = read_truth(country)
    pairs = []
    for service in SERVICES:
        planted = truth.parameters[service]["case_mix"]
        national = described.national(service)
        effects = national[national["statistic"] == "casemix_beta"]
        reference = dict(c.split("=") for c in effects.loc[effects["note"] == "reference", "category"])
        for row in effects[effects["note"] != "reference"].itertuples():
            variable, level = row.category.split("=")
            wanted = planted[variable][level] - planted[variable][reference[variable]]
            # An answer of 6 cannot rise: up to a fourth of an effect is lost in cutting to the scale.
            ends = sorted((0.75 * wanted, wanted))
            assert ends[0] - 3 * row.se <= row.value <= ends[1] + 3 * row.se, (service, row.topic, level)
            pairs.append((wanted, row.value, row.se))
    wanted, found, se = np.array(pairs).T
    slope = (wanted * found / se**2).sum() / (wanted**2 / se**2).sum()
    assert 0.8 < slope < 1.0


def winsorised(y: np.ndarray, s: np.ndarray, tau: float) -> float:
    z = (y - y.mean()) / np.sqrt(s**2 + tau**2)
    low, high = np.percentile(z, [10, 90])
    return np.mean(np.minimum(np.maximum(z, low), high) ** 2)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["unit", "municipality"])
def test_spread_solves_the_equation_of_the_methods(described, service, kind) -> None:
    national = described.national(service)
    rows = scored(described.store, service, years=[2025])
    for topic in topics_of(rows):
        own = of_municipalities(rows[topic], rows[kind])
        n, variance = own["count"].to_numpy(), own["var"].to_numpy()
        within = np.sqrt(((n - 1) * variance).sum() / (n - 1).sum())
        s = np.where((n >= 10) & (variance > 0), np.sqrt(variance), within) / np.sqrt(n)
        y, wanted = own["mean"].to_numpy(), CUT_SQUARE * (len(own) - 1) / len(own)
        tau = 0.0
        if winsorised(y, s, 0.0) > wanted:
            tau = optimize.bisect(lambda t: winsorised(y, s, t) - wanted, 0, 3)  # noqa: B023
        facts = {
            name: only(national, statistic=name, topic=topic, category=kind)
            for name in ("theta", "tau", "sd_within")
        }
        assert same(facts["theta"].value, y.mean())
        assert facts["tau"].value == pytest.approx(tau, abs=0.001)
        assert same(facts["sd_within"].value, within)
        assert {fact.N for fact in facts.values()} == {len(own)}


def test_the_spread_is_near_the_planted_one(described) -> None:
    place = profiles.MUNICIPALITY_SD**2 + profiles.MUNICIPALITY_DIMENSION_SD**2 + 2 * profiles.DRIFT_SD**2
    unit = profiles.UNIT_SD**2 + profiles.UNIT_DIMENSION_SD**2
    for service in SERVICES:
        table = described.national(service)
        table = table[(table["statistic"] == "tau") & table["topic"].str.startswith("dimension.")]
        found = table.groupby("category")["value"].mean()
        # Cut to the scale, about nine tenths are left; who the users are, and what is planted, adds to it.
        assert 0.8 * np.sqrt(unit + place) < found["unit"] < 1.2 * np.sqrt(unit + place)
        assert 0.65 * np.sqrt(unit / 7 + place) < found["municipality"] < 1.3 * np.sqrt(unit / 7 + place)


def test_fewer_than_twenty_places_leave_the_spread_undecided() -> None:
    national = describe_country([small_country(19)])
    for name in ("theta", "tau"):
        fact = only(national, statistic=name, topic="overall", category="municipality")
        assert (fact["state"], fact["note"]) == ("undecided", "few_units")
    assert (
        only(describe_country([small_country(20)]), statistic="tau", topic="overall", category="unit").N == 20
    )


def test_importance_is_the_shapley_share_of_what_the_dimensions_explain(described) -> None:
    national = described.national("building-permits")
    rows = scored(described.store, "building-permits", years=[2025])
    shares = shapley(rows, "overall", topics_of(rows)[1:])
    assert shares.sum() == pytest.approx(1)
    complete = rows[topics_of(rows)].notna().all(axis=1)
    for topic, share in shares.items():
        fact = only(national, statistic="importance", topic=topic)
        assert same(fact.value, share)
        assert fact.low < fact.value < fact.high
        assert (fact.n, fact.N) == (complete.sum(), rows.loc[complete, "unit"].nunique())


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_planted_to_count_most_is_found_to(country, described, service) -> None:
    planted = pd.Series(read_truth(country).parameters[service]["weights_in_satisfaction"])
    national = described.national(service)
    found = national[national["statistic"] == "importance"].set_index("topic")["value"]
    found.index = found.index.str.removeprefix("dimension.")
    assert planted[found.idxmax()] == planted.max()
    # What all dimensions of a person have in common evens the shares out: small weights are not told apart.
    assert planted[found.index].corr(found, method="spearman") > 0.3


def test_nothing_explains_an_overall_score_that_is_their_own_mean() -> None:
    assert "importance" not in set(describe_country([small_country(8, overall=False)])["statistic"])
    assert "importance" in set(describe_country([small_country(8)])["statistic"])


def test_a_questionnaire_without_adjusters_has_no_case_mix() -> None:
    statistics = set(describe_country([small_country(8, casemix=False)])["statistic"])
    assert not {"casemix_beta", "casemix_centre", "adjusted_mean", "adjusted_peer_mean"} & statistics


def test_rounds_are_let_go_as_the_next_are_made() -> None:
    made: list[weakref.ref] = []

    def rounds():
        for year in (2019, 2021, 2023, 2025):
            # The one before may still be held while this one is made, those before it not.
            assert [ref() for ref in made[:-1]] == [None] * len(made[:-1])
            country = country_of([answers(f"u{i}", year, 9, municipality=f"990{i}") for i in range(6)], year)
            made.append(weakref.ref(country))
            yield country
            del country

    national = describe_country(rounds())
    assert set(national.loc[national["statistic"] == "mean", "year"]) == {2019, 2021, 2023, 2025}
    assert set(national.loc[national["statistic"] == "theta", "year"]) == {2025}
    assert set(national["topic"]) >= set(TOPICS)


def test_groups_may_overlap_and_each_has_the_mean_of_its_own_municipalities() -> None:
    country = small_country(12)
    codes = [f"99{i:02d}" for i in range(1, 13)]
    groups = {"nearest.9901": codes[:5], "nearest.9902": codes[1:7]}
    national = describe_country([gather(country.responses, questionnaire(), year=2025, peers=groups)])
    rows = country.municipality_moments
    rows = rows[rows["topic"] == "overall"].set_index("municipality")["mean"]
    for name, members in groups.items():
        fact = only(national, statistic="peer_mean", topic="overall", category=name)
        assert fact.value == pytest.approx(rows[members].mean(), abs=0.0006)
        assert len(members) == fact.N


def test_beside_an_overlapping_group_the_rest_must_be_large_enough_too() -> None:
    rows = pd.DataFrame({"municipality": [f"m{i}" for i in range(10)]})
    many, some = [f"m{i}" for i in range(8)], [f"m{i}" for i in range(5)]
    assert shown_groups(rows, {"a": many, "b": some, "c": ["m1", "m2"]}, 3) == {"b"}
    every = rows["municipality"].tolist()
    assert shown_groups(rows, {"a": every, "b": some}, 3) == {"a", "b"}
