"""A synthetic country with planted truths: to try reports on, and to test whether they find what is so."""

from analysis.demo.country import make_country
from analysis.demo.nation import make_nation
from analysis.demo.truth import Planting, Truth, read_truth

__all__ = ["Planting", "Truth", "make_country", "make_nation", "read_truth"]
