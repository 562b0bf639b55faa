"""The key of a run: what its results depend on, part by part, so that it can be said what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.batch.fingerprint import digest

#: Begins the parts that are other runs' results.
RESULTS = "results of "


@dataclass(frozen=True)
class Key:
    """What a run depends on: the hash of each part, by the part's name.

    >>> key = Key({"answers": "a1", "language": "nb"})
    >>> key.changed({"parts": {"answers": "a0", "language": "nb"}})
    ('answers',)
    """

    parts: Mapping[str, str]

    @property
    def hash(self) -> str:
        """The hash of all parts: equal where nothing has changed."""
        return digest(dict(self.parts))

    def with_results(self, made: Mapping[str, str]) -> Key:
        """Return the key with what other runs have made, by the run's id."""
        return Key({**self.parts, **{RESULTS + name: mark for name, mark in made.items()}})

    def recorded(self) -> dict[str, Any]:
        """Return what a run's record says of its key."""
        return {"key": self.hash, "parts": dict(self.parts)}

    def changed(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the parts that are not as they were when the recorded run was made.

        A record that does not say its parts is of an older version of the package: `code` has changed.
        """
        then = record.get("parts")
        if not isinstance(then, dict):
            return ("code",)
        names = [*self.parts, *(name for name in then if name not in self.parts)]
        return tuple(name for name in names if self.parts.get(name) != then.get(name))
