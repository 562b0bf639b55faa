"""Looks on: makes runs again and compares."""

from analysis.audit.compare import Difference, compare_facts
from analysis.audit.manifest import describe_build, describe_environment
from analysis.audit.verify import Verification, verify

__all__ = [
    "Difference",
    "Verification",
    "compare_facts",
    "describe_build",
    "describe_environment",
    "verify",
]
