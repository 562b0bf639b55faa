"""The small project of the batch tests serves here too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "batch"))

from tiny_project import tiny

__all__ = ["tiny"]
