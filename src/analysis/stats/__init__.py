"""Scores, intervals and comparisons: a data frame or column in, a frozen result out."""

from analysis.stats.change import Changes, between_rounds
from analysis.stats.contrasts import Contrasts, UnitTest, pairwise, unit_deviations, units_differ
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
from analysis.stats.intervals import (
    MeanInterval,
    PooledSd,
    ShareInterval,
    mean_interval,
    pooled_sd,
    wilson,
)
from analysis.stats.multiple import adjust_p
from analysis.stats.power import detectable_difference
from analysis.stats.reliability import Alpha, cronbach_alpha
from analysis.stats.scores import bottom_box, dimension_scores, index_0_100, index_se, top_box, turned
from analysis.stats.units import UnitFit, fit_units

__all__ = [
    "Alpha",
    "Changes",
    "Contrasts",
    "MeanInterval",
    "NoVariation",
    "NotComparable",
    "NotConverged",
    "NotIdentified",
    "NotMeasured",
    "OutOfRange",
    "PooledSd",
    "ShareInterval",
    "TooFewAnswers",
    "TooFewItems",
    "TooFewRounds",
    "TooFewUnits",
    "UnitFit",
    "UnitTest",
    "Unreachable",
    "adjust_p",
    "between_rounds",
    "bottom_box",
    "cronbach_alpha",
    "detectable_difference",
    "dimension_scores",
    "fit_units",
    "index_0_100",
    "index_se",
    "mean_interval",
    "pairwise",
    "pooled_sd",
    "top_box",
    "turned",
    "unit_deviations",
    "units_differ",
    "wilson",
]
