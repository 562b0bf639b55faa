"""The small project that batches are tried on."""

from tiny_project import tiny

__all__ = ["tiny"]
