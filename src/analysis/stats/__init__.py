"""Scores, intervals and comparisons: a data frame or column in, a frozen result out.

Functions called like their module (`expected_range`, `funnel`, `overdispersion`) are imported from it.
"""

from __future__ import annotations

from analysis.stats.casemix import CaseMix, CaseMixFit, adjusted_scores
from analysis.stats.casemix import adjust as adjust_case_mix
from analysis.stats.change import Changes, between_rounds
from analysis.stats.contrasts import Contrasts, pairwise, unit_deviations
from analysis.stats.drivers import (
    Associations,
    CrossProducts,
    Drivers,
    association_shares,
    combined,
    cross_products,
    shapley_shares,
)
from analysis.stats.effects import Effect, NoComparison, difference_in_differences
from analysis.stats.errors import (
    NotComparable,
    NotConverged,
    NotIdentified,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewItems,
    TooFewRounds,
    TooFewUnits,
    Unreachable,
)
from analysis.stats.expected_range import ExpectedRange, Funnel, Overdispersion
from analysis.stats.f_tests import UnitTest, changes_differ, units_differ
from analysis.stats.intervals import MeanInterval, PooledSd, ShareInterval, mean_interval, pooled_sd, wilson
from analysis.stats.multiple import adjust_p
from analysis.stats.ordinal import Agreement, CumulativeLogit, agreement, cumulative_logit
from analysis.stats.power import SamplePlan, detectable_difference, plan_sample
from analysis.stats.priorities import quadrants
from analysis.stats.reliability import Alpha, cronbach_alpha
from analysis.stats.rounds import RoundChanges, changes_over_rounds
from analysis.stats.scores import bottom_box, dimension_scores, index_0_100, index_se, top_box, turned
from analysis.stats.targets import BandProbabilities, band_probabilities
from analysis.stats.units import UnitFit, fit_units
from analysis.stats.weights import Calibration, calibrate

__all__ = [
    "Agreement",
    "Alpha",
    "Associations",
    "BandProbabilities",
    "Calibration",
    "CaseMix",
    "CaseMixFit",
    "Changes",
    "Contrasts",
    "CrossProducts",
    "CumulativeLogit",
    "Drivers",
    "Effect",
    "ExpectedRange",
    "Funnel",
    "MeanInterval",
    "NoComparison",
    "NoVariation",
    "NotComparable",
    "NotConverged",
    "NotIdentified",
    "NotMeasured",
    "OutOfRange",
    "Overdispersion",
    "PooledSd",
    "RoundChanges",
    "SamplePlan",
    "ShareInterval",
    "TooFewAnswers",
    "TooFewItems",
    "TooFewRounds",
    "TooFewUnits",
    "UnitFit",
    "UnitTest",
    "Unreachable",
    "adjust_case_mix",
    "adjust_p",
    "adjusted_scores",
    "agreement",
    "association_shares",
    "band_probabilities",
    "between_rounds",
    "bottom_box",
    "calibrate",
    "changes_differ",
    "changes_over_rounds",
    "combined",
    "cronbach_alpha",
    "cross_products",
    "cumulative_logit",
    "detectable_difference",
    "difference_in_differences",
    "dimension_scores",
    "fit_units",
    "index_0_100",
    "index_se",
    "mean_interval",
    "pairwise",
    "plan_sample",
    "pooled_sd",
    "quadrants",
    "shapley_shares",
    "top_box",
    "turned",
    "unit_deviations",
    "units_differ",
    "wilson",
]
