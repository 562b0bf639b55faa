"""What papermill's entry point names: the way to the engine.

papermill loads every entry point while it is itself being imported. An engine is made of papermill's own
classes, so a module that is imported before papermill cannot define one and be the entry point as well.
"""

from __future__ import annotations

from typing import Any


class _ImportedWhenUsed(type):
    def __getattr__(cls, name: str) -> Any:
        from analysis.batch.engine import TilstandEngine  # noqa: PLC0415

        return getattr(TilstandEngine, name)


class Engine(metaclass=_ImportedWhenUsed):
    """Stands for `analysis.batch.engine.TilstandEngine`, with all that it can do."""
